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
import dev.perennial.text.Text;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
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

        assertThat(order(new RefreshBody(null, null, null, null, null, null, null)))
                .isEqualTo(usual);
        assertThat(order(new RefreshBody("auto", "auto", List.of(), 30, 1L, "line-merge", List.of())))
                .isEqualTo(usual);
    }

    @Test
    void whatTheBodyAsksFor_isOrdered() {
        assertThat(order(new RefreshBody("auto", "auto", List.of("task", "task"), 1440, -7L, "lcia-code", null)))
                .isEqualTo(new RefreshOrder(
                        Aim.LEARN,
                        RefreshOrder.AUTO,
                        RefreshOrder.AUTO,
                        List.of(TASK),
                        Duration.ofDays(1),
                        -7,
                        MergeKind.LCIA_CODE,
                        List.of()));
    }

    @Test
    void anObjective_isOrderedByItsName() {
        assertThat(order(new RefreshBody(null, "similarity", null, null, null, null, null))
                        .objective())
                .isEqualTo("similarity");
    }

    private static RefreshBody reading(List<String> texts) {
        return new RefreshBody(null, "self-contrast", List.of("task"), null, null, null, texts);
    }

    @Test
    void textsWithoutLabels_areTakenInTheirNormalForm() {
        assertThat(RefreshesResource.texts(reading(List.of("cafe\u0301", "two\nlines")), 20))
                .containsExactly(new Text("caf\u00e9"), new Text("two\nlines"));
    }

    @Test
    void textsThatCannotBeRead_areRefusedOneByOne() {
        assertThatThrownBy(() -> RefreshesResource.texts(reading(Arrays.asList("good", null, " ")), 20))
                .isInstanceOfSatisfying(
                        Refusal.Invalid.class,
                        refusal -> assertThat(refusal.faults())
                                .extracting(Fault::pointer)
                                .containsExactly("/texts/1", "/texts/2"));
        assertThatThrownBy(() -> RefreshesResource.texts(reading(List.of("x".repeat(21))), 20))
                .isInstanceOf(Refusal.TooLarge.class);
        assertThatThrownBy(() -> RefreshesResource.texts(reading(Collections.nCopies(10_001, "text")), 20))
                .isInstanceOfSatisfying(
                        Refusal.TooLarge.class,
                        refusal -> assertThat(refusal.what()).isEqualTo("refresh_texts"));
    }

    @Test
    void whatCannotBeDone_isRefusedField_byField() {
        assertThatThrownBy(
                        () -> order(new RefreshBody("all", "most", List.of("task", "other"), 0, 1L, "average", null)))
                .isInstanceOfSatisfying(
                        Refusal.Invalid.class,
                        refusal -> assertThat(refusal.faults())
                                .extracting(Fault::pointer)
                                .containsExactly("/strategy", "/objective", "/max_minutes", "/merge", "/tasks/1"));
        assertThatThrownBy(() -> order(new RefreshBody("Lora", null, null, 1441, null, null, null)))
                .isInstanceOfSatisfying(
                        Refusal.Invalid.class,
                        refusal -> assertThat(refusal.faults())
                                .extracting(Fault::pointer)
                                .containsExactly("/strategy", "/max_minutes"));
    }
}
