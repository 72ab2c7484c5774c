// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.api.Serving;
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
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * What the service holds, as gauges that are read when they are scraped. A task gets its gauges when it is first seen;
 * those of a task that is gone say NaN. Thread-safe.
 */
final class StateMetrics {
    private final MeterRegistry registry;
    private final TaskTags tags;
    private final Map<TaskId, Set<String>> membersByTask = new ConcurrentHashMap<>();

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

    /** Begins to show what a started service holds. */
    void show(Serving serving) {
        for (Job.Status status : new Job.Status[] {Job.Status.QUEUED, Job.Status.RUNNING}) {
            gauge(
                            "perennial.jobs",
                            "Jobs that wait or run",
                            () -> serving.jobs().unfinishedByStatus().getOrDefault(status, 0L))
                    .tag("state", status.name().toLowerCase(Locale.ROOT))
                    .register(registry);
        }
        gauge(
                        "perennial.event.log.size",
                        "Bytes that the files of the store take",
                        () -> serving.store().sizeInBytes().orElse(0L))
                .baseUnit("bytes")
                .register(registry);
        gauge(
                        "perennial.tasks",
                        "Tasks that are served",
                        () -> serving.active().all().size())
                .register(registry);
        gauge(
                        "perennial.unserved.tasks",
                        "Tasks that are not served, because they could not be learnt",
                        () -> serving.active().unserved())
                .register(registry);
        gauge(
                        "perennial.prediction.log.size",
                        "Answers that are kept for feedback",
                        () -> serving.hindsight().log().size().rows())
                .register(registry);
        serving.active().all().forEach(ensemble -> seen(serving, ensemble.task().id()));
    }

    /** Shows a task, when there is room for one more. */
    void seen(Serving serving, TaskId task) {
        if (tags.of(task).equals(TaskTags.OTHER)) {
            return;
        }
        Set<String> shown = membersByTask.computeIfAbsent(task, first -> {
            taskGauge(serving, task, ensemble -> ensemble.revision().number());
            serving.store().task(task).ifPresent(stored -> drift(serving, stored.task()));
            prequential(serving, task);
            return ConcurrentHashMap.newKeySet();
        });
        serving.encoders().ready().stream().map(Encoder::info).forEach(info -> weight(serving, task, info.id(), shown));
        weight(serving, task, Part.JOINT, shown);
    }

    private void taskGauge(Serving serving, TaskId task, ToDoubleFunction<Ensemble> value) {
        gauge(
                        "perennial.revision.number",
                        "Number of the revision that an alias of a task names",
                        () -> serving(serving, task)
                                .map(ensemble -> value.applyAsDouble(ensemble))
                                .orElse(Double.NaN))
                .tag("task", task.value())
                .tag("alias", "serving")
                .register(registry);
    }

    private void drift(Serving serving, Task task) {
        for (DriftReport.Line line : serving.drift().report(task).lines()) {
            Detector detector = line.detector();
            gauge(
                            "perennial.drift.score",
                            "Distance of recent answers of a task from earlier ones",
                            () -> line(serving, task, detector)
                                    .flatMap(DriftReport.Line::last)
                                    .map(DriftReport.Look::distance)
                                    .orElse(Double.NaN))
                    .tag("task", task.id().value())
                    .tag("detector", detector.key())
                    .register(registry);
            gauge(
                            "perennial.drift.alarm",
                            "Whether recent answers of a task are so far from earlier ones that it is no chance",
                            () -> line(serving, task, detector)
                                    .map(now -> now.alarmSince().isPresent() ? 1 : 0)
                                    .orElse(0))
                    .tag("task", task.id().value())
                    .tag("detector", detector.key())
                    .register(registry);
        }
    }

    private void prequential(Serving serving, TaskId task) {
        figure(serving, task, Prequential.Figures::accuracy)
                .apply(
                        "perennial.prequential.accuracy.ratio",
                        "Share of right answers among those that feedback spoke of lately")
                .tag("task", task.value())
                .register(registry);
        figure(serving, task, Prequential.Figures::logLoss)
                .apply("perennial.prequential.log.score", "Mean log loss of answers that feedback spoke of lately")
                .tag("task", task.value())
                .register(registry);
    }

    private static BiFunction<String, String, Gauge.Builder<Supplier<Number>>> figure(
            Serving serving, TaskId task, Function<Prequential.Figures, OptionalDouble> figure) {
        return (name, description) -> gauge(
                name,
                description,
                () -> figure.apply(serving.hindsight().book().lately(task)).orElse(Double.NaN));
    }

    private static Optional<DriftReport.Line> line(Serving serving, Task task, Detector detector) {
        return serving.drift().report(task).lines().stream()
                .filter(line -> line.detector() == detector)
                .findFirst();
    }

    private void weight(Serving serving, TaskId task, String member, Set<String> shown) {
        if (shown.add(member)) {
            gauge(
                            "perennial.member.weight.ratio",
                            "Share of a member, or of the head that sees all, in a task's answers",
                            () -> serving(serving, task)
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

    private static Optional<Ensemble> serving(Serving serving, TaskId task) {
        return serving.active().find(task);
    }

    private static Gauge.Builder<Supplier<Number>> gauge(String name, String description, Supplier<Number> value) {
        return Gauge.builder(name, value).description(description);
    }
}
