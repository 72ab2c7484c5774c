// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Everyday sentences that have nothing to do with one another, by which encoders are compared. */
public final class ReferenceSentences {
    private ReferenceSentences() {}

    /** The sentences that ship with the service. */
    public static List<String> read() {
        try (InputStream stream = ReferenceSentences.class.getResourceAsStream("reference-sentences.txt")) {
            if (stream == null) {
                throw new IllegalStateException("reference-sentences.txt is not on the class path");
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank())
                    .toList();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
