// SPDX-License-Identifier: Apache-2.0
package dev.perennial.encode;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class EncodersTest {

    @Test
    void tables_comeFirst_andTheOneThatWasBuiltBeforeThoseOfOtherTeachers() {
        try (EncoderPool pool = new EncoderPool(1, 1000)) {
            Encoders encoders = new Encoders(pool, List.of(new FakeEncoder("all-minilm-l6-v2")));
            encoders.add(FakeTableEncoder.of("static-all-minilm-l6-v2", "all-minilm-l6-v2"));
            encoders.add(FakeTableEncoder.random(1));

            assertThat(encoders.ready())
                    .extracting(encoder -> encoder.info().id())
                    .containsExactly("static", "static-all-minilm-l6-v2", "all-minilm-l6-v2");
        }
    }

    @Test
    void removedEncoder_isNoLongerReady() {
        try (EncoderPool pool = new EncoderPool(1, 1000)) {
            Encoder one = new FakeEncoder("one");
            Encoders encoders = new Encoders(pool, List.of(one, new FakeEncoder("two")));

            assertThat(encoders.remove("one")).containsSame(one);
            assertThat(encoders.remove("one")).isEmpty();
            assertThat(encoders.ready())
                    .extracting(encoder -> encoder.info().id())
                    .containsExactly("two");
        }
    }
}
