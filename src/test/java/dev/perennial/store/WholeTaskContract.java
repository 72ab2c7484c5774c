// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perennial.evaluate.GateBound;
import dev.perennial.evaluate.GateBounds;
import dev.perennial.shadow.Apprenticeship;
import dev.perennial.task.AuditEvent;
import dev.perennial.task.Idempotency;
import dev.perennial.task.QuarantineReason;
import dev.perennial.task.Quarantined;
import dev.perennial.task.SetApart;
import dev.perennial.task.StoredTask;
import dev.perennial.task.TaskSettings;
import dev.perennial.task.WholeTask;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a database keeps to when a whole task comes with all that guards and watches it. */
abstract class WholeTaskContract {
    private static final TaskSettings SETTINGS = new TaskSettings(
            Map.of("recall", 0.001, "recent_rows", 50.0),
            true,
            Optional.of(new TaskSettings.Apprentice(0.9, 40, true)));

    /** Never tells the same time twice, as a real one may not. */
    private final InstantSource clock = new InstantSource() {
        private long second = 1_000;

        @Override
        public Instant instant() {
            return Instant.ofEpochSecond(second++);
        }
    };

    private SqlTaskStore tasks;
    private SqlGateStore gates;
    private SqlPredictionStore predictions;
    private SqlApprenticeshipStore apprenticeships;
    private SqlAuditLog audit;

    /** A database without anything in it. */
    abstract Database create();

    @BeforeEach
    void createStores() {
        Database database = create();
        tasks = new SqlTaskStore(database, clock);
        gates = new SqlGateStore(database, clock);
        predictions = new SqlPredictionStore(database);
        apprenticeships = new SqlApprenticeshipStore(database, clock);
        audit = new SqlAuditLog(database);
    }

    private StoredTask replace(String job, TaskSettings settings) {
        return tasks.replace(whole(settings), Idempotency.ofJob(job, 0), stored -> new Idempotency.Reply(200, ""));
    }

    private static WholeTask whole(TaskSettings settings) {
        SetApart apart = new SetApart(StoreFixture.teaching("apart", Map.of()).teaching(), QuarantineReason.NAMED, 1);
        return new WholeTask(
                StoreFixture.task(),
                List.of(StoreFixture.teaching("one", Map.of()), StoreFixture.teaching("two", Map.of())),
                List.of(),
                List.of(),
                List.of(apart),
                settings);
    }

    @Test
    void settings_comeWithTheTask_andAreTold() {
        StoredTask stored = replace("job_1", SETTINGS);

        assertThat(gates.bounds(StoreFixture.TASK))
                .isEqualTo(new GateBounds(Map.of(GateBound.RECALL, 0.001, GateBound.RECENT_ROWS, 50.0)));
        assertThat(predictions.keepingTexts()).containsExactly(StoreFixture.TASK);
        Apprenticeship begun = apprenticeships.find(StoreFixture.TASK).orElseThrow();
        assertThat(begun)
                .isEqualTo(Apprenticeship.begun(
                        StoreFixture.TASK, new Apprenticeship.Bar(0.9, 40, true), stored.createdAt()));
        assertThat(audit.events("", 99, Optional.of(StoreFixture.TASK)))
                .extracting(AuditEvent::action)
                .contains("task.gate", "task.keep-texts", "apprenticeship.start");
    }

    @Test
    void settingsOfTheFormerTask_go() {
        replace("job_1", SETTINGS);

        replace("job_2", TaskSettings.NONE);

        assertThat(gates.bounds(StoreFixture.TASK)).isEqualTo(GateBounds.DEFAULT);
        assertThat(predictions.keepingTexts()).isEmpty();
        assertThat(apprenticeships.find(StoreFixture.TASK)).isEmpty();
        assertThat(tasks.quarantined(StoreFixture.TASK, "", 9)).hasSize(1);
    }

    /** All of it or nothing. */
    @Test
    void whatFailsInTheEnd_changesNothing() {
        StoredTask before = replace("job_1", TaskSettings.NONE);
        List<Quarantined> apart = tasks.quarantined(StoreFixture.TASK, "", 9);

        assertThatThrownBy(() -> tasks.replace(whole(SETTINGS), Idempotency.ofJob("job_2", 0), stored -> {
                    throw new IllegalStateException("the reply cannot be written");
                }))
                .isInstanceOf(IllegalStateException.class);

        assertThat(tasks.task(StoreFixture.TASK)).contains(before);
        assertThat(tasks.quarantined(StoreFixture.TASK, "", 9)).isEqualTo(apart);
        assertThat(gates.bounds(StoreFixture.TASK)).isEqualTo(GateBounds.DEFAULT);
        assertThat(predictions.keepingTexts()).isEmpty();
        assertThat(apprenticeships.find(StoreFixture.TASK)).isEmpty();
    }
}
