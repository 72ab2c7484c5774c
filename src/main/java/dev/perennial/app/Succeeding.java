// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.api.PredictionMemory;
import dev.perennial.drift.DriftMonitor;
import dev.perennial.feedback.PredictionLog;
import dev.perennial.task.RevisionId;
import dev.perennial.task.StoredTask;
import dev.perennial.task.TaskId;
import dev.perennial.task.WholeTask;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Has all that is in memory of a task go with it, and know what comes in its place. Thread-safe. */
final class Succeeding implements TaskSuccession {
    private final AtomicReference<@Nullable DriftMonitor> drift = new AtomicReference<>();

    private final PredictionMemory memory;
    private final PredictionLog log;
    private final Shadowing shadowing;

    Succeeding(PredictionMemory memory, PredictionLog log, Shadowing shadowing) {
        this.memory = memory;
        this.log = log;
        this.shadowing = shadowing;
    }

    /** Candidates beside what serves, and tasks that answer silently. */
    Shadowing shadowing() {
        return shadowing;
    }

    /** The monitor that forgets as well. */
    DriftMonitor with(DriftMonitor monitor) {
        drift.set(monitor);
        return monitor;
    }

    @Override
    public void gone(TaskId task, RevisionId last) {
        memory.forget(task, last);
        DriftMonitor monitor = drift.get();
        if (monitor != null) {
            monitor.gone(task, last);
        }
        shadowing.gone(task, last);
    }

    @Override
    public void arrived(WholeTask whole, StoredTask stored) {
        TaskId task = whole.task().id();
        log.arrived(task, whole.settings().keepsTexts());
        shadowing.arrived(task, whole.settings(), stored.createdAt());
    }
}
