// SPDX-License-Identifier: Apache-2.0
package dev.perennial.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perennial.refusal.Refusal;
import dev.perennial.task.AuditEvent;
import dev.perennial.task.AuditLog;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.Policy;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import dev.perennial.task.TaskStore;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link GateStore} keeps to. */
public abstract class GateStoreContract {
    private static final TaskId MOOD = new TaskId("mood");
    private static final TaskId OTHER = new TaskId("other");
    private static final GateBounds STRICT =
            new GateBounds(Map.of(GateBound.RECALL, 0.001, GateBound.RECENT_ROWS, 50.0));

    private GateStore store;
    private TaskStore tasks;

    /** Stores without anything in them, the tasks' and the log being those that go with the bounds'. */
    protected abstract GateStore create();

    protected abstract TaskStore tasks();

    protected abstract AuditLog audit();

    @BeforeEach
    void createStores() {
        store = create();
        tasks = tasks();
        List.of(MOOD, OTHER).forEach(this::define);
    }

    private void define(TaskId id) {
        tasks.define(
                new Task(id, Kind.CLASSIFICATION, InputKind.TEXT, "", List.of(), Optional.empty(), Policy.DEFAULT));
    }

    private List<String> told() {
        return audit().events("", 99, Optional.of(MOOD)).stream()
                .map(AuditEvent::action)
                .filter("task.gate"::equals)
                .toList();
    }

    @Test
    void bounds_areTheDefaultsUntilTheyAreSet_andAreThoseOfTheTaskThen() {
        assertThat(store.bounds(MOOD)).isEqualTo(GateBounds.DEFAULT);

        assertThat(store.setBounds(MOOD, STRICT)).isTrue();

        assertThat(store.bounds(MOOD)).isEqualTo(STRICT);
        assertThat(store.bounds(MOOD).of(GateBound.RECALL)).isEqualTo(0.001);
        assertThat(store.bounds(MOOD).of(GateBound.ACCURACY)).isEqualTo(GateBound.ACCURACY.usual());
        assertThat(store.bounds(OTHER)).isEqualTo(GateBounds.DEFAULT);
    }

    @Test
    void bounds_areReplacedAsAWhole_andTakenBack() {
        GateBounds other = new GateBounds(Map.of(GateBound.SLICE, 0.5));
        store.setBounds(MOOD, STRICT);

        store.setBounds(MOOD, other);
        assertThat(store.bounds(MOOD)).isEqualTo(other);

        assertThat(store.setBounds(MOOD, GateBounds.DEFAULT)).isTrue();
        assertThat(store.bounds(MOOD)).isEqualTo(GateBounds.DEFAULT);
    }

    @Test
    void changes_areTold_andWhatChangesNothingIsNot() {
        store.setBounds(MOOD, STRICT);
        assertThat(told()).hasSize(1);

        assertThat(store.setBounds(MOOD, STRICT)).isFalse();
        assertThat(told()).hasSize(1);
    }

    @Test
    void removingTheTask_removesItsBounds() {
        store.setBounds(MOOD, STRICT);

        tasks.remove(MOOD);
        define(MOOD);

        assertThat(store.bounds(MOOD)).isEqualTo(GateBounds.DEFAULT);
    }

    @Test
    void taskThatIsNotThere_hasNone() {
        assertThatThrownBy(() -> store.setBounds(new TaskId("gone"), STRICT)).isInstanceOf(Refusal.NotFound.class);
        assertThat(store.bounds(new TaskId("gone"))).isEqualTo(GateBounds.DEFAULT);
    }
}
