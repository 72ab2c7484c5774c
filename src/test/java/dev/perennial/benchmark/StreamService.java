// SPDX-License-Identifier: Apache-2.0
package dev.perennial.benchmark;

import dev.perennial.blas.OpenBlas;
import dev.perennial.encode.Encoder;
import dev.perennial.encode.EncoderPool;
import dev.perennial.encode.Encoders;
import dev.perennial.ensemble.ActiveEnsembles;
import dev.perennial.ensemble.InstructionRouter;
import dev.perennial.ensemble.InstructionVectors;
import dev.perennial.ensemble.LabelProbability;
import dev.perennial.ensemble.Mode;
import dev.perennial.ensemble.Prediction;
import dev.perennial.ensemble.PredictionRequest;
import dev.perennial.ensemble.Predictor;
import dev.perennial.ensemble.TextRouter;
import dev.perennial.knowledge.LiveGraphs;
import dev.perennial.learn.AdaptationShelf;
import dev.perennial.learn.FitSettings;
import dev.perennial.learn.Learner;
import dev.perennial.learn.LedgerBudget;
import dev.perennial.learn.PastEncoders;
import dev.perennial.learn.ReferenceSentences;
import dev.perennial.learn.Spreads;
import dev.perennial.learn.TaskMembers;
import dev.perennial.learn.Teacher;
import dev.perennial.task.Idempotency;
import dev.perennial.task.Input;
import dev.perennial.task.InputKind;
import dev.perennial.task.MemoryDerivedCache;
import dev.perennial.task.MemoryTaskStore;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import dev.perennial.task.Teaching;
import dev.perennial.task.TeachingOutcome;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ForkJoinPool;
import java.util.stream.IntStream;

/**
 * The service that starts with no task, without HTTP and without a disk: what stores, learns and answers is what serves
 * clients, with the settings that ship. For one thread.
 */
final class StreamService implements AutoCloseable {
    private static final int AT_ONCE = 100;
    private static final long LEDGER_BYTES = 1L << 29;

    /** What several services can share. */
    record Means(List<? extends Encoder> encoders, Learner learner, Spreads spreads) {
        static Means of(List<? extends Encoder> encoders) {
            return new Means(
                    encoders,
                    new Learner(new OpenBlas(1L << 30), FitSettings.DEFAULT, new ForkJoinPool()),
                    new Spreads(ReferenceSentences.read(), new MemoryDerivedCache()));
        }
    }

    /** An answer over all labels of a task, most probable first. */
    record Answered(List<LabelProbability> labels) {
        /** The most probable label, or none where there is no label. */
        String label() {
            return labels.isEmpty() ? "" : labels.get(0).label();
        }

        Map<String, Double> probabilityByLabel() {
            Map<String, Double> byLabel = new HashMap<>();
            labels.forEach(each -> byLabel.put(each.label(), each.probability()));
            return byLabel;
        }

        /** By how much a label's probability is another one at most; a label that is not there has none. */
        double furthest(Answered other) {
            Map<String, Double> all = other.probabilityByLabel();
            double furthest = 0;
            for (LabelProbability each : labels) {
                furthest = Math.max(furthest, Math.abs(each.probability() - all.getOrDefault(each.label(), 0.0)));
                all.remove(each.label());
            }
            for (double left : all.values()) {
                furthest = Math.max(furthest, left);
            }
            return furthest;
        }
    }

    private final EncoderPool pool;
    private final ActiveEnsembles active;
    private final Teacher teacher;
    private final Predictor predictor;
    private final InstructionRouter router;
    private final TextRouter textRouter;

    StreamService(Means means) {
        this.pool = new EncoderPool(Runtime.getRuntime().availableProcessors(), Integer.MAX_VALUE);
        Encoders encoders = new Encoders(pool, means.encoders());
        MemoryTaskStore store = new MemoryTaskStore(InstantSource.fixed(Instant.EPOCH));
        LiveGraphs graphs = new LiveGraphs();
        this.active = new ActiveEnsembles(store::latestRevision, graphs::isAwaited);
        Teacher.Tools tools = new Teacher.Tools(
                means.learner(),
                means.spreads(),
                graphs,
                new MemoryDerivedCache(),
                InstantSource.fixed(Instant.EPOCH),
                new Teacher.Bounds(1_000_000, 1000, new LedgerBudget(LEDGER_BYTES), 0, Optional.empty()),
                store,
                true);
        this.teacher = new Teacher(
                store,
                new TaskMembers(encoders, AdaptationShelf.NONE, PastEncoders.NONE, tools.revisions()),
                active,
                tools);
        this.predictor = new Predictor(active, encoders);
        this.router = new InstructionRouter(
                active,
                encoders,
                new InstructionVectors(encoders, members -> means.spreads().featureMap(InputKind.TEXT, members)),
                teacher::zeroShot);
        this.textRouter = new TextRouter(encoders, ReferenceSentences.read());
    }

    void define(Task task) {
        teacher.define(task);
    }

    /** Teaches in one request; the ids of the examples, in order. */
    List<String> teach(TaskId task, List<Teaching> teachings) {
        Idempotency.Reply none = new Idempotency.Reply(200, "");
        return teacher.teach(task, teachings, Optional.empty(), outcome -> none).rows().stream()
                .map(TeachingOutcome.Row::exampleId)
                .toList();
    }

    void forget(TaskId task, String example) {
        teacher.forget(task, example);
    }

    /** Digest of all that was fitted of a task. */
    String digest(TaskId task) {
        return active.of(task).headDigest();
    }

    /** Answers of every member together. */
    List<Answered> answers(TaskId task, List<Teaching> questions) {
        int labels = Math.max(1, active.of(task).labels().size());
        List<List<Answered>> parts = IntStream.rangeClosed(0, (questions.size() - 1) / AT_ONCE)
                .parallel()
                .mapToObj(part -> questions.subList(part * AT_ONCE, Math.min(questions.size(), (part + 1) * AT_ONCE)))
                .map(part -> answers(task, new PredictionRequest(inputs(part), labels, Mode.FULL, false)))
                .toList();
        List<Answered> all = new ArrayList<>();
        parts.forEach(all::addAll);
        return all;
    }

    private List<Answered> answers(TaskId task, PredictionRequest request) {
        return predictor.predict(task, request).predictions().stream()
                .map(Prediction::labels)
                .map(Answered::new)
                .toList();
    }

    private static List<Input> inputs(List<Teaching> questions) {
        return questions.stream().map(Teaching::input).toList();
    }

    /** Which task an instruction about an input reaches. */
    InstructionRouter.Routed routed(String instruction, Task unknown, Input input) {
        return router.predict(
                instruction, unknown.labels(), new PredictionRequest(List.of(input), 1, Mode.FULL, false));
    }

    /** Which task each input reaches by its text alone. */
    List<TextRouter.Route> routed(List<Input> inputs) {
        return textRouter.route(inputs, active.all());
    }

    @Override
    public void close() {
        teacher.close();
        pool.close();
    }
}
