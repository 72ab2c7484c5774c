// SPDX-License-Identifier: Apache-2.0
package dev.perennial.adapt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class MovingAverageTest {
    private static final Map<String, float[]> BEFORE = Map.of("a", new float[] {0, 0}, "b", new float[] {5});

    @Test
    void average_beginsWithTheValuesBeforeTheTrainingAsPublished() {
        MovingAverage average = new MovingAverage(new MergeRule.LciaPaper(0.99), BEFORE);

        average.step("a", new float[] {1, 1}, new float[] {.5f, .5f});

        assertThat(average.average("a")).containsExactly(0, 0);
        assertThat(average.retentions()).isEmpty();
    }

    @Test
    void average_beginsAfterTheFirstStepAsTheProgramHasIt() {
        MovingAverage average = new MovingAverage(new MergeRule.LciaCode(2, 0.01), BEFORE);

        average.step("a", new float[] {1, 1}, new float[] {.5f, .5f});

        assertThat(average.average("a")).containsExactly(1, 1);
    }

    @Test
    void average_movesByTheShareThatTheRuleGives() {
        MovingAverage average = new MovingAverage(new MergeRule.LciaCode(0.01, 0.5), BEFORE);

        average.step("a", new float[] {1, 1}, new float[] {.3f, .1f});
        average.step("a", new float[] {2, 1.5f}, new float[] {.1f, .2f});

        double share = 0.01 * 1.3 / (1.5 * 0.3);
        assertThat(average.average("a")[0]).isCloseTo((float) (1 + share), within(1e-6f));
        assertThat(average.average("a")[1]).isCloseTo((float) (1 + share / 2), within(1e-6f));
        assertThat(average.retentions()).singleElement().satisfies(retention -> {
            assertThat(retention.tensor()).isEqualTo("a");
            assertThat(retention.step()).isEqualTo(2);
            assertThat(retention.share()).isCloseTo(1 - share, within(1e-6));
        });
    }

    /**
     * What makes the rule of the program usable on small tensors: their shares come out as wanted, whatever their size.
     */
    @ParameterizedTest
    @ValueSource(ints = {2, 768, 40_000})
    void factor_isFoundForEachTensor_soThatTheShareIsTheWantedOne(int size) {
        MovingAverage average =
                new MovingAverage((MergeRule.EachStep) MergeKind.LCIA_CODE.rule(), Map.of("a", new float[size]));
        SplittableRandom random = new SplittableRandom(7);
        float[] values = new float[size];
        for (int step = 1; step <= 60; step++) {
            float[] gradient = new float[size];
            for (int i = 0; i < size; i++) {
                gradient[i] = (float) (1e-4 * random.nextGaussian());
                values[i] += (float) (1e-3 * random.nextGaussian());
            }
            average.step("a", values, gradient);
        }
        double[] shares = average.retentions().stream()
                .filter(retention -> retention.step() > 12)
                .mapToDouble(retention -> 1 - retention.share())
                .sorted()
                .toArray();

        assertThat(shares).hasSize(48);
        assertThat(shares[24]).isBetween(0.001, 0.03);
        assertThat(shares[0]).as("it decides, and does not fall back").isNotEqualTo(shares[47]);
    }

    @Test
    void summary_isOfBoundedSize_andTellsEachTensorAndStep() {
        RetainedShares shares = RetainedShares.of(List.of(
                new MovingAverage.Retention("b", 2, 0.5),
                new MovingAverage.Retention("a", 2, 0.9),
                new MovingAverage.Retention("b", 3, 0.7),
                new MovingAverage.Retention("a", 3, 0.7)));

        assertThat(shares.tensors()).extracting(RetainedShares.OfTensor::tensor).containsExactly("a", "b");
        RetainedShares.OfTensor second = shares.tensors().get(1);
        assertThat(second.decisions()).isEqualTo(2);
        assertThat(second.mean()).isCloseTo(0.6, within(1e-12));
        assertThat(List.of(second.least(), second.most(), second.last())).containsExactly(0.5, 0.7, 0.7);
        assertThat(shares.steps()).containsExactly(0.7, 0.7);
        assertThat(shares.mean()).isCloseTo(0.7, within(1e-12));
        assertThat(RetainedShares.NONE.mean()).isZero();
    }

    @Test
    void tensors_areAveragedByThemselves() {
        MovingAverage average = new MovingAverage(new MergeRule.LciaPaper(0.99), BEFORE);

        average.step("a", new float[] {1, 1}, new float[] {.5f, .5f});
        average.step("a", new float[] {2, 2}, new float[] {.1f, .1f});

        assertThat(average.average("b")).containsExactly(5);
        assertThat(average.average("a")[0]).isBetween(0f, 2f);
    }

    @Test
    void callers_cannotChangeWhatIsAveraged() {
        float[] before = {0, 0};
        MovingAverage average = new MovingAverage(new MergeRule.LciaPaper(0.99), Map.of("a", before));

        before[0] = 9;
        average.average("a")[1] = 9;

        assertThat(average.average("a")).containsExactly(0, 0);
    }

    @Test
    void tensors_thatAreUnknownOrOfAnotherSizeAreRefused() {
        MovingAverage average = new MovingAverage(new MergeRule.LciaPaper(0.99), BEFORE);

        assertThatThrownBy(() -> average.step("c", new float[1], new float[1]))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> average.step("a", new float[3], new float[3]))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
