// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.access.Keyring;
import dev.perennial.api.Serving;
import dev.perennial.task.TaskId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A service that has started, and what it holds.
 *
 * @param platform what it is made on
 * @param serving what serves requests
 * @param keyring whom it lets in
 * @param forgetting has memory forget what may have been erased of a task
 * @param replica follows another process; empty where this one makes the changes
 */
record Running(
        Platform platform, Serving serving, Keyring keyring, Consumer<TaskId> forgetting, Optional<Replica> replica)
        implements AutoCloseable {

    /** Gives everything back, users before what they use; what fails does not keep the rest from being given back. */
    @Override
    public void close() {
        List<Runnable> steps = new ArrayList<>(closing());
        // Not with each that serves on the platform: the next one's trials are the same registry's.
        steps.add(serving.registry()::endTrials);
        steps.addAll(platform.closing());
        close(steps);
    }

    /** The same but for the platform, on which another one serves now. */
    void closeServing() {
        close(closing());
    }

    private List<Runnable> closing() {
        List<Runnable> steps = new ArrayList<>(List.of(
                serving.predictor()::stopAudit,
                serving.drift()::close,
                serving.rounds()::close,
                serving.jobs()::close,
                serving.evaluations()::close,
                serving.graphs()::close,
                serving.teacher()::close,
                serving.library()::close,
                serving.exchange().keeper()::close,
                serving.hindsight().log()::close));
        serving.encoders().ready().stream()
                .filter(encoder -> !platform.has(encoder))
                .<Runnable>map(encoder -> encoder::close)
                .forEach(steps::add);
        return steps;
    }

    private static void close(List<Runnable> steps) {
        RuntimeException failure = null;
        for (Runnable step : steps) {
            try {
                step.run();
            } catch (RuntimeException failed) {
                failure = failure == null ? failed : failure;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
