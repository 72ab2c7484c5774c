// SPDX-License-Identifier: Apache-2.0
package dev.perennial.encode;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class FakeEncoderTest extends EncoderContract {
    private final FakeEncoder encoder = new FakeEncoder();

    @Override
    protected Encoder encoder() {
        return encoder;
    }

    @Override
    protected Encoder open() {
        return new FakeEncoder();
    }

    @Test
    void ids_seeDifferently() {
        FakeEncoder other = new FakeEncoder("other");
        assertThat(other.info().digest()).isNotEqualTo(encoder.info().digest());
        List<Passage> passages = List.of(Passage.of("the same text"));
        assertThat(cosine(
                        other.encode(passages).get(0), encoder.encode(passages).get(0)))
                .isLessThan(0.9);
    }

    @Test
    void encoded_countsPassages() {
        encoder.encode(List.of(Passage.of("one"), Passage.of("two")));
        assertThat(encoder.encoded()).isEqualTo(2);
    }
}
