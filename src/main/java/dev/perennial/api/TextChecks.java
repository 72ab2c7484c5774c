// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.refusal.Fault;
import dev.perennial.refusal.Refusal;
import dev.perennial.text.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Collects the faults of the texts of one request, so that a client learns all of them at once. Not thread-safe. */
public final class TextChecks {
    private final int maxChars;
    private final List<Fault> faults = new ArrayList<>();

    /** @param maxChars most UTF-16 code units of a text */
    public TextChecks(int maxChars) {
        this.maxChars = maxChars;
    }

    /**
     * The text in its normal form; a placeholder when it has a flaw, for {@link #requireNone} tells.
     *
     * @throws Refusal.TooLarge when it is longer than a text may be
     */
    public String text(String pointer, @Nullable String value) {
        if (value == null) {
            faults.add(new Fault(pointer, "is null; send a string"));
            return "";
        }
        if (value.length() > maxChars) {
            throw new Refusal.TooLarge("text_chars", maxChars, value.length());
        }
        Optional<Text.Flaw> flaw = Text.flawIn(value, maxChars);
        if (flaw.isEmpty()) {
            return new Text(value).value();
        }
        faults.add(new Fault(pointer, flaw.get().detail()));
        return "";
    }

    public void fault(String pointer, String detail) {
        faults.add(new Fault(pointer, detail));
    }

    /** @throws Refusal.Invalid when any text had a flaw */
    public void requireNone() {
        if (!faults.isEmpty()) {
            throw new Refusal.Invalid(faults);
        }
    }
}
