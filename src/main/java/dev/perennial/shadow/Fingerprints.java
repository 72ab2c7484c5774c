// SPDX-License-Identifier: Apache-2.0
package dev.perennial.shadow;

import dev.perennial.task.ContentKey;
import dev.perennial.task.Input;

/** Short names of inputs, by which equal ones are recognised and nothing else: without the salt they cannot be made. */
final class Fingerprints {
    private static final int DIGITS = 16;

    private Fingerprints() {}

    static String of(Input input, long salt) {
        String content = ContentKey.of(input).hex();
        return ContentKey.ofText(Long.toHexString(salt) + content).hex().substring(0, DIGITS);
    }
}
