// SPDX-License-Identifier: Apache-2.0
package dev.perennial.knowledge;

/** Which letters of a name are capital. */
enum Shape {
    /** None, as of "dog" and of whatever is written in a script without capitals. */
    PLAIN,
    /** Some, as of "Paris" and "iPhone". */
    CAPITALISED,
    /** All of two at least, as of "WHO". */
    CAPITALS;

    static Shape of(String text, int start, int end) {
        int upper = 0;
        int lower = 0;
        for (int i = start; i < end; i++) {
            char c = text.charAt(i);
            if (Character.isUpperCase(c)) {
                upper++;
            } else if (Character.isLowerCase(c)) {
                lower++;
            }
        }
        if (upper == 0) {
            return PLAIN;
        }
        return upper > 1 && lower == 0 ? CAPITALS : CAPITALISED;
    }
}
