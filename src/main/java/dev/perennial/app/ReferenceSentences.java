// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Sentences that have nothing to do with one another, to measure how far apart an encoder puts such texts. */
final class ReferenceSentences {
    private static final String RESOURCE = "/reference-sentences.txt";

    private ReferenceSentences() {}

    static List<String> read() {
        try (InputStream sentences = ReferenceSentences.class.getResourceAsStream(RESOURCE)) {
            if (sentences == null) {
                throw new IllegalStateException("the reference sentences are missing from the class path");
            }
            return new String(sentences.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank())
                    .toList();
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
