// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.api.Leading;
import dev.perennial.api.RequestObserver;
import dev.perennial.api.Serving;
import dev.perennial.task.TaskId;
import dev.perennial.task.TaskStore;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/** The service's metrics: what is counted from the first request on, and what is shown once it has started. */
@Singleton
public final class Metrics {
    private final ServiceMetrics service;
    private final StateMetrics state;
    private final AtomicReference<@Nullable Serving> serving = new AtomicReference<>();

    public Metrics(
            MeterRegistry registry,
            PerennialConfig config,
            Leading leading,
            @ConfigProperty(name = "quarkus.application.version", defaultValue = "unknown") String version) {
        TaskTags tags = new TaskTags(config.metrics().tasks());
        this.service = new ServiceMetrics(registry, tags);
        this.state = new StateMetrics(registry, tags);
        state.buildInfo(version);
        state.show(leading);
    }

    @Produces
    @Singleton
    RequestObserver requests() {
        return service;
    }

    /** What encoders and predictors report to. */
    ServiceMetrics service() {
        return service;
    }

    /**
     * The store whose changes count.
     *
     * @param erasing told of the task before a text may be erased
     * @param erased told of the task whenever a text may have been erased
     * @param succession told of the task when it is gone, or another has come in its place
     */
    TaskStore observing(TaskStore store, Consumer<TaskId> erasing, Consumer<TaskId> erased, TaskSuccession succession) {
        return new ObservedTaskStore(store, service, this::seen, erasing, erased, succession);
    }

    /** Begins to show what a started service holds. */
    void show(Serving started) {
        serving.set(started);
        state.show(started);
    }

    private void seen(TaskId task) {
        if (serving.get() != null) {
            state.seen(task);
        }
    }
}
