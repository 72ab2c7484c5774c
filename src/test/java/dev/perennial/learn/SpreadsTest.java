// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perennial.encode.FakeEncoder;
import dev.perennial.member.Spread;
import dev.perennial.task.DerivedCache;
import dev.perennial.task.InputKind;
import dev.perennial.task.MemoryDerivedCache;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class SpreadsTest {
    private static final List<String> SENTENCES = ReferenceSentences.read();
    private final DerivedCache derived = new MemoryDerivedCache();

    @ParameterizedTest
    @EnumSource
    void whatWasMeasured_isKeptToItsBits(InputKind input) {
        Spread measured = new Spreads(SENTENCES, derived).of(input, new FakeEncoder("a"));
        assertThat(derived.names()).hasSize(1);
        assertThat(new Spreads(SENTENCES, derived).of(input, new FakeEncoder("a")))
                .isEqualTo(measured);
        assertThat(derived.names()).hasSize(1);
    }

    @Test
    void anotherEncoderOrOtherSentences_areMeasuredAnew() {
        Spread first = new Spreads(SENTENCES, derived).of(InputKind.TEXT, new FakeEncoder("a"));
        new Spreads(SENTENCES, derived).of(InputKind.TEXT, new FakeEncoder("b"));
        Spread fewer = new Spreads(SENTENCES.subList(0, 9), derived).of(InputKind.TEXT, new FakeEncoder("a"));
        assertThat(derived.names()).hasSize(3);
        assertThat(fewer).isNotEqualTo(first);
    }

    @Test
    void whatIsKeptButDamaged_isMeasuredAnew() {
        Spread measured = new Spreads(SENTENCES, derived).of(InputKind.TEXT, new FakeEncoder("a"));
        derived.names().forEach(name -> derived.put(name, new byte[31]));
        assertThat(new Spreads(SENTENCES, derived).of(InputKind.TEXT, new FakeEncoder("a")))
                .isEqualTo(measured);
    }
}
