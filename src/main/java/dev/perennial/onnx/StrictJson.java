// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
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

    /**
     * One member of the outermost object, missing when there is none. What comes before it is skipped and what comes
     * after it is not looked at, so this is for files that are known to be sound.
     */
    static JsonNode member(Path file, long maxBytes, String name) throws IOException {
        try (JsonParser parser = parser(file, maxBytes)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("not an object");
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                boolean found = parser.currentName().equals(name);
                parser.nextToken();
                if (found) {
                    return parser.readValueAsTree();
                }
                parser.skipChildren();
            }
            return MissingNode.getInstance();
        }
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
        // Names are those of a vocabulary, each there once: a table of them would cost more than it saves.
        JsonFactory factory = JsonFactory.builder()
                .streamReadConstraints(constraints)
                .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                .build();
        return new ObjectMapper(factory).enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
    }
}
