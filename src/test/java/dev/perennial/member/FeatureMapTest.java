// SPDX-License-Identifier: Apache-2.0
package dev.perennial.member;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.perennial.encode.Encoded;
import dev.perennial.encode.FakeEncoder;
import dev.perennial.encode.InputEncoding;
import dev.perennial.encode.Passage;
import dev.perennial.task.InputKind;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class FeatureMapTest {
    private static final List<String> SENTENCES = IntStream.range(0, 40)
            .mapToObj(i -> "alpha" + i * i + " beta" + i * 7 + " gamma" + i * 3)
            .toList();
    private final FakeEncoder encoder = new FakeEncoder();

    @Test
    void unrelatedTexts_areAtSquaredDistanceOneOnAverage() {
        FeatureMap map = new FeatureMap(InputKind.TEXT, List.of(Spread.ofTexts(encoder, SENTENCES)), View.of(0));
        List<Features> all = encoder.encode(SENTENCES.stream().map(Passage::of).toList()).stream()
                .map(embedding -> map.features(new Encoded(List.of(embedding.vector()), false)))
                .toList();
        double sum = 0;
        for (Features a : all) {
            for (Features b : all) {
                sum += View.of(0).squaredDistance(a, b);
            }
        }
        assertThat(sum / (all.size() * (all.size() - 1))).isCloseTo(1, within(0.02));
    }

    @Test
    void closeness_isOneForEqualTexts_andFallsWithDistance() {
        FeatureMap map = new FeatureMap(InputKind.PAIR, List.of(Spread.ofPairs(encoder, SENTENCES)), View.of(0));
        assertThat(map.closeness(pair("the card is lost", "the card is lost"))).isEqualTo(1);
        double near = map.closeness(pair("the card is lost", "the card is gone"));
        double far = map.closeness(pair("the card is lost", "sunny weather today"));
        assertThat(near).isBetween(far + 0.1, 1.0);
    }

    @Test
    void pairs_haveFiveBlocks_andKnowTheirOrder() {
        FeatureMap map = new FeatureMap(InputKind.PAIR, List.of(Spread.ofPairs(encoder, SENTENCES)), View.of(0));
        Features one = map.features(pair("the card is lost", "hello"));
        assertThat(one.byMember().get(0))
                .hasSize(map.dimensions(List.of(64)).get(0))
                .hasSize(320);
        assertThat(one.squaredDistance(map.features(pair("hello", "the card is lost")), 0))
                .isPositive();
        assertThat(View.of(0).squaredDistance(one, one)).isZero();
    }

    @Test
    void aMemberThatHasNotReadTheInput_hasAnEmptyBlock() {
        Spread spread = Spread.ofTexts(encoder, SENTENCES);
        FeatureMap both = new FeatureMap(InputKind.TEXT, List.of(spread, new Spread(0.5, 1, 1, 1)), View.firsts(2));
        float[] vector = encoder.encode(List.of(Passage.of("hello"))).get(0).vector();
        Features all = both.features(new Encoded(List.of(vector, new float[] {1, 0, 0}), false));
        Features first = both.features(new Encoded(List.of(vector, new float[0]), false));
        assertThat(first.byMember().get(0)).isEqualTo(all.byMember().get(0));
        assertThat(first.byMember().get(1)).isEmpty();
    }

    private Encoded pair(String first, String second) {
        return InputEncoding.assemble(List.of(encoder.encode(InputEncoding.passages(first, second))), true)
                .get(0);
    }
}
