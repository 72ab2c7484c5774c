// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.api.Leading;
import dev.perennial.api.Serving;
import dev.perennial.api.ServingGate;
import dev.perennial.drift.Detector;
import dev.perennial.drift.DriftReport;
import dev.perennial.encode.Encoder;
import dev.perennial.ensemble.Ensemble;
import dev.perennial.ensemble.Part;
import dev.perennial.feedback.Prequential;
import dev.perennial.refresh.Job;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * What the service holds, as gauges that are read when they are scraped. A task gets its gauges when it is first seen;
 * those of a task that is gone say NaN. Thread-safe.
 */
final class StateMetrics {
    private final MeterRegistry registry;
    private final TaskTags tags;
    private final Map<TaskId, Set<String>> membersByTask = new ConcurrentHashMap<>();

    /** Another one comes in its place where this process takes over from the one that it followed. */
    private volatile @Nullable Serving serving;

    StateMetrics(MeterRegistry registry, TaskTags tags) {
        this.registry = registry;
        this.tags = tags;
    }

    void buildInfo(String version) {
        Gauge.builder("perennial.build.info", () -> 1)
                .description("The running release; always 1")
                .tag("version", version)
                .register(registry);
    }

    /** Begins to show how this process is one among others. */
    void show(ServingGate gate) {
        Leading leading = gate.ofDefault().leading();
        gauge(
                        "perennial.replica.leads",
                        "Whether this process makes the changes: 1, or 0 where it follows another one",
                        () -> leading.isFollowing() ? 0 : 1)
                .register(registry);
        gauge("perennial.replica.lag.revisions", "Changes that are stored and not answered by yet", leading::lag)
                .register(registry);
        gauge("perennial.unserved.tenants", "Tenants whose requests are not answered", gate::unserved)
                .register(registry);
    }

    /** Begins to show what a started service holds. */
    void show(Serving started) {
        boolean isFirst = serving == null;
        serving = started;
        if (isFirst) {
            showState();
        }
        started.active().all().forEach(ensemble -> seen(ensemble.task().id()));
    }

    private void showState() {
        for (Job.Status status : new Job.Status[] {Job.Status.QUEUED, Job.Status.RUNNING}) {
            gauge(
                            "perennial.jobs",
                            "Jobs that wait or run",
                            () -> now().jobs().unfinishedByStatus().getOrDefault(status, 0L))
                    .tag("state", status.name().toLowerCase(Locale.ROOT))
                    .register(registry);
        }
        gauge(
                        "perennial.event.log.size",
                        "Bytes that the files of the store take",
                        () -> now().store().sizeInBytes().orElse(0L))
                .baseUnit("bytes")
                .register(registry);
        gauge(
                        "perennial.tasks",
                        "Tasks that are served",
                        () -> now().active().all().size())
                .register(registry);
        gauge(
                        "perennial.unserved.tasks",
                        "Tasks that are not served, because they could not be learnt",
                        () -> now().active().unserved())
                .register(registry);
        gauge(
                        "perennial.prediction.log.size",
                        "Answers that are kept for feedback",
                        () -> now().hindsight().log().size().rows())
                .register(registry);
    }

    /** Shows a task, when there is room for one more. */
    void seen(TaskId task) {
        if (tags.of(task).equals(TaskTags.OTHER)) {
            return;
        }
        Set<String> shown = membersByTask.computeIfAbsent(task, first -> {
            taskGauge(task, ensemble -> ensemble.revision().number());
            now().store().task(task).ifPresent(stored -> drift(stored.task()));
            prequential(task);
            return ConcurrentHashMap.newKeySet();
        });
        now().encoders().ready().stream().map(Encoder::info).forEach(info -> weight(task, info.id(), shown));
        weight(task, Part.JOINT, shown);
    }

    private void taskGauge(TaskId task, ToDoubleFunction<Ensemble> value) {
        gauge(
                        "perennial.revision.number",
                        "Number of the revision that an alias of a task names",
                        () -> serving(task)
                                .map(ensemble -> value.applyAsDouble(ensemble))
                                .orElse(Double.NaN))
                .tag("task", task.value())
                .tag("alias", "serving")
                .register(registry);
    }

    private void drift(Task task) {
        for (DriftReport.Line line : now().drift().report(task).lines()) {
            Detector detector = line.detector();
            gauge(
                            "perennial.drift.score",
                            "Distance of recent answers of a task from earlier ones",
                            () -> line(task, detector)
                                    .flatMap(DriftReport.Line::last)
                                    .map(DriftReport.Look::distance)
                                    .orElse(Double.NaN))
                    .tag("task", task.id().value())
                    .tag("detector", detector.key())
                    .register(registry);
            gauge(
                            "perennial.drift.alarm",
                            "Whether recent answers of a task are so far from earlier ones that it is no chance",
                            () -> line(task, detector)
                                    .map(said -> said.alarmSince().isPresent() ? 1 : 0)
                                    .orElse(0))
                    .tag("task", task.id().value())
                    .tag("detector", detector.key())
                    .register(registry);
        }
    }

    private void prequential(TaskId task) {
        figure(task, Prequential.Figures::accuracy)
                .apply(
                        "perennial.prequential.accuracy.ratio",
                        "Share of right answers among those that feedback spoke of lately")
                .tag("task", task.value())
                .register(registry);
        figure(task, Prequential.Figures::logLoss)
                .apply("perennial.prequential.log.score", "Mean log loss of answers that feedback spoke of lately")
                .tag("task", task.value())
                .register(registry);
    }

    private BiFunction<String, String, Gauge.Builder<Supplier<Number>>> figure(
            TaskId task, Function<Prequential.Figures, OptionalDouble> figure) {
        return (name, description) -> gauge(
                name,
                description,
                () -> figure.apply(now().hindsight().book().lately(task)).orElse(Double.NaN));
    }

    private Optional<DriftReport.Line> line(Task task, Detector detector) {
        return now().drift().report(task).lines().stream()
                .filter(line -> line.detector() == detector)
                .findFirst();
    }

    private void weight(TaskId task, String member, Set<String> shown) {
        if (shown.add(member)) {
            gauge(
                            "perennial.member.weight.ratio",
                            "Share of a member, or of the head that sees all, in a task's answers",
                            () -> serving(task)
                                    .map(ensemble -> weightOf(ensemble, member))
                                    .orElse(Double.NaN))
                    .tag("task", task.value())
                    .tag("member", member)
                    .register(registry);
        }
    }

    private static double weightOf(Ensemble ensemble, String member) {
        return ensemble.parts().stream()
                .filter(part -> part.name().equals(member))
                .mapToDouble(Part::weight)
                .sum();
    }

    private Optional<Ensemble> serving(TaskId task) {
        return now().active().find(task);
    }

    private Serving now() {
        return Objects.requireNonNull(serving, "gauges are read of what has started");
    }

    private static Gauge.Builder<Supplier<Number>> gauge(String name, String description, Supplier<Number> value) {
        return Gauge.builder(name, value).description(description);
    }
}
