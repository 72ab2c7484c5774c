// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.perennial.encode.Passage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Word pieces by hand, in the vocabulary of {@link TinyModel}. */
final class WordPieceTokenizerTest {
    private static final long UNKNOWN = 1;
    private static final long FIRST = 2;
    private static final long LAST = 3;

    @TempDir
    private Path directory;

    private Path file(Consumer<ObjectNode> change) throws IOException {
        return Files.writeString(directory.resolve("tokenizer.json"), TinyModel.tokenizer(change));
    }

    private TokenizedPassage tokenize(String prefix, int window, Passage passage) throws IOException {
        try (PassageTokenizer tokenizer = PassageTokenizer.open(file(json -> {}), prefix, window)) {
            assertThat(tokenizer).isInstanceOf(WordPieceTokenizer.class);
            return tokenizer.tokenize(passage);
        }
    }

    private long[] ids(String text) throws IOException {
        return tokenize("", 32, Passage.of(text)).ids();
    }

    private static long[] marked(long... ids) {
        long[] marked = new long[ids.length + 2];
        System.arraycopy(ids, 0, marked, 1, ids.length);
        marked[0] = FIRST;
        marked[marked.length - 1] = LAST;
        return marked;
    }

    @Test
    void words_areCutIntoTheLongestPieces() throws IOException {
        assertThat(ids("how do i activate my card?")).containsExactly(marked(4, 5, 6, 7, 8, 10, 18));
        assertThat(ids("ab")).containsExactly(marked(13));
        assertThat(ids("aba")).containsExactly(marked(13, 21));
        assertThat(ids("xbaab")).containsExactly(marked(31, 22, 21, 21, 22));
        assertThat(ids("")).containsExactly(marked());
    }

    @Test
    void aWordThatCannotBeCut_isUnknownAsAWhole() throws IOException {
        assertThat(ids("abc ab")).containsExactly(marked(UNKNOWN, 13));
        assertThat(ids("a".repeat(100))).hasSize(32).doesNotContain(UNKNOWN);
        assertThat(ids("a".repeat(101))).containsExactly(marked(UNKNOWN));
    }

    @Test
    void capitalsAccentsAndControlCharacters_areFoldedAway() throws IOException {
        assertThat(ids("ÀB \u00c5b a\u0301b A\u0000\u00ad\u200bB")).containsExactly(marked(13, 13, 13, 13));
        assertThat(ids("İ \u212b")).containsExactly(marked(6, 12));
        assertThat(ids("the\tdoor\u3000is\u0085open")).containsExactly(marked(11, 26, UNKNOWN));
    }

    @Test
    void punctuationAndIdeographs_areWordsOfTheirOwn() throws IOException {
        assertThat(ids("a?!a.")).containsExactly(marked(12, 18, 19, 12, 20));
        assertThat(ids("a中a")).containsExactly(marked(12, UNKNOWN, 12));
    }

    @Test
    void marksThatAClientWrites_areText() throws IOException {
        assertThat(ids("[SEP]")).containsExactly(marked(UNKNOWN, UNKNOWN, UNKNOWN));
        assertThat(ids("[CLS]a")).endsWith(UNKNOWN, 12L, LAST);
    }

    @Test
    void halfASurrogatePair_takesWholeOnesWithIt() throws IOException {
        assertThat(ids("a🍕b")).containsExactly(marked(UNKNOWN));
        assertThat(ids("a🍕b \ud83c a")).containsExactly(marked(13, 12));
    }

    @Test
    void aPrefix_standsBeforeTheFirstTextOnly() throws IOException {
        assertThat(tokenize("do ", 32, Passage.joined("a", "ab")).ids()).containsExactly(2, 5, 12, 3, 13, 3);
    }

