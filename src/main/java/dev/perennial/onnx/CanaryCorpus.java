// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import dev.perennial.encode.Passage;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Texts that have broken tokenizers: long, unusual, repetitive and random ones. The same at every call. */
final class CanaryCorpus {
    private static final int LONG = 20_000;
    private static final int RANDOM_TEXTS = 200;
    private static final int RANDOM_LENGTH = 60;
    private static final int LAST_CODE_POINT = 0x10FFFF;

    private CanaryCorpus() {}

    static List<Passage> passages() {
        List<Passage> passages = new ArrayList<>();
        for (String text : texts()) {
            passages.add(Passage.of(text));
        }
        passages.add(Passage.joined("Is it open?", "The door is closed."));
        passages.add(Passage.joined("word ".repeat(LONG / 5), "word ".repeat(LONG / 5)));
        passages.add(Passage.joined("a", "語".repeat(LONG)));
        return List.copyOf(passages);
    }

    private static List<String> texts() {
        List<String> texts = new ArrayList<>(List.of(
                "How do I activate my new card?",
                "volcanoes erupt under the ocean",
                "a",
                " ",
                "\t\r\n\u0085\u00A0\u2028\u3000x",
                "The quick brown fox jumps over the lazy dog. ".repeat(LONG / 45),
                "語".repeat(LONG),
                "가각힣 ไม่มี हिन्दी العربية עברית ქართული",
                "👩‍👩‍👧‍👦🇩🇪🏳️‍🌈👍🏽".repeat(LONG / 20),
                "e" + "\u0301\u0302\u0303".repeat(LONG / 3),
                "\u0300\u0301",
                " ".repeat(LONG) + "x",
                "\n".repeat(LONG) + "x",
                "0".repeat(LONG),
                "-".repeat(LONG),
                "\u202Eabc\u202C\u200B\u200D\uFEFF\u2060",
                "\u0001\u0007\u001B[31m\u007F\uFFFD\uFFFE\uFFFF",
                "𝔘𝔫𝔦 𐍈 \uDBFF\uDFFF",
                "[CLS] [SEP] [PAD] [MASK] [UNK] <s> </s> <pad> <unk> <mask> <|endoftext|> ##ing ▁x Ġy",
                "don't we'll I'M they'RE",
                "ﬁ ǅ İ ẞ ſ K Å ½ ㎏ ﷺ"));
        for (int length = 8; length <= 64; length += 4) {
            texts.add("a".repeat(length) + "!");
            texts.add("ab ".repeat(length) + "?");
        }
        texts.add("a".repeat(LONG) + "!");
        texts.addAll(random());
        return texts;
    }

    private static List<String> random() {
        Random random = new Random(20260101);
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < RANDOM_TEXTS; i++) {
            StringBuilder text = new StringBuilder("x");
            int span = i % 2 == 0 ? 0x3000 : LAST_CODE_POINT;
            for (int j = 0; j < RANDOM_LENGTH; j++) {
                int codePoint = 1 + random.nextInt(span);
                boolean surrogate = codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
                text.appendCodePoint(surrogate ? 'x' : codePoint);
            }
            texts.add(text.toString());
        }
        return texts;
    }
}
