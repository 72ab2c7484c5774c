// SPDX-License-Identifier: Apache-2.0
package dev.perennial.math;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

final class SoftmaxTest {
    private static final long SEED = Long.getLong("perennial.seed", 5);

    @Test
    void shares_areThoseOfDoublePrecision() {
        Random random = new Random(SEED);
        float[] scores = new float[1003];
        double sum = 0;
        for (int i = 0; i < 1000; i++) {
            scores[i] = (float) (5 * random.nextGaussian());
            sum += Math.exp(scores[i]);
        }
        float[] shares = scores.clone();
        double log = Softmax.apply(shares, 1000);
        assertThat(log).isCloseTo(Math.log(sum), within(1e-5));
        for (int i = 0; i < 1000; i++) {
            double expected = Math.exp(scores[i]) / sum;
            assertThat((double) shares[i]).isCloseTo(expected, within(1e-12 + 1e-4 * expected));
        }
        assertThat(shares[1000]).as("what is not counted stays").isEqualTo(scores[1000]);
    }

    @Test
    void scoresFarApart_giveZerosAndOnes() {
        float[] scores = {1e30f, 0, -1e30f};
        assertThat(Softmax.apply(scores, 3)).isEqualTo(1e30f);
        assertThat(scores).containsExactly(1, 0, 0);
    }
}
