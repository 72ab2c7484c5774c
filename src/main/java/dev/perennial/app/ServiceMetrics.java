// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.adapt.MergeKind;
import dev.perennial.api.RequestObserver;
import dev.perennial.encode.EncodingObserver;
import dev.perennial.ensemble.CascadeAudit;
import dev.perennial.ensemble.Prediction;
import dev.perennial.ensemble.PredictionObserver;
import dev.perennial.ensemble.Predictions;
import dev.perennial.refresh.MergeObserver;
import dev.perennial.shadow.ShadowObserver;
import dev.perennial.task.TaskId;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Counts and times what the service does. No text and no label is ever the value of a tag. Thread-safe. */
final class ServiceMetrics
        implements RequestObserver,
                EncodingObserver,
                PredictionObserver,
                CascadeAudit.Outcome,
                MergeObserver,
                ShadowObserver {
    private static final Duration[] BUCKETS = {
        Duration.ofMillis(1),
        Duration.ofMillis(2),
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(25),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofMillis(2500),
        Duration.ofSeconds(10)
    };

    private final MeterRegistry registry;
    private final TaskTags tags;
    private final Timer embed;
    private final Timer combine;
    private final Timer queueWait;
    private final DistributionSummary batchSize;
    private final Counter cacheHits;
    private final Counter cacheMisses;

    ServiceMetrics(MeterRegistry registry, TaskTags tags) {
        this.registry = registry;
        this.tags = tags;
        this.embed = stage("embed");
        this.combine = stage("combine");
        this.queueWait = Timer.builder("perennial.queue.wait")
                .description("Time that a run of an encoder waited for a thread")
                .serviceLevelObjectives(BUCKETS)
                .register(registry);
        this.cacheHits = cache("hit");
        this.cacheMisses = cache("miss");
        this.batchSize = DistributionSummary.builder("perennial.batch.size")
                .description("Passages that one run of an encoder embeds")
                .serviceLevelObjectives(1, 2, 4, 8, 16, 32)
                .register(registry);
    }

    @Override
    public void answered(Optional<TaskId> task, Predictions answers) {
        long abstained =
                answers.predictions().stream().filter(Prediction::abstained).count();
        String tag = task.map(tags::of).orElse(TaskTags.OTHER);
        predictions(tag, "abstained", abstained);
        predictions(tag, "answered", answers.predictions().size() - abstained);
        answers.predictions().stream()
                .collect(Collectors.groupingBy(Prediction::stage, Collectors.counting()))
                .forEach((stage, count) -> stages(tag, stage, count));
    }

    private void stages(String task, String stage, long count) {
        counter(
                        "perennial.cascade.answers",
                        "Answers, by the stage that gave them",
                        Tags.of("task", task, "stage", stage))
                .increment((double) count);
    }

    @Override
    public void audited(TaskId task, boolean agreed) {
        counter(
                        "perennial.cascade.audits",
                        "Answers of cheaper stages that were asked of the full ensemble as well, by what it said",
                        Tags.of("task", tags.of(task), "outcome", agreed ? "same" : "other"))
                .increment();
    }

    @Override
    public void failed(Optional<TaskId> task) {
        predictions(task.map(tags::ofUnproven).orElse(TaskTags.OTHER), "error", 1);
    }

    @Override
    public void corrected(TaskId task, boolean wasWrong) {
        counter(
                        "perennial.feedback",
                        "Feedback that was taught, by what it says of the answer",
                        Tags.of("task", tags.of(task), "verdict", wasWrong ? "wrong" : "right"))
                .increment();
    }

    /** Answers were left out that should have been kept for feedback. */
    void notKept(long answers) {
        counter(
                        "perennial.prediction.log.dropped",
                        "Answers that were not kept for feedback, for want of room or of a store",
                        Tags.empty())
                .increment((double) answers);
    }

    @Override
    public void merged(String member, MergeKind merge, double retained) {
        DistributionSummary.builder("perennial.ema.beta")
                .description("Share of an adapter that was retained when it went on learning, mean over its tensors")
                .tags("member", member, "merge", merge.key())
                .register(registry)
                .record(retained);
    }

    @Override
    public void compared(TaskId task, boolean differ) {
        shadows(task, differ ? "other" : "same");
    }

    @Override
    public void dropped(TaskId task) {
        shadows(task, "dropped");
    }

    private void shadows(TaskId task, String outcome) {
        counter(
                        "perennial.shadow.answers",
                        "Inputs that a candidate was to answer beside what serves, by what it said",
                        Tags.of("task", tags.of(task), "outcome", outcome))
                .increment();
    }

    @Override
    public void canary(TaskId task) {
        counter(
                        "perennial.canary.answers",
                        "Inputs that a candidate answered in the place of what serves",
                        Tags.of("task", tags.of(task)))
                .increment();
    }

    @Override
    public void looked(int found, int missing) {
        cacheHits.increment(found);
        cacheMisses.increment(missing);
    }

    @Override
    public void running(int passages, long waitedNanos) {
        queueWait.record(waitedNanos, TimeUnit.NANOSECONDS);
        batchSize.record(passages);
    }

    @Override
    public void answered(long embedNanos, long combineNanos) {
        embed.record(embedNanos, TimeUnit.NANOSECONDS);
        combine.record(combineNanos, TimeUnit.NANOSECONDS);
    }

    /** Examples were stored or erased. */
    void examples(TaskId task, String operation, long count) {
        if (count > 0) {
            counter(
                            "perennial.examples",
                            "Examples that were taught and untaught",
                            Tags.of("task", tags.of(task), "op", operation))
                    .increment((double) count);
        }
    }

    private void predictions(String task, String outcome, long count) {
        if (count > 0) {
            counter("perennial.predictions", "Inputs by what became of them", Tags.of("task", task, "outcome", outcome))
                    .increment((double) count);
        }
    }

    private Counter cache(String outcome) {
        return counter(
                "perennial.embedding.cache",
                "Embeddings that were asked for, by whether they were kept from before",
                Tags.of("outcome", outcome));
    }

    private Counter counter(String name, String description, Tags tagged) {
        return Counter.builder(name).description(description).tags(tagged).register(registry);
    }

    private Timer stage(String stage) {
        return Timer.builder("perennial.prediction.duration")
                .description("Time that a request for predictions took, by stage")
                .tag("stage", stage)
                .serviceLevelObjectives(BUCKETS)
                .register(registry);
    }
}
