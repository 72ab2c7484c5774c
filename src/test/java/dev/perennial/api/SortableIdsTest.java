// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SortableIdsTest {
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-03-01T10:00:00Z"));

    @Test
    void ids_areInTheOrderInWhichTheyWereMade() {
        SortableIds ids = new SortableIds(CLOCK);
        List<String> made = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            made.add(ids.next("pr_"));
        }
        assertThat(made).isSorted().doesNotHaveDuplicates().allMatch(id -> id.matches("pr_[0-9a-f]{24}"));
    }

    @Test
    void processesThatAnswerInTheSameMillisecond_makeOtherIds() {
        assertThat(new SortableIds(CLOCK, 7).next("pr_"))
                .isNotEqualTo(new SortableIds(CLOCK, 8).next("pr_"))
                .endsWith("00000007");
        assertThat(new SortableIds(CLOCK).next("pr_")).isNotEqualTo(new SortableIds(CLOCK).next("pr_"));
    }
}
