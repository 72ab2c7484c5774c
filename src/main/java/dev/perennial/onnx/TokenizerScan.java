// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import com.fasterxml.jackson.databind.JsonNode;
import dev.perennial.refusal.Refusal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads a {@code tokenizer.json} without running it, and admits only components that cannot end the process.
 *
 * <p>A tokenizer is a program: a backtracking expression or a template that names a missing token loads cleanly and
 * aborts the process when it first meets the right text. Truncation and padding are not looked at, because
 * {@link PassageTokenizer} replaces them. Meant for a process of its own (see {@link Canary}).
 */
final class TokenizerScan {
    static final long MAX_BYTES = 64L << 20;

    private static final int MAX_VOCABULARY = 1_000_000;
    private static final int MAX_ADDED_TOKENS = 10_000;
    private static final Set<String> NORMALIZERS = Set.of(
            "BertNormalizer",
            "ByteLevel",
            "Lowercase",
            "NFC",
            "NFD",
            "NFKC",
            "NFKD",
            "Nmt",
            "Prepend",
            "Replace",
            "Strip",
            "StripAccents");
    private static final Set<String> PRE_TOKENIZERS = Set.of(
            "BertPreTokenizer",
            "ByteLevel",
            "CharDelimiterSplit",
            "Digits",
            "Metaspace",
            "Punctuation",
            "Split",
            "UnicodeScripts",
            "Whitespace",
            "WhitespaceSplit");
    private static final Set<String> DECODERS = Set.of(
            "BPEDecoder", "ByteFallback", "ByteLevel", "CTC", "Fuse", "Metaspace", "Replace", "Strip", "WordPiece");
    private static final Set<String> MODELS = Set.of("BPE", "Unigram", "WordLevel", "WordPiece");

    /** Expressions of published byte-level tokenizers; possessive or free of nested repetition. */
    private static final Set<String> KNOWN_EXPRESSIONS = Set.of(
            "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
            "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*"
                    + "|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
            "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*"
                    + "|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+");

    private final JsonNode tokenizer;
    private final Set<Long> ids = new HashSet<>();

    private TokenizerScan(JsonNode tokenizer) {
        this.tokenizer = tokenizer;
    }

    /**
     * Largest vocabulary id.
     *
     * @throws Refusal.Invalid with the reason
     */
    static long scan(Path file) {
        JsonNode json;
        try {
            json = StrictJson.read(file, MAX_BYTES);
        } catch (IOException e) {
            throw new Refusal.Invalid("/tokenizer", "The tokenizer is not JSON, repeats a member, or is too large.");
        }
        TokenizerScan scan = new TokenizerScan(json);
        require(json.isObject(), "is not a JSON object");
        Vocabulary vocabulary = Vocabulary.of(json.path("model"), MAX_VOCABULARY);
        scan.ids.addAll(vocabulary.ids());
        scan.checkAddedTokens();
        scan.checkParts("normalizer", "normalizers", NORMALIZERS);
        scan.checkParts("pre_tokenizer", "pretokenizers", PRE_TOKENIZERS);
        scan.checkParts("decoder", "decoders", DECODERS);
        scan.checkModel();
        new TemplateScan(scan.ids).check(json.path("post_processor"));
        return scan.ids.stream().mapToLong(Long::longValue).max().orElseThrow();
    }

    /** The marks that the model reads as something else than text, such as {@code [CLS]}. */
    static List<String> specialTokens(Path file) throws IOException {
        List<String> special = new ArrayList<>();
        for (JsonNode token : StrictJson.member(file, MAX_BYTES, "added_tokens")) {
            String content = token.path("content").asText();
            if (token.path("special").asBoolean() && content.codePointCount(0, content.length()) > 1) {
                special.add(content);
            }
        }
        return special;
    }

    private void checkAddedTokens() {
        JsonNode added = tokenizer.path("added_tokens");
        require(added.isMissingNode() || added.isArray(), "has malformed added_tokens");
        require(added.size() <= MAX_ADDED_TOKENS, "adds more than " + MAX_ADDED_TOKENS + " tokens");
        for (JsonNode token : added) {
            boolean sound = token.path("id").canConvertToInt()
                    && token.path("id").asLong() >= 0
                    && !token.path("content").asText().isBlank();
            require(sound, "adds a token without a valid id or content");
            ids.add(token.path("id").asLong());
        }
    }

    /** Checks one component, or each part of a sequence of components. */
    private void checkParts(String name, String parts, Set<String> allowed) {
        JsonNode component = tokenizer.path(name);
        if (component.isMissingNode() || component.isNull()) {
            return;
        }
        boolean sequence = component.path("type").asText().equals("Sequence");
        Iterable<JsonNode> list = sequence ? component.path(parts) : List.of(component);
        for (JsonNode part : list) {
            require(
                    allowed.contains(part.path("type").asText()),
                    "has a " + name + " other than " + allowed.stream().sorted().toList());
            checkPattern(part.path("pattern"));
        }
    }

    private static void checkPattern(JsonNode pattern) {
        if (pattern.isMissingNode() || pattern.isTextual()) {
            return;
        }
        JsonNode expression = pattern.path("Regex");
        boolean literal =
                expression.isMissingNode() && !pattern.path("String").asText().isEmpty();
        require(
                literal || KNOWN_EXPRESSIONS.contains(expression.asText()),
                "brings its own regular expression; only those of well-known byte-level tokenizers are run");
    }

    private void checkModel() {
        JsonNode model = tokenizer.path("model");
        require(MODELS.contains(model.path("type").asText()), "has a model other than " + MODELS);
        require(model.path("dropout").asDouble(0) == 0, "drops merges at random, so that its answers would vary");
        require(model.path("merges").size() <= MAX_VOCABULARY, "has too many merges");
    }

    static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new Refusal.Invalid("/tokenizer", "The tokenizer " + otherwise + ".");
        }
    }
}
