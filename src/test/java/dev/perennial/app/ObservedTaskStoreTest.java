// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perennial.task.Idempotency;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.MemoryTaskStore;
import dev.perennial.task.Policy;
import dev.perennial.task.StoredTask;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import dev.perennial.task.WholeTask;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is told of changes. */
final class ObservedTaskStoreTest {
    private static final TaskId TASK = new TaskId("desk");

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final List<String> told = new ArrayList<>();
    private final ObservedTaskStore store = new ObservedTaskStore(
            new MemoryTaskStore(InstantSource.system()),
            new ServiceMetrics(registry, new TaskTags(10)),
            task -> told.add("changed"),
            task -> told.add("erasing"),
            task -> told.add("erased"),
            task -> told.add("replaced"));

    @Test
    void replacement_isTold_whereThereWasATask() {
        replace("job_1");
        assertThat(told).doesNotContain("replaced");

        replace("job_2");
        assertThat(told).endsWith("replaced", "changed", "erased");
    }

    private void replace(String job) {
        StoredTask unused = store.replace(
                new WholeTask(task(), List.of(), List.of(), List.of()),
                Idempotency.ofJob(job, 0),
                now -> new Idempotency.Reply(200, ""));
    }

    private static Task task() {
        return new Task(TASK, Kind.CLASSIFICATION, InputKind.TEXT, "", List.of(), Optional.empty(), Policy.DEFAULT);
    }
}
