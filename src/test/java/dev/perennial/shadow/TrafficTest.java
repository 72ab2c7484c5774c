// SPDX-License-Identifier: Apache-2.0
package dev.perennial.shadow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.perennial.task.Input;
import dev.perennial.text.Text;
import java.util.BitSet;
import org.junit.jupiter.api.Test;

final class TrafficTest {
    private static final int INPUTS = 20_000;

    private static Input input(int number) {
        return Input.of(new Text("text " + number));
    }

    private static BitSet canaries(Traffic traffic) {
        BitSet canaries = new BitSet();
        for (int i = 0; i < INPUTS; i++) {
            canaries.set(i, traffic.isCanary(input(i)));
        }
        return canaries;
    }

    @Test
    void equalInputs_alwaysGoToTheSameSide() {
        assertThat(canaries(new Traffic(1, 0.3, 5))).isEqualTo(canaries(new Traffic(0, 0.3, 5)));
    }

    @Test
    void shares_areThoseAskedFor() {
        assertThat(canaries(new Traffic(1, 0.3, 5)).cardinality() / (double) INPUTS)
                .isCloseTo(0.3, within(0.02));
        assertThat(canaries(new Traffic(1, 0, 5)).cardinality()).isZero();
        assertThat(canaries(new Traffic(1, 1, 5)).cardinality()).isEqualTo(INPUTS);
        int compared = 0;
        for (int i = 0; i < INPUTS; i++) {
            compared += new Traffic(0.5, 0.5, 5).isCompared(input(i)) ? 1 : 0;
        }
        assertThat(compared / (double) INPUTS).isCloseTo(0.5, within(0.02));
    }

    @Test
    void seedsAndChoices_areIndependent() {
        BitSet first = canaries(new Traffic(1, 0.5, 1));
        BitSet second = canaries(new Traffic(1, 0.5, 2));
        second.and(first);
        assertThat(second.cardinality() / (double) INPUTS).isCloseTo(0.25, within(0.02));

        int both = 0;
        Traffic traffic = new Traffic(0.5, 0.5, 1);
        for (int i = 0; i < INPUTS; i++) {
            both += traffic.isCompared(input(i)) && traffic.isCanary(input(i)) ? 1 : 0;
        }
        assertThat(both / (double) INPUTS).isCloseTo(0.25, within(0.02));
    }
}
