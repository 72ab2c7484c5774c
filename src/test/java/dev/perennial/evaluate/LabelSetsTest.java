// SPDX-License-Identifier: Apache-2.0
package dev.perennial.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

final class LabelSetsTest {
    private static final List<String> TRUTH = List.of("a", "a", "a", "b", "b");
    private static final List<List<String>> SETS =
            List.of(List.of("a"), List.of("b", "a"), List.of(), List.of("b"), List.of("a"));

    @Test
    void coverage_isTheShareOfSetsWithTheTruth() {
        assertThat(LabelSets.coverage(TRUTH, SETS)).isCloseTo(3.0 / 5, within(1e-15));
        assertThat(LabelSets.coverage(List.of(), List.of())).isNaN();
    }

    @Test
    void worstCoverage_isThatOfTheWorstLabel() {
        assertThat(LabelSets.worstCoverage(TRUTH, SETS)).isCloseTo(1.0 / 2, within(1e-15));
    }

    @Test
    void meanSize_countsEmptySetsToo() {
        assertThat(LabelSets.meanSize(SETS)).isCloseTo(1, within(1e-15));
    }
}
