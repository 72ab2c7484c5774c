// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perennial.task.Answer;
import dev.perennial.task.EncodedTeaching;
import dev.perennial.task.Example;
import dev.perennial.task.Idempotency;
import dev.perennial.task.Input;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.MemoryTaskStore;
import dev.perennial.task.Policy;
import dev.perennial.task.QuarantineReason;
import dev.perennial.task.QuarantineStore.Moved;
import dev.perennial.task.RevisionId;
import dev.perennial.task.SourceName;
import dev.perennial.task.StoredTask;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import dev.perennial.task.TaskSettings;
import dev.perennial.task.TaskStore.Defined;
import dev.perennial.task.TaskStore.Forgotten;
import dev.perennial.task.Teaching;
import dev.perennial.task.WholeTask;
import dev.perennial.text.Text;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
            new TaskSuccession() {
                @Override
                public void gone(TaskId task, RevisionId last) {
                    told.add("gone");
                    goneAt = last;
                }

                @Override
                public void arrived(WholeTask whole, StoredTask stored) {
                    told.add("arrived");
                }
            });
    private RevisionId goneAt = new RevisionId(0);

    @Test
    void replacement_isTold_whereThereWasATask() {
        RevisionId former = replace("job_1");
        assertThat(told).containsExactly("erasing", "arrived", "changed");

        RevisionId successor = replace("job_2");
        assertThat(told).endsWith("gone", "arrived", "changed", "erased");
        assertThat(goneAt).isGreaterThanOrEqualTo(former).isLessThan(successor);

        RevisionId removed = store.remove(TASK).orElseThrow();
        assertThat(told).endsWith("gone", "erased");
        assertThat(goneAt).isEqualTo(removed);
    }

    /** A commit may fail, as far as anybody can tell, and be on disk. */
    @Test
    void teachingThatErases_isTold_alsoWhenItFails() {
        Defined unused = store.define(task());
        String unusedExample = taught(teaching("one", "a", "crowd"));
        told.clear();

        List<EncodedTeaching> replacing = List.of(teaching("another", "a", "crowd"));
        assertThatThrownBy(() ->
                        store.teach(TASK, replacing, Optional.of(new Idempotency("key", "fingerprint")), outcome -> {
                            throw new IllegalStateException("the disk is full");
                        }))
                .isInstanceOf(IllegalStateException.class);

        assertThat(told).containsExactly("erasing", "erased");
    }

    @Test
    void exampleThatIsSetApart_isUntaughtOnce() {
        Defined unused = store.define(task());
        String named = taught(teaching("one", "a", "crowd"));
        String ofTheSource = taught(teaching("two", "b", "crowd"));
        String live = taught(teaching("three", "c", "crowd"));
        Moved unusedMove =
                store.quarantine(TASK, Map.of(named, QuarantineReason.NAMED, ofTheSource, QuarantineReason.NAMED));
        assertThat(untaught()).isEqualTo(2);

        Forgotten unusedForgotten = store.forget(TASK, named);
        assertThat(untaught()).isEqualTo(2);
        assertThat(store.undo(TASK, new SourceName("crowd")).removed())
                .extracting(Example::id)
                .containsExactlyInAnyOrder(ofTheSource, live);
        assertThat(untaught()).isEqualTo(3);
    }

    private double untaught() {
        return registry.get("perennial.examples")
                .tag("op", "untaught")
                .counter()
                .count();
    }

    private String taught(EncodedTeaching teaching) {
        return store.teach(TASK, List.of(teaching), Optional.empty(), outcome -> new Idempotency.Reply(200, ""))
                .rows()
                .get(0)
                .exampleId();
    }

    private static EncodedTeaching teaching(String text, String externalId, String source) {
        return new EncodedTeaching(
                new Teaching(
                        Input.of(new Text(text)),
                        new Answer.OneLabel("label"),
                        Optional.of(externalId),
                        1,
                        Optional.of(new SourceName(source))),
                Map.of());
    }

    private RevisionId replace(String job) {
        return store.replace(
                        new WholeTask(task(), List.of(), List.of(), List.of(), List.of(), TaskSettings.NONE),
                        Idempotency.ofJob(job, 0),
                        now -> new Idempotency.Reply(200, ""))
                .revision();
    }

    private static Task task() {
        return new Task(TASK, Kind.CLASSIFICATION, InputKind.TEXT, "", List.of(), Optional.empty(), Policy.DEFAULT);
    }
}
