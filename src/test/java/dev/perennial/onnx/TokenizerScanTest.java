// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.perennial.refusal.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TokenizerScanTest {
    @TempDir
    private Path directory;

    private long scan(String tokenizer) throws IOException {
        return TokenizerScan.scan(Files.writeString(directory.resolve("tokenizer.json"), tokenizer));
    }

    private void assertRefused(Consumer<ObjectNode> change, String reason) {
        assertThatThrownBy(() -> scan(TinyModel.tokenizer(change)))
                .isInstanceOf(Refusal.Invalid.class)
                .hasMessageContaining(reason);
    }

    private static ObjectNode object(ObjectNode parent, String... path) {
        ObjectNode node = parent;
        for (String name : path) {
            node = (ObjectNode) node.get(name);
        }
        return node;
    }

    private static ObjectNode split(ObjectNode json) {
        ObjectNode split = json.putObject("pre_tokenizer");
        split.put("type", "Split").put("behavior", "Isolated").put("invert", false);
        return split.putObject("pattern");
    }

    @Test
    void scan_findsTheLargestId_andIgnoresTruncation() throws IOException {
        assertThat(scan(TinyModel.tokenizer())).isEqualTo(TinyModel.vocabulary() - 1);
        assertThat(scan(TinyModel.tokenizer(json -> ((ArrayNode) json.get("added_tokens"))
                        .addObject()
                        .put("id", 77)
                        .put("content", "[MASK]"))))
                .isEqualTo(77);
    }

    @Test
    void anExpressionOfItsOwn_isRefused_butAWellKnownOneIsNot() throws IOException {
        assertRefused(json -> split(json).put("Regex", "(a+)+$"), "regular expression");
        assertRefused(
                json -> {
                    ObjectNode sequence = json.putObject("pre_tokenizer").put("type", "Sequence");
                    ObjectNode split = sequence.putArray("pretokenizers").addObject();
                    split.put("type", "Split").putObject("pattern").put("Regex", "(.*)*");
                },
                "regular expression");
        assertRefused(
                json -> {
                    ObjectNode replace =
                            json.putObject("normalizer").put("type", "Replace").put("content", "");
                    replace.putObject("pattern").put("Regex", "(x+x+)+y");
                },
                "regular expression");
        assertThat(scan(TinyModel.tokenizer(json -> split(json)
                        .put(
                                "Regex",
                                "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+"))))
                .isPositive();
        assertThat(scan(TinyModel.tokenizer(json -> split(json).put("String", " "))))
                .isPositive();
    }

    @Test
    void unknownComponents_areRefused() {
        assertRefused(json -> json.putObject("normalizer").put("type", "Precompiled"), "normalizer");
        assertRefused(json -> json.putObject("pre_tokenizer").put("type", "Surprise"), "pre_tokenizer");
        assertRefused(json -> json.putObject("decoder").put("type", "Surprise"), "decoder");
        assertRefused(json -> json.putObject("post_processor").put("type", "Surprise"), "post_processor");
        assertRefused(json -> object(json, "model").put("type", "Surprise"), "model");
        assertRefused(json -> object(json, "model").put("dropout", 0.1), "at random");
    }

    @Test
    void aTemplateThatNamesAMissingToken_isRefused() {
        assertRefused(json -> object(json, "post_processor", "special_tokens").remove("[SEP]"), "does not define");
        assertRefused(
                json -> ((ArrayNode) object(json, "post_processor", "special_tokens", "[SEP]")
                                .get("ids"))
                        .removeAll()
                        .add(999),
                "not in its vocabulary");
        assertRefused(json -> ((ArrayNode) object(json, "post_processor").get("single")).remove(1), "leaves out");
    }

    @Test
    void aTokenizerWithoutASoundVocabulary_isRefused() {
        assertRefused(json -> object(json, "model").remove("vocab"), "no vocabulary");
        assertRefused(json -> object(json, "model", "vocab").put("extra", 4), "repeated id");
        assertRefused(json -> object(json, "model", "vocab").put("extra", -1), "wrong or repeated id");
        assertRefused(json -> object(json, "model", "vocab").remove("[UNK]"), "unknown words");
    }

    @Test
    void whatIsNotStrictJson_isRefused() {
        for (String text : new String[] {"", "[]", "{\"a\":1,\"a\":2}", "{} {}", "[".repeat(50_000)}) {
            assertThatThrownBy(() -> scan(text)).isInstanceOf(Refusal.Invalid.class);
        }
    }
}
