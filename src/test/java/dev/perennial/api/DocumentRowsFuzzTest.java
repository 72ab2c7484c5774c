// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import static dev.perennial.fuzz.Parsing.require;
import static dev.perennial.fuzz.Parsing.requireSayable;
import static dev.perennial.fuzz.Parsing.valueOrRefusal;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.perennial.fuzz.MutatedSeeds;
import dev.perennial.fuzz.Parsing;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.MethodSource;

/** Documents as NDJSON: every line that is not blank is taken, or refused in words without its own. */
final class DocumentRowsFuzzTest {
    private final Limits limits = Parsing.smallLimits();

    static Stream<byte[]> seeds() {
        return MutatedSeeds.texts(
                "{\"text\":\"a\"}\n\n{\"text\":\"b\",\"title\":\"c\",\"external_id\":\"1\",\"language\":\"pt-BR\"}\r\n",
                "{\"text\":\"\\ud83d\\ude00\",\"origin\":\"https://example.org/?a=b#c\"}",
                "{\"text\":[1],\"title\":null}\n[]\n\"x\"\n{\"text\":\"a\",\"text\":\"b\"}");
    }

    @MethodSource("seeds")
    @FuzzTest
    void documents_areReadOrRefused(byte[] body) throws Exception {
        Optional<DocumentUpload> read = valueOrRefusal(() -> DocumentUpload.ofNdjson(body, limits));
        if (read.isEmpty()) {
            return;
        }
        read.get().rejected().forEach(row -> requireSayable(row.detail()));
        require(
                read.get().accepted().size() + read.get().rejected().size() <= limits.requestDocuments(),
                "more documents than a request has");
        read.get()
                .drafts()
                .forEach(draft -> require(
                        draft.text().value().length() <= 3 * limits.documentChars(), "a document that is too long"));
    }

    @Test
    void someDocuments_areReadOrRefused() {
        MutatedSeeds.check(getClass(), seeds(), this::documents_areReadOrRefused);
    }
}
