// SPDX-License-Identifier: Apache-2.0
package dev.perennial.member;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perennial.math.FloatMatrix;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RandomFeaturesTest {
    private static final int COUNT = 1024;
    private final List<Features> inputs = RandomInputs.of(new Random(5), 30, 48, 30);

    @ParameterizedTest
    @ValueSource(doubles = {0.5, 1, 2})
    void cosines_approximateTheGaussianKernel(double width) {
        RandomFeatures features = new RandomFeatures(View.firsts(2), 78, COUNT, width);
        double error = 0;
        int pairs = 0;
        for (Features a : inputs) {
            for (Features b : inputs) {
                double kernel = Math.exp(-width * View.firsts(2).squaredDistance(a, b));
                error += Math.abs(cosines(features, a, b) - kernel);
                pairs++;
            }
        }
        assertThat(error / pairs).isLessThan(0.03);
    }

    @Test
    void viewsOfOneMember_seeThatMemberAlone() {
        View second = View.of(1);
        RandomFeatures features = new RandomFeatures(second, 30, COUNT, 1);
        Features a = inputs.get(0);
        Features b = new Features(
                List.of(inputs.get(1).byMember().get(0), a.byMember().get(1)));
        assertThat(features.of(b)).isEqualTo(features.of(a));
        assertThat(second.squaredDistance(a, b)).isZero();
    }

    @Test
    void manyInputs_haveTheBitsOfEachAlone() {
        RandomFeatures features = new RandomFeatures(View.firsts(2), 78, 100, 1);
        FloatMatrix all = features.of(inputs);
        for (int i = 0; i < inputs.size(); i++) {
            float[] row = Arrays.copyOfRange(all.data(), i * all.columns(), (i + 1) * all.columns());
            assertThat(row).isEqualTo(features.of(inputs.get(i)));
        }
    }

    @Test
    void equalSettings_giveEqualFeatures_onEveryServer() {
        assertThat(new RandomFeatures(View.firsts(2), 78, 200, 1).of(inputs.get(3)))
                .isEqualTo(new RandomFeatures(View.firsts(2), 78, 200, 1).of(inputs.get(3)));
    }

    @Test
    void features_areInFixedPoint() {
        for (float value : new RandomFeatures(View.firsts(2), 78, 200, 1).of(inputs.get(4))) {
            assertThat(value * 0x1p12f).isEqualTo((float) Math.rint(value * 0x1p12f));
            assertThat(Math.abs(value)).isLessThan(8);
        }
    }

    @Test
    void size_countsWhatIsWritten() {
        for (int count : new int[] {16, 77, 78, 300}) {
            RandomFeatures features = new RandomFeatures(View.firsts(2), 78, count, 1);
            assertThat(features.of(inputs.get(0))).hasSize(features.size());
            assertThat(features.of(inputs.get(0))[features.size() - 1]).isEqualTo(1);
        }
    }

    private static double cosines(RandomFeatures features, Features a, Features b) {
        float[] x = features.of(a);
        float[] y = features.of(b);
        double sum = 0;
        for (int j = 0; j < COUNT; j++) {
            sum += (double) x[j] * y[j];
        }
        return sum / COUNT;
    }
}
