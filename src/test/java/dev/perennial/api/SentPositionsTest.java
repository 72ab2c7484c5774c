// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.text.Normalizer;
import java.text.Normalizer.Form;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SentPositionsTest {
    private static final int TEXTS = 2_000;
    private static final String[] PARTS = {
        "a",
        "e\u0301",
        "e\u0327\u0301",
        "e\u0301\u0327",
        "\u00e9",
        "\ud83d\ude00",
        "\uff21",
        " ",
        "\u1100\u1161\u11a8",
        "\uac00\u11a8",
        "\u212b",
        "x\u0301",
        "\u09c7\u09be",
        "\u0958",
        "\u0344",
        "\ud834\udd5f",
        "\u0301"
    };

    @ParameterizedTest
    @CsvSource({
        "caf\u00e9 Oslo, Oslo",
        "cafe\u0301 Oslo, Oslo",
        "Cafe\u0301, Cafe\u0301",
        "\ud83d\ude00e\u0301 Oslo, Oslo",
        "e\u0301\uff2f\uff53\uff4c\uff4f, \uff2f\uff53\uff4c\uff4f",
        "\u1112\u1161\u11ab Oslo, Oslo"
    })
    void aPart_liesWhereItWasSent(String sent, String part) {
        SentPositions positions = SentPositions.of(sent);
        String normal = Normalizer.normalize(sent, Form.NFC);
        String normalPart = Normalizer.normalize(part, Form.NFC);
        int start = normal.indexOf(normalPart);
        assertThat(sent.substring(positions.start(start), positions.end(start + normalPart.length())))
                .isEqualTo(part);
    }

    /** What is cut out of the text as it was sent is, in normal form, what is cut out of the normal form. */
    @Test
    void everyCut_holdsWhatItHoldsInNormalForm() {
        long seed = Long.getLong("perennial.seed", 5);
        System.out.println("perennial.seed=" + seed);
        Random random = new Random(seed);
        for (int i = 0; i < TEXTS; i++) {
            StringBuilder text = new StringBuilder();
            for (int n = random.nextInt(8); n >= 0; n--) {
                text.append(PARTS[random.nextInt(PARTS.length)]);
            }
            String sent = text.toString();
            String normal = Normalizer.normalize(sent, Form.NFC);
            SentPositions positions = SentPositions.of(sent);
            for (int at = 0; at <= normal.length(); at++) {
                int cut = positions.start(at);
                if (cut == positions.end(at)) {
                    assertThat(Normalizer.normalize(sent.substring(0, cut), Form.NFC))
                            .as(sent)
                            .hasSize(at);
                }
            }
            assertThat(positions.end(normal.length())).isEqualTo(sent.length());
        }
    }
}
