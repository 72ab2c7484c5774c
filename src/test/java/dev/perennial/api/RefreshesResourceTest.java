// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perennial.adapt.MergeKind;
import dev.perennial.api.RefreshesResource.RefreshBody;
import dev.perennial.refresh.RefreshOrder;
import dev.perennial.refresh.RefreshOrder.Aim;
import dev.perennial.refusal.Fault;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.TaskId;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class RefreshesResourceTest {
    private static final TaskId TASK = new TaskId("task");

    private static RefreshOrder order(RefreshBody body) {
        return RefreshesResource.order(body, Set.of(TASK)::contains);
    }

    @Test
    void emptyBody_isJudgedByAllTasksWithinHalfAnHour() {
        RefreshOrder usual =
                new RefreshOrder(Aim.LEARN, RefreshOrder.AUTO, RefreshOrder.AUTO, List.of(), Duration.ofMinutes(30), 1);

        assertThat(order(new RefreshBody(null, null, null, null, null, null))).isEqualTo(usual);
        assertThat(order(new RefreshBody("auto", "auto", List.of(), 30, 1L, "line-merge")))
                .isEqualTo(usual);
    }

    @Test
    void whatTheBodyAsksFor_isOrdered() {
        assertThat(order(new RefreshBody("auto", "auto", List.of("task", "task"), 1440, -7L, "lcia-code")))
                .isEqualTo(new RefreshOrder(
                        Aim.LEARN,
                        RefreshOrder.AUTO,
                        RefreshOrder.AUTO,
                        List.of(TASK),
                        Duration.ofDays(1),
                        -7,
                        MergeKind.LCIA_CODE));
    }

    @Test
    void anObjective_isOrderedByItsName() {
        assertThat(order(new RefreshBody(null, "similarity", null, null, null, null))
                        .objective())
                .isEqualTo("similarity");
    }

    @Test
    void whatCannotBeDone_isRefusedField_byField() {
        assertThatThrownBy(() -> order(new RefreshBody("all", "most", List.of("task", "other"), 0, 1L, "average")))
                .isInstanceOfSatisfying(
                        Refusal.Invalid.class,
                        refusal -> assertThat(refusal.faults())
                                .extracting(Fault::pointer)
                                .containsExactly("/strategy", "/objective", "/max_minutes", "/merge", "/tasks/1"));
        assertThatThrownBy(() -> order(new RefreshBody("Lora", null, null, 1441, null, null)))
                .isInstanceOfSatisfying(
                        Refusal.Invalid.class,
                        refusal -> assertThat(refusal.faults())
                                .extracting(Fault::pointer)
                                .containsExactly("/strategy", "/max_minutes"));
    }
}
