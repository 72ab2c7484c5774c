// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import dev.perennial.evaluate.Suite;
import dev.perennial.evaluate.SuiteStore;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.AuditEvent.Counts;
import dev.perennial.task.RevisionId;
import dev.perennial.task.TaskId;
import dev.perennial.task.Teaching;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/** Suites in a {@link Database}. Thread-safe; holds nothing in memory. */
public final class SqlSuiteStore implements SuiteStore {
    private final Database database;
    private final InstantSource clock;

    public SqlSuiteStore(Database database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    @Override
    public Placed put(TaskId task, List<Teaching> rows) {
        return database.write(change -> {
            if (new TaskTable(change.handle()).find(task).isEmpty()) {
                throw new Refusal.NotFound("task", task.value());
            }
            return placed(change, task, rows, now());
        });
    }

    static Placed placed(Change change, TaskId task, List<Teaching> rows, Instant now) {
        SuiteTable table = new SuiteTable(change.handle());
        Optional<Suite> former = table.find(task);
        if (former.isPresent() && former.get().digest().equals(Suite.digest(rows))) {
            return new Placed(former.get(), false);
        }
        Counts counts = new Counts(rows.size(), former.map(Suite::rows).orElse(0L));
        Suite suite = SuiteTable.of(task, rows, change.reviseBeside(task, "put-suite", now, counts), now);
        former.ifPresent(any -> change.erasesBytes(table.remove(task)));
        table.insert(suite, rows, change.reserve("suite_row", rows.size()));
        return new Placed(suite, former.isEmpty());
    }

    @Override
    public Optional<Suite> suite(TaskId task) {
        return database.read(handle -> new SuiteTable(handle).find(task));
    }

    @Override
    public List<Suite.Row> rows(TaskId task, long from, int limit) {
        return database.read(handle -> new SuiteTable(handle).rows(task, from, limit));
    }

    @Override
    public Optional<RevisionId> remove(TaskId task) {
        return database.write(change -> {
            SuiteTable table = new SuiteTable(change.handle());
            return table.find(task).map(suite -> {
                change.erasesBytes(table.remove(task));
                return change.reviseBeside(task, "remove-suite", now(), new Counts(0, suite.rows()));
            });
        });
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }
}
