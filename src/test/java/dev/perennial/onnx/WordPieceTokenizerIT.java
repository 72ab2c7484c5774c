// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.perennial.encode.Passage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Plain Java gives the ids, types and truncation of the native tokenizer, for whatever it is asked. */
final class WordPieceTokenizerIT {
    private static final String MINILM = "all-minilm-l6-v2";
    private static final int WIDE = 4096;

    /** The last letters that are not ideographs end here. */
    private static final int LETTERS = 0x1ffff;

    /** Ideographs that decompose. */
    private static final int FIRST_COMPATIBLE = 0x2f800;

    private static final int LAST_COMPATIBLE = 0x2fa20;

    private final long seed = Long.getLong("perennial.seed", 7);

    @TempDir
    private Path directory;

    private BothTokenizers shipped(String id, String prefix, int window) throws IOException {
        return BothTokenizers.open(BothTokenizers.shipped(directory, id), prefix, window);
    }

    @Test
    @SuppressWarnings("SystemOut")
    void aHundredThousandVariedTexts_areTheSame() throws IOException {
        System.out.println("perennial.seed=" + seed);
        Random random = new Random(seed);
        try (BothTokenizers both = shipped(MINILM, "", 24)) {
            VariedTexts.WRITTEN.forEach(both::assertSame);
            while (both.compared() < 60_000) {
                both.assertSame(VariedTexts.random(random, 1 + random.nextInt(16)));
            }
            while (both.compared() < 85_000) {
                both.assertSame(VariedTexts.word(random));
            }
            while (both.compared() < 100_000) {
                String second = VariedTexts.random(random, random.nextInt(20));
                both.assertSame(Passage.joined(VariedTexts.random(random, random.nextInt(20)), second));
            }
            assertThat(both.compared()).isGreaterThanOrEqualTo(100_000);
        }
    }

    @ParameterizedTest
    @CsvSource({"all-minilm-l6-v2,'',256", "bge-small-en-v1.5,'',512", "e5-small-v2,'query: ',9", "e5-small-v2,É[SEP],8"
    })
    void longTextsAndPairs_ofEveryShippedEncoder_areTheSame(String id, String prefix, int window) throws IOException {
        Random random = new Random(seed);
        try (BothTokenizers both = shipped(id, prefix, window)) {
            VariedTexts.WRITTEN.forEach(both::assertSame);
            for (int i = 0; i < 100; i++) {
                String text = VariedTexts.random(random, random.nextInt(3 * window));
                both.assertSame(text);
                both.assertSame(Passage.joined(text, VariedTexts.random(random, random.nextInt(3 * window))));
            }
            both.assertSame("word ".repeat(8 * window));
            both.assertSame("🍕".repeat(8 * window));
            both.assertSame("a" + "🍕".repeat(8 * window));
        }
    }

    @Test
    void everyCodePoint_aloneAndBetweenLetters_isTheSame() throws IOException {
        try (BothTokenizers both = shipped(MINILM, "", WIDE)) {
            sweep(both, 0, Character.MAX_CODE_POINT, point -> Character.toString(point) + ' ');
            sweep(both, 0, Character.MAX_CODE_POINT, point -> "a" + Character.toString(point) + "b ");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"true,null", "true,false", "false,null", "false,true"})
    void everyLetter_isTheSame_inAVocabularyThatHasThemAll(String normalizer) throws IOException {
        String[] lowercaseAndAccents = normalizer.split(",", -1);
        Path file = Files.writeString(directory.resolve("all.json"), TinyModel.tokenizer(json -> {
            ObjectNode settings = (ObjectNode) json.get("normalizer");
            settings.put("lowercase", lowercaseAndAccents[0].equals("true"));
            if (!lowercaseAndAccents[1].equals("null")) {
                settings.put("strip_accents", lowercaseAndAccents[1].equals("true"));
            }
            addEveryLetter((ObjectNode) json.path("model").path("vocab"));
        }));
        try (BothTokenizers both = BothTokenizers.open(file, "", WIDE)) {
            sweep(both, 0, LETTERS, point -> "a" + Character.toString(point) + ' ');
            sweep(both, FIRST_COMPATIBLE, LAST_COMPATIBLE, point -> "a" + Character.toString(point) + ' ');
        }
    }

    private static void addEveryLetter(ObjectNode vocabulary) {
        CharacterFolding folding = CharacterFolding.of(true, false);
        for (int point = '!'; point <= LETTERS; point++) {
            boolean reordered = CharacterFolding.kind(folding.of(point)) == CharacterFolding.REORDERED;
            if (Character.getType(point) != Character.SURROGATE && !reordered) {
                String letter = Character.toString(point);
                vocabulary.putIfAbsent(letter, vocabulary.numberNode(2 * point + 100));
                vocabulary.putIfAbsent("##" + letter, vocabulary.numberNode(2 * point + 101));
            }
        }
    }

    /** Compares code points in texts of as many as the window surely holds. */
    private static void sweep(BothTokenizers both, int first, int last, IntFunction<String> text) {
        StringBuilder together = new StringBuilder();
        for (int point = first; point <= last; point++) {
            if (point < Character.MIN_SURROGATE || point > Character.MAX_SURROGATE) {
                together.append(text.apply(point));
            }
            if (point % 400 == 0 || point == last) {
                assertThat(both.assertSame(together.toString()).truncated()).isFalse();
                together.setLength(0);
            }
        }
    }
}
