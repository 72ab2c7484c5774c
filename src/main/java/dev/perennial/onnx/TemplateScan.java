// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import static dev.perennial.onnx.TokenizerScan.require;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Checks that what a tokenizer puts around a text exists in its vocabulary. */
final class TemplateScan {
    private static final int MAX_PIECES = 8;

    private final Set<Long> ids;

    /** @param ids of the vocabulary and the added tokens */
    TemplateScan(Set<Long> ids) {
        this.ids = ids;
    }

    void check(JsonNode processor) {
        if (processor.isMissingNode() || processor.isNull()) {
            return;
        }
        boolean sequence = processor.path("type").asText().equals("Sequence");
        Iterable<JsonNode> parts = sequence ? processor.path("processors") : List.of(processor);
        for (JsonNode part : parts) {
            switch (part.path("type").asText()) {
                case "ByteLevel" -> {}
                case "BertProcessing", "RobertaProcessing" -> checkEnds(part);
                case "TemplateProcessing" -> checkTemplate(part);
                default ->
                    require(
                            false,
                            "has a post_processor other than"
                                    + " [BertProcessing, ByteLevel, RobertaProcessing, TemplateProcessing]");
            }
        }
    }

    private void checkEnds(JsonNode processor) {
        for (String end : List.of("sep", "cls")) {
            JsonNode id = processor.path(end).path(1);
            require(id.isInt() && ids.contains(id.asLong()), "ends texts with a token that is not in its vocabulary");
        }
    }

    private void checkTemplate(JsonNode processor) {
        JsonNode tokens = processor.path("special_tokens");
        Set<String> defined = new HashSet<>();
        tokens.properties().forEach(entry -> {
            JsonNode token = entry.getValue();
            require(token.path("ids").size() == 1 && token.path("tokens").size() == 1, "has a malformed template");
            JsonNode id = token.path("ids").get(0);
            require(id.isInt() && ids.contains(id.asLong()), "has a template token that is not in its vocabulary");
            require(token.path("id").asText().equals(entry.getKey()), "has a malformed template");
            defined.add(entry.getKey());
        });
        checkPieces(processor.path("single"), defined, Set.of("A"));
        checkPieces(processor.path("pair"), defined, Set.of("A", "B"));
    }

    private static void checkPieces(JsonNode pieces, Set<String> defined, Set<String> sequences) {
        require(pieces.isArray() && pieces.size() <= MAX_PIECES, "has a malformed template");
        Set<String> seen = new HashSet<>();
        for (JsonNode piece : pieces) {
            if (piece.has("Sequence")) {
                require(seen.add(piece.path("Sequence").path("id").asText()), "has a template that repeats a text");
            } else {
                require(
                        defined.contains(piece.path("SpecialToken").path("id").asText()),
                        "has a template that names a token it does not define");
            }
        }
        require(seen.equals(sequences), "has a template that leaves out a text");
    }
}
