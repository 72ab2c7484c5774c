// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perennial.task.TaskId;
import org.junit.jupiter.api.Test;

final class TaskTagsTest {
    private final TaskTags tags = new TaskTags(2);

    @Test
    void tasksBeyondTheBound_areOther_andValuesStay() {
        assertThat(tags.of(new TaskId("a"))).isEqualTo("a");
        assertThat(tags.of(new TaskId("b"))).isEqualTo("b");
        assertThat(tags.of(new TaskId("c"))).isEqualTo("other");
        assertThat(tags.of(new TaskId("a"))).isEqualTo("a");
    }

    @Test
    void aClientsWordAlone_takesNoPlace() {
        assertThat(tags.ofUnproven(new TaskId("a"))).isEqualTo("other");
        assertThat(tags.of(new TaskId("b"))).isEqualTo("b");
        assertThat(tags.of(new TaskId("a"))).isEqualTo("a");
        assertThat(tags.ofUnproven(new TaskId("a"))).isEqualTo("a");
    }
}
