// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.perennial.refusal.Fault;
import dev.perennial.refusal.Refusal;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Strict JSON. */
final class JsonTest {
    private static final Limits LIMITS = new SmallRyeConfigBuilder()
            .withMapping(Limits.class, "perennial.limits")
            .build()
            .getConfigMapping(Limits.class, "perennial.limits");
    private final Json json = Json.within(LIMITS);

    @Test
    void read_bindsSnakeCaseMembers() {
        PredictBody body = read("\uFEFF{\"inputs\": [\"a\", {\"text\": \"b\", \"text_pair\": \"c\"}], \"top_k\": 2}");

        assertThat(body.topK()).isEqualTo(2);
        assertThat(body.inputs()).isEqualTo(List.of(new InputBody("a", null), new InputBody("b", "c")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "  ",
                "null",
                "{",
                "}",
                "{}{}",
                "{} 1",
                "{\"top_k\": 1,}",
                "{top_k: 1}",
                "{'top_k': 1}",
                "{\"top_k\": 01}",
                "{\"top_k\": +1}",
                "{\"top_k\": .5}",
                "{\"top_k\": NaN}",
                "{\"top_k\": Infinity}",
                "{\"top_k\": -Infinity}",
                "{\"top_k\": 1} // no",
                "/* no */ {}",
                "{\"mode\": \"a\nb\"}",
                "{\"mode\": \"\\x\"}",
                "{\"mode\": \"\\u12\"}",
                "{\"mode\": \"a\", \"mode\": \"a\"}",
                "{\"inputs\": [\"a\" \"b\"]}",
                "\"",
                "tru",
                "{\"a\""
            })
    void read_whatIsNotOneDocument_isUnparsable(String document) {
        assertThatThrownBy(() -> read(document)).isInstanceOf(Refusal.Unparsable.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "1", "true", "\"text\"", "[{}]", "{\"\": 1}", "{\"a.b.C\": {}}"})
    void read_anotherShape_isInvalid(String document) {
        assertThatThrownBy(() -> read(document)).isInstanceOf(Refusal.Invalid.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1000000000000", "-2147483649", "99999999999999999999999999"})
    void read_numberThatIsOutOfRange_isInvalidWhereItStands(String number) {
        Refusal.Invalid refusal = catchThrowableOfType(
                Refusal.Invalid.class, () -> read("{\"inputs\": [\"x\"], \"top_k\": " + number + "}"));

        assertThat(refusal.faults()).extracting(Fault::pointer).containsExactly("/top_k");
        assertThat(refusal).hasMessageContaining("out of range").hasMessageNotContaining(number);
    }

    @Test
    void refusals_neverQuoteTheDocument() {
        for (String document : new String[] {
            "{\"inputs\": [\"secret\", 7]}",
            "{\"secret here\": 1}",
            "{\"mode\": [\"secret\"]}",
            "{\"top_k\": \"secret\"}",
            "secret",
            "{\"mode\": secret}",
            "{\"secret\": 1, \"secret\": 2}"
        }) {
            Refusal refusal = catchThrowableOfType(Refusal.class, () -> read(document));

            assertThat(String.valueOf(refusal.getMessage()))
                    .as(document)
                    .doesNotContain("secret")
                    .doesNotContain("dev.perennial")
                    .doesNotContain("com.fasterxml");
        }
    }

    @Test
    void read_overlongUtf8AndSurrogates_areUnparsable() {
        byte[][] malformed = {
            {'"', (byte) 0xC0, (byte) 0x80, '"'},
            {'"', (byte) 0xED, (byte) 0xA0, (byte) 0x80, '"'},
            {'"', (byte) 0xF8, (byte) 0x88, (byte) 0x80, (byte) 0x80, (byte) 0x80, '"'},
            {'"', (byte) 0xE2, (byte) 0x82, '"'},
            {(byte) 0xFE, (byte) 0xFF, 0, '{', 0, '}'},
        };
        for (byte[] document : malformed) {
            assertThatThrownBy(() -> json.read(document, PredictBody.class)).isInstanceOf(Refusal.Unparsable.class);
        }
    }

    @Test
    void read_mutatedDocuments_areReadOrRefused() {
        long seed = Long.getLong("perennial.seed", 20260101L);
        System.out.println("perennial.seed=" + seed);
        Random random = new Random(seed);
        byte[] document = Examples.PREDICTION.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < 20_000; i++) {
            byte[] mutated = document.clone();
            for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
                mutated[random.nextInt(mutated.length)] = (byte) random.nextInt(256);
            }
            try {
                json.read(mutated, PredictBody.class);
            } catch (Refusal expected) {
                assertThat(expected.getMessage()).isNotBlank();
            }
        }
    }

    private PredictBody read(String document) {
        return json.read(document.getBytes(StandardCharsets.UTF_8), PredictBody.class);
    }
}
