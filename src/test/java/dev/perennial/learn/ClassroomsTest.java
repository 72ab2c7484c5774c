// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perennial.task.TaskId;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class ClassroomsTest {
    private static final TaskId ID = new TaskId("task");

    private final Set<TaskId> tasks = ConcurrentHashMap.newKeySet();
    private final Classrooms classrooms = new Classrooms(tasks::contains);

    @Test
    void nameOfNoTask_leavesNothing_evenWhenTheWorkFails() {
        for (int i = 0; i < 10; i++) {
            TaskId id = new TaskId("task-" + i);
            assertThatThrownBy(() -> classrooms.enter(id, classroom -> {
                        throw new IllegalStateException();
                    }))
                    .isInstanceOf(IllegalStateException.class);
        }
        assertThat(classrooms.size()).isZero();
    }

    @Test
    void task_keepsItsClassroom_untilItIsGone() {
        tasks.add(ID);
        Classroom first = classrooms.alone(ID, classroom -> classroom);
        classrooms.enter(ID, classroom -> assertThat(classroom).isSameAs(first));
        assertThat(classrooms.size()).isEqualTo(1);

        tasks.remove(ID);
        classrooms.enter(ID, classroom -> assertThat(classroom).isSameAs(first));
        assertThat(classrooms.size()).isZero();
    }

    @Test
    void threads_followOneAnother_evenWhileClassroomsComeAndGo() {
        AtomicInteger inside = new AtomicInteger();
        List<Integer> most = new ArrayList<>();
        IntStream.range(0, 5000)
                .parallel()
                .forEach(i -> classrooms.enter(ID, outer -> {
                    most.add(inside.incrementAndGet());
                    classrooms.enter(ID, inner -> assertThat(inner).isSameAs(outer));
                    inside.decrementAndGet();
                }));
        assertThat(most).hasSize(5000).containsOnly(1);
        assertThat(classrooms.size()).isZero();
    }
}
