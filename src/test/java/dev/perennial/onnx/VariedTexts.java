// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import java.util.List;
import java.util.Random;

/** Texts that nobody writes, made of what tokenizers stumble over, beside some that people do. */
final class VariedTexts {
    static final List<String> WRITTEN = List.of(
            "",
            " ",
            "How do I reset my password?",
            "I'd like to cancel my subscription, effective 2026-01-31; refund $1,234.56 to user@example.org.",
            "Die Straße ist wegen Überflutung gesperrt, sagte Frau Größmann-Äpfel.",
            "Où est passée la bibliothèque de l'université ? Là-bas, près de l'église.",
            "El niño pequeño comió piñas en la montaña; ¿quién lo vio? ¡Nadie!",
            "Съешь же ещё этих мягких французских булок, да выпей чаю. Ёлка, йод, её.",
            "Ο Οδυσσέας και οι ΣΥΝΤΡΟΦΟΙ ΤΟΥ ταξίδεψαν στην Ιθάκη· ΤΕΛΟΣ.",
            "İstanbul'da IŞIK ılık, İİ ve ıı.",
            "Tiếng Việt có nhiều dấu: ở đây, người ta nói rất nhanh.",
            "今日は天気がいいですね。ガギグゲゴ、パピプペポ、ﾊﾝｶｸ。",
            "中文分词不需要空格，但是标点符号很重要！豈更車",
            "한국어 문장을 나누어 봅시다. 각 각 힣",
            "مرحبا بالعالم، كيف حالُكَ اليوم؟ لا إله إلا الله ١٢٣",
            "שָׁלוֹם עוֹלָם, מה שלומך?",
            "नमस्ते दुनिया, क़लम और ज़मीन। कौन है?",
            "বাংলা ভাষায় লেখা: কো কৌ",
            "ภาษาไทยไม่มีช่องว่างระหว่างคำ",
            "தமிழ் மொழி கொ கோ கௌ",
            "I love 🍕 and 🎉!!! 👩‍👩‍👧‍👦 👍🏽 🏴󠁧󠁢󠁥󠁮󠁧󠁿 ❤️ ☎︎ 1️⃣ 🇩🇪🇫🇷",
            "e\u0301 versus \u00e9, a\u0323\u0302 versus \u1ead, \u1e9b\u0323, \u212b \u2126 \u212a",
            "x \u2260 y, a \u226e b, \u1fef\u037e\u0387\u2024\u2025",
            "ﬁne ﬂow ½ ¼ ² ™ ℃ Ⅷ ⅷ ⓐ Ⓐ Ａｂｃ１２３",
            "ÀÉÎÕÜ ÇŞĞ ŁØĐ ÞÐÆ ŒŸ Ǆǅǆ Ⱥⱥ ẞß ſ ŉ ǰ ΐ ΰ",
            "tabs\tand\nnew\r\nlines\u000band\fforms\u0085next\u2028line\u2029paragraph\u00a0hard\u3000wide\u200bzero",
            "soft\u00adhyphen\u200djoiner\ufeffmark\u0000nul\ufffdreplacement\u180evowel\u2060word",
            "[SEP] [CLS][MASK] [PAD]x[UNK] [sep] [[SEP]] [SE[SEP]P] [ SEP] ##ing [unused5] [SEP\u200b] [\u0000CLS]",
            "don't can't won't it's o'clock rock'n'roll 'tis \u2018quoted\u2019 \u201cdouble\u201d \u2014 dash \u2013",
            "SELECT * FROM t WHERE a = 'b' -- comment /* #1 */ <tag attr=\"x\"/> {json: [1, 2]} C:\\path\\to ~^`|",
            "antidisestablishmentarianism pneumonoultramicroscopicsilicovolcanoconiosis",
            "\ud83d",
            "a\ude00b",
            "\ud83d\ude00 \ud83d x",
            "caf\u00e9 \udc00\ud800 \ud83c\udf55 end",
            "\ud800\u0301e\u0301",
            "\u0344\u0341a\u0340",
            "\u302e\u0301\u302f",
            "\ud834\udd5e\ud834\udd65\u0301",
            "\u0f73\u0f75\u0f81",
            "\u0301\u0302\u0303",
            "a\u0301\u0302\u0303b",
            "\u0bca\u0bcb\u0bcc",
            "\u1100\u1161\u11a8",
            "\uac01");

    private static final List<String> FRAGMENTS = List.of(
            "[SEP]",
            "[CLS]",
            "[MASK]",
            "[",
            "]",
            "##",
            "ing",
            "un",
            "token",
            "The",
            "quick",
            "ÄÖÜ",
            "ß",
            "é",
            "e\u0301",
            "ñ",
            "İ",
            "Σ",
            "ς",
            "\u0345",
            "привет",
            "Ё",
            "й",
            "中",
            "文",
            "豈",
            "한",
            "각",
            "が",
            "ザ",
            "ا",
            "ُ",
            "ש",
            "क़",
            "ো",
            "🍕",
            "👩‍👧",
            "\u200d",
            "\ufe0f",
            "🏽",
            "\u00ad",
            "\u0000",
            "\ufffd",
            "\t",
            "\r\n",
            "\u00a0",
            "\u3000",
            "\u2028",
            "…",
            "—",
            "’",
            "«",
            "¿",
            "$",
            "€",
            "+",
            "=",
            "≠",
            "^",
            "`",
            "´",
            "¨",
            "1",
            "२",
            "½",
            "ﬁ",
            "Ａ",
            "ǅ",
            "\u0f73",
            "\u302e",
            "\u1abe",
            "\u1ac0",
            "\u08d4",
            "\ud834\udd5e",
            "\ud834\udd65");

    private VariedTexts() {}

    /** About {@code parts} letters, fragments and spaces. */
    static String random(Random random, int parts) {
        StringBuilder text = new StringBuilder();
        boolean halves = random.nextInt(20) == 0;
        for (int i = 0; i < parts; i++) {
            switch (random.nextInt(12)) {
                case 0, 1 -> text.append(' ');
                case 2, 3, 4 -> text.append((char) (' ' + random.nextInt(95)));
                case 5, 6 -> text.append(FRAGMENTS.get(random.nextInt(FRAGMENTS.size())));
                case 7 -> text.append((char) (0xa0 + random.nextInt(0x2000)));
                case 8 -> text.append((char) (0x300 + random.nextInt(0x70)));
                case 9 -> text.appendCodePoint(anywhere(random));
                case 10 ->
                    text.append(WRITTEN.get(random.nextInt(WRITTEN.size())).split(" ", 2)[0]);
                default -> text.append(halves ? (char) (0xd800 + random.nextInt(0x800)) : 'e');
            }
        }
        return text.toString();
    }

    /** Words alone, of lengths up to beyond what is cut into pieces. */
    static String word(Random random) {
        String letter = Character.toString(random.nextBoolean() ? 'a' + random.nextInt(26) : anywhere(random));
        return letter.repeat(random.nextInt(110)) + random(random, 3);
    }

    /** A code point that is not half a pair, from the planes that have letters. */
    private static int anywhere(Random random) {
        int point = random.nextInt(random.nextBoolean() ? 0x10000 : 0x32000);
        return point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE ? 'q' : point;
    }
}
