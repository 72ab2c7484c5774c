// SPDX-License-Identifier: Apache-2.0
package dev.perennial.adapt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.junit.jupiter.api.Test;

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
