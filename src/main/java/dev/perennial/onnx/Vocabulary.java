// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import static dev.perennial.onnx.TokenizerScan.require;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.Set;

/**
 * The tokens of a tokenizer's model.
 *
 * @param ids their ids, each once
 */
record Vocabulary(Set<Long> ids) {

    static Vocabulary of(JsonNode model, int maxSize) {
        JsonNode tokens = model.path("vocab");
        require(tokens.size() > 0 && tokens.size() <= maxSize, "has no vocabulary or one larger than " + maxSize);
        return model.path("type").asText().equals("Unigram") ? ofPieces(model, tokens) : ofTokens(model, tokens);
    }

    private static Vocabulary ofTokens(JsonNode model, JsonNode tokens) {
        require(tokens.isObject(), "has a malformed vocabulary");
        Set<Long> ids = new HashSet<>();
        for (JsonNode id : tokens) {
            require(id.canConvertToInt() && id.asLong() >= 0 && ids.add(id.asLong()), "has a wrong or repeated id");
        }
        JsonNode unknown = model.path("unk_token");
        boolean optional = model.path("type").asText().equals("BPE") && !unknown.isTextual();
        require(optional || tokens.has(unknown.asText()), "has no token for unknown words in its vocabulary");
        return new Vocabulary(ids);
    }

    private static Vocabulary ofPieces(JsonNode model, JsonNode pieces) {
        require(pieces.isArray(), "has a malformed vocabulary");
        Set<Long> ids = new HashSet<>();
        for (JsonNode piece : pieces) {
            require(
                    piece.size() == 2
                            && piece.get(0).isTextual()
                            && piece.get(1).isNumber(),
                    "has a malformed vocabulary");
            ids.add((long) ids.size());
        }
        JsonNode unknown = model.path("unk_id");
        require(unknown.isInt() && ids.contains(unknown.asLong()), "has no token for unknown words in its vocabulary");
        return new Vocabulary(ids);
    }
}
