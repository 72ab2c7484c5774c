// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads JSON files of strangers: bounded size and depth, no repeated members, nothing after the document. */
final class StrictJson {
    private static final int MAX_DEPTH = 20;

    private StrictJson() {}

    static JsonNode read(Path file, long maxBytes) throws IOException {
        return mapper(maxBytes)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .readTree(bytes(file, maxBytes));
    }

    /** Reads member by member; whoever uses it looks for what follows the document. */
    static JsonParser parser(Path file, long maxBytes) throws IOException {
        return mapper(maxBytes).createParser(bytes(file, maxBytes));
    }

    private static byte[] bytes(Path file, long maxBytes) throws IOException {
        long bytes = Files.size(file);
        if (bytes > maxBytes) {
            throw new IOException("too large");
        }
        return Files.readAllBytes(file);
    }

    private static ObjectMapper mapper(long maxBytes) {
        StreamReadConstraints constraints = StreamReadConstraints.builder()
                .maxNestingDepth(MAX_DEPTH)
                .maxDocumentLength(maxBytes)
                .build();
        JsonFactory factory = JsonFactory.builder()
                .streamReadConstraints(constraints)
                .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                .build();
        return new ObjectMapper(factory).enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
    }
}
