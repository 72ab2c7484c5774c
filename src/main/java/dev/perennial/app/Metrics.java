// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.api.RequestObserver;
import dev.perennial.api.Serving;
import dev.perennial.api.ServingGate;
import dev.perennial.task.TaskId;
import dev.perennial.task.TaskStore;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/** The service's metrics: what is counted from the first request on, and what is shown once it has started. */
@Singleton
public final class Metrics {
    private final MeterRegistry registry;
    private final ServiceMetrics service;
    private final JobCounts jobs;
    private final Optional<StateMetrics> state;
    private final AtomicReference<@Nullable Serving> serving = new AtomicReference<>();

    @Inject
    public Metrics(
            MeterRegistry registry,
            PerennialConfig config,
            ServingGate gate,
            @ConfigProperty(name = "quarkus.application.version", defaultValue = "unknown") String version) {
        TaskTags tags = new TaskTags(config.metrics().tasks());
        StateMetrics shown = new StateMetrics(registry, tags);
        this.registry = registry;
        this.service = new ServiceMetrics(registry, tags);
        this.jobs = new JobCounts(registry);
        this.state = Optional.of(shown);
        shown.buildInfo(version);
        shown.show(gate);
    }

    private Metrics(MeterRegistry registry, JobCounts jobs) {
        this.registry = registry;
        this.jobs = jobs;
        this.service = new ServiceMetrics(registry, new TaskTags(0));
        this.state = Optional.empty();
    }

    /** The registry is the JVM's, and live reload starts a service anew in it: gauges of this one would go on. */
    @PreDestroy
    void close() {
        List.copyOf(registry.getMeters()).stream()
                .filter(meter -> meter.getId().getName().startsWith("perennial."))
                .forEach(registry::remove);
    }

    /**
     * The same for a tenant but the default one: what it does counts in the sums, and no series names its tasks, which
     * are nobody else's to know.
     */
    Metrics ofTenant() {
        return new Metrics(registry, jobs);
    }

    /** What is told of requests: each tenant's are counted as that tenant's. */
    @Produces
    @Singleton
    RequestObserver requests(AskingTenant asking) {
        return new TenantRequests(asking, service, ofTenant().service());
    }

    /** What is told of jobs that stand still, of whatever tenant. */
    JobCounts jobs() {
        return jobs;
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
        state.ifPresent(shown -> shown.show(started));
    }

    private void seen(TaskId task) {
        if (serving.get() != null) {
            state.ifPresent(shown -> shown.seen(task));
        }
    }
}
