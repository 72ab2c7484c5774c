// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.api.PredictionMemory;
import dev.perennial.drift.DriftMonitor;
import dev.perennial.task.RevisionId;
import dev.perennial.task.TaskId;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Has all that is in memory of a task go with it. Thread-safe. */
final class Succeeding implements TaskSuccession {
    private final AtomicReference<@Nullable DriftMonitor> drift = new AtomicReference<>();

    private final PredictionMemory memory;
    private final Shadowing shadowing;

    Succeeding(PredictionMemory memory, Shadowing shadowing) {
        this.memory = memory;
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
}