    @Test
    void thePartsOfAPair_haveTheirTypes_andTheLongerGivesWay() throws IOException {
        TokenizedPassage pair = tokenize("", 8, Passage.joined("a a a a", "x ab"));
        assertThat(pair.ids()).containsExactly(2, 12, 12, 12, 3, 31, 13, 3);
        assertThat(pair.types()).containsExactly(0, 0, 0, 0, 0, 1, 1, 1);
        assertThat(pair.truncated()).isTrue();
        assertThat(tokenize("", 8, Passage.joined("a a a a", "x x x x")).types())
                .containsExactly(0, 0, 0, 0, 1, 1, 1, 1);
        assertThat(tokenize("", 9, Passage.joined("a a a a", "x x")).truncated())
                .isFalse();
    }

    @Test
    void aLongText_isCutAndSaysSo() throws IOException {
        TokenizedPassage full = tokenize("", 8, Passage.of("a a a a a a"));
        assertThat(full.ids()).hasSize(8);
        assertThat(full.truncated()).isFalse();
        TokenizedPassage oneMore = tokenize("", 8, Passage.of("a a a a a a a"));
        assertThat(oneMore.ids()).containsExactly(full.ids());
        assertThat(oneMore.truncated()).isTrue();
        TokenizedPassage spaces = tokenize("", 8, Passage.of(" ".repeat(64) + "a"));
        assertThat(spaces.ids()).containsExactly(marked());
        assertThat(spaces.truncated()).isTrue();
    }

    @Test
    void theEnds_mayBeGivenByBertProcessing() throws IOException {
        Path file = file(json -> {
            ObjectNode processor = json.putObject("post_processor").put("type", "BertProcessing");
            processor.putArray("sep").add("[SEP]").add(3);
            processor.putArray("cls").add("[CLS]").add(2);
        });
        try (BothTokenizers both = BothTokenizers.open(file, "", 8)) {
            both.assertSame("a ab");
            both.assertSame(Passage.joined("a a a a", "x x x x"));
        }
    }

    @Test
    void whateverIsAskedForBesides_staysWithTheNativeTokenizer() throws IOException {
        assertNative(json -> normalizer(json).put("clean_text", false));
        assertNative(json -> normalizer(json).put("handle_chinese_chars", false));
        assertNative(json -> json.putObject("normalizer").put("type", "Lowercase"));
        assertNative(json -> json.putObject("pre_tokenizer").put("type", "Whitespace"));
        assertNative(json -> ((ObjectNode) json.get("truncation")).put("direction", "Left"));
        assertNative(json -> ((ObjectNode) json.get("added_tokens").get(0)).put("special", false));
        assertNative(json -> ((ObjectNode) json.get("added_tokens").get(0)).put("normalized", true));
        assertNative(json -> ((ObjectNode) json.get("added_tokens").get(0)).put("content", "<s>"));
        assertNative(json -> ((ArrayNode) json.path("post_processor").path("single")).remove(2));
        assertNative(json ->
                ((ObjectNode) json.path("post_processor").path("pair").get(4).get("SpecialToken")).put("type_id", 0));
        assertNative(json -> model(json).put("continuing_subword_prefix", "@@"));
        assertNative(json -> model(json).put("max_input_chars_per_word", 5000));
        assertNative(json -> ((ObjectNode) json.path("model").path("vocab")).put("\u302e", 99));
    }

    @Test
    void aFileThatIsNotJson_isNotRead() throws IOException {
        Path file =
                Files.writeString(directory.resolve("broken.json"), "{\"model\": {\"vocab\": {\"a\": 1, \"a\": 2}}}");

        assertThatThrownBy(() -> PassageTokenizer.open(file, "", 8)).isInstanceOf(IOException.class);
    }

    private void assertNative(Consumer<ObjectNode> change) throws IOException {
        assertThat(WordPieceFile.read(file(change), new TextWindow("", 8))).isEmpty();
    }

    private static ObjectNode normalizer(ObjectNode json) {
        return (ObjectNode) json.get("normalizer");
    }

    private static ObjectNode model(ObjectNode json) {
        return (ObjectNode) json.get("model");
    }
}
