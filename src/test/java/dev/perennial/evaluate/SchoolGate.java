// SPDX-License-Identifier: Apache-2.0
package dev.perennial.evaluate;

import dev.perennial.encode.EncoderPool;
import dev.perennial.encode.Encoders;
import dev.perennial.learn.School;
import dev.perennial.store.SqlGateStore;
import dev.perennial.store.SqlReportStore;
import dev.perennial.store.SqlSuiteStore;
import dev.perennial.store.SqlTaskStore;
import dev.perennial.store.SqliteDatabase;
import dev.perennial.task.TaskId;
import dev.perennial.task.TaskStore;
import dev.perennial.task.Teaching;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** The gate of a school, whose suites, bounds and reports are on a database. */
public final class SchoolGate implements AutoCloseable {
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-01-01T00:00:00Z"));

    private final SqliteDatabase database;
    private final SuiteStore suites;
    private final TaskStore tasks;
    private final School school;
    private final EncoderPool pool = new EncoderPool(1, 10_000_000);
    private final AtomicReference<Runnable> meanwhile = new AtomicReference<>(() -> {});
    private final Gatekeeper gatekeeper;

    private SchoolGate(Path directory, School school) {
        this.school = school;
        database = SqliteDatabase.open(directory.resolve("perennial.db"));
        suites = new SqlSuiteStore(database, CLOCK);
        tasks = new SqlTaskStore(database, CLOCK);
        AtomicInteger number = new AtomicInteger();
        Gatekeeper.Ports ports = new Gatekeeper.Ports(
                suites,
                new SqlGateStore(database, CLOCK),
                new SqlReportStore(database, SqlReportStore.Sort.GATES),
                report -> report.id() + " " + report.verdict().passed(),
                () -> {
                    meanwhile.get().run();
                    return "gate_" + number.incrementAndGet();
                },
                CLOCK,
                9);
        Encoders readers = new Encoders(pool, List.of());
        gatekeeper = new Gatekeeper(ports, school.active(), readers, readers);
    }

    /** @param directory holds nothing else */
    public static SchoolGate open(Path directory, School school) {
        return new SchoolGate(directory, school);
    }

    /** Stores the suite of a task of the school. */
    public void suite(TaskId task, List<Teaching> rows) {
        tasks.define(school.store().task(task).orElseThrow().task());
        suites.put(task, rows);
    }

    void removeSuite(TaskId task) {
        suites.remove(task);
    }

    /** Does something after both sides were asked and before the gate says what it thinks of them. */
    void meanwhile(Runnable work) {
        meanwhile.set(work);
    }

    public Gatekeeper keeper() {
        return gatekeeper;
    }

    @Override
    public void close() {
        pool.close();
        database.close();
    }
}
