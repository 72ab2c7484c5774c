// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What is to be imported, and how.
 *
 * @param upload name of the file
 * @param onConflict what to do with a task that is there already
 */
public record ImportOrder(String upload, OnConflict onConflict) {

    /** What to do with a task that is there already. */
    public enum OnConflict {
        /** Refuse the import. */
        FAIL,
        /** Leave it as it is. */
        SKIP,
        /** Remove it, with its examples, before the other one comes. */
        REPLACE;

        /** The choice of a word, if it is one. */
        public static Optional<OnConflict> of(String word) {
            return Stream.of(values())
                    .filter(one -> one.name().toLowerCase(Locale.ROOT).equals(word))
                    .findFirst();
        }
    }

    /** The form in which it is stored. */
    public byte[] toBytes() {
        return (onConflict.name() + "\n" + upload).getBytes(StandardCharsets.UTF_8);
    }

    /** Reads what {@link #toBytes} wrote. */
    public static ImportOrder of(byte[] bytes) {
        String[] lines = new String(bytes, StandardCharsets.UTF_8).split("\n", 2);
        return new ImportOrder(lines[1], OnConflict.valueOf(lines[0]));
    }
}
