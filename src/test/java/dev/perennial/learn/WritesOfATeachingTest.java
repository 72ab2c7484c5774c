// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perennial.revision.RevisionStore;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.MemoryTaskStore;
import dev.perennial.task.RevisionId;
import dev.perennial.task.TaskStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How often the store is written to: each of these is a transaction. */
final class WritesOfATeachingTest {
    private static final Set<String> READS = Set.of(
            "latestRevision",
            "tasks",
            "task",
            "examples",
            "example",
            "kept",
            "outdated",
            "vectors",
            "labelVectors",
            "reply",
            "sizeInBytes",
            "page",
            "find",
            "state",
            "aliases",
            "history",
            "pins",
            "membersThen");

    private final List<String> writes = new ArrayList<>();
    private final School school = School.on(counting(), School.SMALL);

    private TaskStore counting() {
        MemoryTaskStore real = new MemoryTaskStore(InstantSource.fixed(Instant.EPOCH));
        return (TaskStore) Proxy.newProxyInstance(
                TaskStore.class.getClassLoader(),
                new Class<?>[] {TaskStore.class, RevisionStore.class},
                (proxy, method, arguments) -> {
                    if (!READS.contains(method.getName())) {
                        writes.add(method.getName());
                    }
                    try {
                        return method.invoke(real, arguments);
                    } catch (InvocationTargetException thrown) {
                        throw thrown.getCause();
                    }
                });
    }

    @BeforeEach
    void define() {
        school.teacher().define(School.task(Kind.CLASSIFICATION, InputKind.TEXT, "red", "green"));
        school.teach(School.teaching("one red thing", "red"), School.teaching("a green one", "green"));
        writes.clear();
    }

    @AfterEach
    void close() {
        school.close();
    }

    @Test
    void teaching_writesWhatIsTaughtAndWhatAnswers() {
        school.teach(School.teaching("something else", "green"));

        assertThat(writes).containsExactly("teach", "keep");
    }

    @Test
    void goingBack_writesOnce() {
        RevisionId first = school.ensemble().answerRevision();
        school.teach(School.teaching("something else", "green"));
        writes.clear();

        school.teacher().revisions().promote(School.TASK, first, false);

        assertThat(writes).containsExactly("restore");
    }

    @Test
    void start_writesNothing() {
        school.restarted().close();
        assertThat(writes).isEmpty();

        School killed = School.on(school.store(), School.SMALL);
        killed.teacher().restore();
        killed.close();
        assertThat(writes).isEmpty();
    }
}
