// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import dev.perennial.refusal.Refusal;
import dev.perennial.shadow.Apprenticeship;
import dev.perennial.shadow.Apprenticeship.Bar;
import dev.perennial.shadow.Apprenticeship.Marks;
import dev.perennial.shadow.ApprenticeshipStore;
import dev.perennial.shadow.ShadowCourse.State;
import dev.perennial.task.AuditEvent.Subject;
import dev.perennial.task.TaskId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** Apprenticeships in a {@link Database}. Thread-safe; holds nothing in memory. */
public final class SqlApprenticeshipStore implements ApprenticeshipStore {
    private static final String RUNNING = ShadowTable.word(State.RUNNING);

    private final Database database;
    private final InstantSource clock;

    public SqlApprenticeshipStore(Database database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    @Override
    public void put(Apprenticeship one) {
        database.write(change -> {
            if (new TaskTable(change.handle()).find(one.task()).isEmpty()) {
                throw new Refusal.NotFound("task", one.task().value());
            }
            remove(change.handle(), one.task());
            insert(change, one, clock.instant());
            return one;
        });
    }

    /** Of a task that has none. */
    static void insert(Change change, Apprenticeship one, Instant now) {
        change.handle()
                .createUpdate("""
                        INSERT INTO apprenticeships (task_id, accuracy, least_answers, gate, state, reason,
                            answers, judged, judged_right, started_at, ended_at)
                        VALUES (:task, :accuracy, :least, :gate, :state, :reason, :answers, :judged, :right,
                            :started, :ended)""")
                .bind("task", one.task().value())
                .bind("accuracy", one.bar().accuracy())
                .bind("least", one.bar().answers())
                .bind("gate", one.bar().gate() ? 1 : 0)
                .bind("state", ShadowTable.word(one.state()))
                .bind("reason", one.reason().orElse(null))
                .bind("answers", one.marks().answers())
                .bind("judged", one.marks().judged())
                .bind("right", one.marks().right())
                .bind("started", EpochMicros.of(one.startedAt()))
                .bind("ended", one.endedAt().map(EpochMicros::of).orElse(null))
                .execute();
        change.tell("apprenticeship.start", Subject.task(one.task()), now);
    }

    @Override
    public void keep(Apprenticeship one) {
        database.write(change -> update(change.handle(), one));
    }

    @Override
    public void end(Apprenticeship one) {
        database.write(change -> {
            if (update(change.handle(), one)) {
                String action = one.state() == State.PROMOTED ? "apprenticeship.promote" : "apprenticeship.end";
                change.tell(action, Subject.task(one.task()), clock.instant());
            }
            return one;
        });
    }

    private static boolean update(Handle handle, Apprenticeship one) {
        return handle.createUpdate("""
                                UPDATE apprenticeships SET state = :state, reason = :reason, ended_at = :ended,
                                    answers = :answers, judged = :judged, judged_right = :right
                                WHERE task_id = :task AND state = :running""")
                        .bind("task", one.task().value())
                        .bind("running", RUNNING)
                        .bind("state", ShadowTable.word(one.state()))
                        .bind("reason", one.reason().orElse(null))
                        .bind("ended", one.endedAt().map(EpochMicros::of).orElse(null))
                        .bind("answers", one.marks().answers())
                        .bind("judged", one.marks().judged())
                        .bind("right", one.marks().right())
                        .execute()
                > 0;
    }

    @Override
    public Optional<Apprenticeship> find(TaskId task) {
        return database.read(handle -> handle.createQuery("SELECT * FROM apprenticeships WHERE task_id = :task")
                .bind("task", task.value())
                .map((row, context) -> read(row))
                .findOne());
    }

    @Override
    public List<Apprenticeship> running() {
        return database.read(
                handle -> handle.createQuery("SELECT * FROM apprenticeships WHERE state = :running ORDER BY task_id")
                        .bind("running", RUNNING)
                        .map((row, context) -> read(row))
                        .list());
    }

    /** Deletes that of a task. */
    static void remove(Handle handle, TaskId task) {
        handle.createUpdate("DELETE FROM apprenticeships WHERE task_id = :task")
                .bind("task", task.value())
                .execute();
    }

    private static Apprenticeship read(ResultSet row) throws SQLException {
        return new Apprenticeship(
                new TaskId(row.getString("task_id")),
                new Bar(row.getDouble("accuracy"), row.getLong("least_answers"), row.getLong("gate") == 1),
                ShadowTable.state(row.getString("state")),
                Optional.ofNullable(row.getString("reason")),
                new Marks(row.getLong("answers"), row.getLong("judged"), row.getLong("judged_right")),
                EpochMicros.toInstant(row.getLong("started_at")),
                EpochMicros.read(row, "ended_at"));
    }
}
