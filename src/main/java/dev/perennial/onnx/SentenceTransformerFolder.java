// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.perennial.encode.EncoderInfo.Pooling;
import dev.perennial.refusal.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The settings of a sentence-transformers folder: small JSON files next to a model and a tokenizer, which are not read.
 *
 * @param model the ONNX file, {@code model.onnx} or {@code onnx/model.onnx}
 * @param tokenizer {@code tokenizer.json}
 * @param pooling from the pooling module, or the mean when there is none
 * @param prefix the default prompt, or none
 * @param maxTokens smaller of what the model was trained on and what it has positions for
 */
record SentenceTransformerFolder(Path model, Path tokenizer, Pooling pooling, String prefix, int maxTokens) {
    private static final long MAX_BYTES = 1 << 20;
    private static final int MAX_PREFIX = 200;
    private static final int SMALLEST_WINDOW = 16;
    private static final int LARGEST_WINDOW = 32_768;
    private static final int USUAL_WINDOW = 512;
    private static final Set<String> MODULES = Set.of("Transformer", "Pooling", "Normalize");

    /** @throws Refusal.Invalid with the reason why the folder is not one that can serve */
    static SentenceTransformerFolder read(Path folder) {
        Path model = Stream.of("model.onnx", "onnx/model.onnx")
                .map(folder::resolve)
                .filter(Files::isRegularFile)
                .findFirst()
                .orElseThrow(() -> refused("contains neither model.onnx nor onnx/model.onnx"));
        Path tokenizer = folder.resolve("tokenizer.json");
        require(Files.isRegularFile(tokenizer), "contains no tokenizer.json");
        JsonNode transformer = json(folder.resolve("sentence_bert_config.json"));
        require(!transformer.path("do_lower_case").asBoolean(), "asks for do_lower_case outside its tokenizer");
        return new SentenceTransformerFolder(
                model,
                tokenizer,
                pooling(folder),
                prefix(json(folder.resolve("config_sentence_transformers.json"))),
                window(transformer, json(folder.resolve("config.json"))));
    }

    private static Pooling pooling(Path folder) {
        String pooling = "1_Pooling";
        for (JsonNode module : json(folder.resolve("modules.json"))) {
            String name = module.path("type").asText();
            String type = name.substring(name.lastIndexOf('.') + 1);
            require(
                    MODULES.contains(type),
                    "has a module other than " + MODULES.stream().sorted().toList());
            if (type.equals("Pooling")) {
                pooling = module.path("path").asText();
                require(pooling.matches("[A-Za-z0-9_]{1,40}"), "has a malformed module path");
            }
        }
        JsonNode config = json(folder.resolve(pooling).resolve("config.json"));
        if (config.isMissingNode()) {
            return Pooling.MEAN;
        }
        require(config.path("include_prompt").asBoolean(true), "leaves the prompt out when it pools");
        List<String> modes = Stream.concat(
                        config.properties().stream()
                                .filter(mode -> mode.getKey().startsWith("pooling_mode_"))
                                .filter(mode -> mode.getValue().asBoolean())
                                .map(mode -> mode.getKey().substring("pooling_mode_".length())),
                        Stream.of(config.path("pooling_mode").asText()).filter(mode -> !mode.isEmpty()))
                .distinct()
                .toList();
        require(modes.size() == 1, "does not pool in exactly one way");
        return switch (modes.get(0)) {
            case "mean", "mean_tokens" -> Pooling.MEAN;
            case "cls", "cls_token" -> Pooling.CLS;
            default -> throw refused("pools neither by the mean nor by the first token");
        };
    }

    private static String prefix(JsonNode config) {
        String name = config.path("default_prompt_name").asText("");
        String prefix = name.isEmpty() || name.equals("null")
                ? ""
                : config.path("prompts").path(name).asText();
        require(prefix.length() <= MAX_PREFIX, "has a default prompt of more than " + MAX_PREFIX + " characters");
        return prefix;
    }

    private static int window(JsonNode transformer, JsonNode config) {
        int positions = config.path("max_position_embeddings").asInt(USUAL_WINDOW);
        // Models of the RoBERTa family number positions from the padding id on.
        boolean offset = config.path("model_type").asText().matches("(xlm-)?roberta(-xl)?|camembert|mpnet");
        int usable = offset ? positions - config.path("pad_token_id").asInt(1) - 1 : positions;
        int window = Math.min(usable, transformer.path("max_seq_length").asInt(usable));
        require(window >= SMALLEST_WINDOW, "has a window of less than " + SMALLEST_WINDOW + " tokens");
        return Math.min(window, LARGEST_WINDOW);
    }

    private static JsonNode json(Path file) {
        if (!Files.isRegularFile(file)) {
            return MissingNode.getInstance();
        }
        try {
            return StrictJson.read(file, MAX_BYTES);
        } catch (IOException e) {
            throw refused("has a configuration file that is not JSON, repeats a member, or is larger than 1 MiB");
        }
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw refused(otherwise);
        }
    }

    private static Refusal.Invalid refused(String reason) {
        return new Refusal.Invalid("/folder", "The folder " + reason + ".");
    }
}
