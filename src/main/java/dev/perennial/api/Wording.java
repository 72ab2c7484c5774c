// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.refusal.Refusal;
import dev.perennial.text.Text;
import java.text.Normalizer;
import org.jspecify.annotations.Nullable;

/** Words about a task that may be left out: an instruction, a description. */
final class Wording {
    private Wording() {}

    /**
     * The words in normal form NFC, without white space around them; {@code ""} when there are none.
     *
     * @param pointer where they stand in the request
     * @param limitName name of their limit
     */
    static String of(@Nullable String value, String pointer, String limitName, int maxChars) {
        if (value == null || value.isBlank()) {
            return "";
        }
        Text.flawIn(value, Integer.MAX_VALUE).ifPresent(flaw -> {
            throw new Refusal.Invalid(pointer, flaw.detail());
        });
        if (value.length() > maxChars) {
            throw new Refusal.TooLarge(limitName, maxChars, value.length());
        }
        return Normalizer.normalize(value.strip(), Normalizer.Form.NFC);
    }
}
