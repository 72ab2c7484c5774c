// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import dev.perennial.adapt.RetainedShares;
import dev.perennial.encode.Encoder;
import dev.perennial.learn.Adaptation;
import dev.perennial.learn.AdaptationObjective;
import dev.perennial.learn.AdaptationTrial;
import dev.perennial.learn.Continuation;
import dev.perennial.learn.EncoderTraining;
import dev.perennial.learn.LabelledPassage;
import dev.perennial.learn.Prospect;
import dev.perennial.learn.TrainedAdapter;
import dev.perennial.learn.TrainingBudget;
import dev.perennial.learn.TrainingFollower;
import dev.perennial.learn.TrainingJob;
import dev.perennial.refresh.Folds.Labelled;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.TaskId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Adapts an encoder to examples by one way after another, and has those judge that it was not adapted to.
 *
 * <p>A fourth of the examples is held out at a time. While there are few, each fourth is held out once, so that all of
 * them judge. What may come to serve is the encoder that never saw the first fourth, which goes on to be the evidence
 * for weights, calibration and label sets of its tasks.
 */
final class AdaptationRun {
    /** Beyond so many examples, one fourth is evidence enough. */
    private static final int MOST_IN_TURN = 800;

    /** From so many examples on, a head that is trained with the encoder is no worse than contrast. */
    private static final int MANY = 1000;

    private static final int FEWEST_STEPS = 40;
    private static final int MOST_STEPS_OF_CONTRAST = 600;
    private static final int MOST_STEPS = 5000;
    private static final int TEXTS_A_STEP = 32;
    private static final int EPOCHS = 3;
    private static final int STEPS_A_LINE = 5;
    private static final double NANOS_OF_A_SECOND = 1e9;

    private final AdaptationJob.Tools tools;
    private final Subject subject;
    private final JobProgress progress;
    private final TimeLimit limit;
    private final AdaptationObjective objective;
    private final Folds folds;

    /**
     * What is adapted to what.
     *
     * @param id of the adaptation, and of its job
     * @param tasks from which is learnt, now or before
     * @param unlabelled what is learnt from besides
     * @param learntBefore keys, in hex, of what the adapter has learnt from that may go on; no judge of any way
     * @param prospect has heard of what was erased since the examples were read
     */
    record Subject(
            String id,
            Set<TaskId> tasks,
            Encoder base,
            RefreshOrder order,
            List<Labelled> examples,
            UnlabelledTexts unlabelled,
            Set<String> learntBefore,
            Prospect prospect) {

        /** Keys of what is learnt from, in hex. */
        Set<String> inputs() {
            Set<String> inputs = new HashSet<>(learntBefore);
            inputs.addAll(unlabelled.inputs());
            examples.forEach(each -> inputs.add(each.input()));
            return inputs;
        }

        TrainingJob job() {
            return new TrainingJob(id, tasks, inputs());
        }

        /** Whether all that is learnt from may still be. */
        boolean isSound() {
            return prospect.isSound(inputs());
        }
    }

    /**
     * How much is tried.
     *
     * @param ways of which one may pass by chance
     * @param learnt how many of these are learnt
     */
    record Tries(int ways, int learnt) {}

    /**
     * One training of a way.
     *
     * @param fold which fourth it does not see
     * @param trainings how many there are to be
     */
    private record Round(int fold, int trainings) {}

    /**
     * What came of a way.
     *
     * @param trained what would serve
     * @param learntFrom keys, in hex, of the inputs that it was made of
     */
    record Tried(
            Way way, AdaptationVerdict verdict, Forgetting forgetting, TrainedAdapter trained, Set<String> learntFrom) {

        boolean passes() {
            return verdict.promotes() && forgetting.objection().isEmpty();
        }

        /** By how many standard errors the loss of held-out answers falls. */
        double gain() {
            return verdict.gain();
        }

        /** JSON object for a person. */
        String report() {
            JsonText report = new JsonText().put("way", way.key()).put("passes", passes());
            forgetting.objection().ifPresent(words -> report.put("objection", words));
            report.putMembers(verdict.report());
            if (way instanceof Way.Share share) {
                report.putAll("forgetting", forgetting.trials(), Forgetting::json);
                report.putJson("retention", retention(share, trained.retained()));
            }
            return report.toString();
        }

        private static String retention(Way.Share share, RetainedShares retained) {
            return new JsonText()
                    .put("merge", share.merge().key())
                    .put("mean", retained.mean())
                    .putAll("tensors", retained.tensors(), Tried::json)
                    .putAll("steps", retained.steps(), step -> String.format(Locale.ROOT, "%.4f", step))
                    .toString();
        }

        private static String json(RetainedShares.OfTensor tensor) {
            return new JsonText()
                    .put("tensor", tensor.tensor())
                    .put("decisions", tensor.decisions())
                    .put("mean", tensor.mean())
                    .put("least", tensor.least())
                    .put("most", tensor.most())
                    .put("last", tensor.last())
                    .toString();
        }
    }

    AdaptationRun(AdaptationJob.Tools tools, Subject subject, JobProgress progress, TimeLimit limit) {
        this.tools = tools;
        this.subject = subject;
        this.progress = progress;
        this.limit = limit;
        this.objective = objective(subject.order(), subject.examples());
        this.folds = Folds.of(subject.examples(), subject.order().seed());
    }

    /**
     * What an encoder is adapted to.
     *
     * @throws Refusal.Invalid when the examples do not allow what is asked for
     */
    static AdaptationObjective objective(RefreshOrder order, List<Labelled> examples) {
        boolean areScored = examples.stream().allMatch(each -> each.score().isPresent());
        if (!areScored && examples.stream().anyMatch(each -> each.score().isPresent())) {
            throw new Refusal.Invalid("/tasks", "must be of one kind: an adapter serves labels or scores");
        }
        boolean inPairs = examples.stream()
                .allMatch(each -> each.example().teaching().input().textPair().isPresent());
        AdaptationObjective usual = areScored
                ? AdaptationObjective.SIMILARITY
                : inPairs || examples.size() >= MANY
                        ? AdaptationObjective.CLASSIFICATION
                        : AdaptationObjective.CONTRAST;
        AdaptationObjective asked = AdaptationObjective.of(order.objective()).orElse(usual);
        if (asked == AdaptationObjective.SELF_CONTRAST) {
            return asked;
        }
        if (!order.texts().isEmpty()) {
            throw new Refusal.Invalid("/texts", "are read by the objective self-contrast alone");
        }
        if (areScored != (asked == AdaptationObjective.SIMILARITY)) {
            throw new Refusal.Invalid(
                    "/objective", "must be similarity for tasks of scores, and another one for tasks of labels");
        }
        return asked;
    }

    /** Whether there is time for another way, and it is wanted. */
    boolean mayGoOn() {
        return goesOn() && !limit.left().isZero();
    }

    private boolean goesOn() {
        return progress.mayGoOn() && subject.isSound();
    }

    /**
     * Tries a way.
     *
     * @param tries how many may be tried
     * @throws java.util.concurrent.CancellationException when the job was cancelled, or what it learns from was erased
     */
    Tried tried(Way way, Tries tries) {
        int rounds = subject.examples().size() > MOST_IN_TURN ? 1 : Folds.COUNT;
        List<TrainedAdapter> trainings = new ArrayList<>();
        Map<TaskId, AdaptationTrial> trialByTask = new LinkedHashMap<>();
        Set<String> learntFrom = Set.of();
        Set<String> judged = new HashSet<>();
        Forgetting forgetting = Forgetting.NONE;
        long began = System.nanoTime();
        ServingCost serving = new ServingCost(0, 0, 0);
        for (int fold = 0; fold < rounds; fold++) {
            List<Labelled> outside = folds.outside(fold, subject.examples());
            Set<String> withheld = new HashSet<>(subject.learntBefore());
            outside.forEach(each -> withheld.add(each.input()));
            // What is taught meanwhile is in no fold, and judges once as all others do.
            withheld.addAll(judged);
            withheld.addAll(subject.unlabelled().inputs());
            TrainedAdapter trained = trained(way, outside, new Round(fold, rounds * tries.learnt()));
            trainings.add(trained);
            try (Encoder encoder = tools.trainer().open(subject.base(), trained.adapter())) {
                judge(encoder, withheld).forEach((task, trial) -> {
                    trialByTask.merge(task, trial, AdaptationTrial::and);
                    trial.after().forEach(each -> judged.add(each.input()));
                });
                serving = serving(encoder);
                if (fold == 0) {
                    learntFrom = learntFrom(way, outside);
                    forgetting = forgetting(way, encoder, withheld);
                }
            } finally {
                // What is derived from a candidate that will not serve goes, with all that it has seen.
                tools.trainer().retain(tools.shelf().adapters());
            }
        }
        AdaptationVerdict verdict = new AdaptationVerdict(
                new AdaptationVerdict.How(
                        way.strategy(),
                        objective,
                        subject.base().info().parameters(),
                        (System.nanoTime() - began) / NANOS_OF_A_SECOND),
                List.copyOf(trialByTask.values()),
                way instanceof Way.Reuse ? trainings.subList(0, 1) : trainings,
                tries.ways(),
                serving);
        progress.log(way.key() + ", " + verdict.summary());
        return new Tried(way, verdict, forgetting, trainings.get(0), learntFrom);
    }

    private Set<String> learntFrom(Way way, List<Labelled> outside) {
        Set<String> inputs = new HashSet<>(subject.unlabelled().inputs());
        if (way instanceof Way.Reuse reuse) {
            return reuse.old().learntFrom();
        }
        if (way instanceof Way.Share share) {
            inputs.addAll(share.old().learntFrom());
        }
        outside.forEach(each -> inputs.add(each.input()));
        return inputs;
    }

    private TrainedAdapter trained(Way way, List<Labelled> examples, Round round) {
        if (way instanceof Way.Reuse reuse) {
            AdapterShelf.Kept old = reuse.old();
            return new TrainedAdapter(
                    old.adapter(),
                    old.parameters(),
                    0,
                    0,
                    0,
                    List.of(),
                    false,
                    old.information(),
                    RetainedShares.NONE,
                    0);
        }
        List<LabelledPassage> passages = LabelledExamples.passages(examples);
        int ofContrast =
                Math.min(MOST_STEPS_OF_CONTRAST, Math.max(FEWEST_STEPS, EPOCHS * passages.size() / TEXTS_A_STEP));
        int steps = switch (objective) {
            case CONTRAST -> ofContrast;
            case SELF_CONTRAST -> MOST_STEPS_OF_CONTRAST;
            case CLASSIFICATION, SIMILARITY -> MOST_STEPS;
        };
        Duration share = subject.order().longest().dividedBy(round.trainings() + 1L);
        Duration left = limit.left();
        Duration longest = left.compareTo(share) < 0 ? left : share;
        TrainingBudget budget = new TrainingBudget(
                steps,
                longest.isZero() ? Duration.ofMillis(1) : longest,
                tools.memoryBytes(),
                subject.base().info().parameters());
        EncoderTraining training = new EncoderTraining(
                        way.strategy(),
                        objective,
                        passages,
                        budget,
                        subject.order().seed())
                .with(subject.unlabelled().passages())
                .keptFor(subject.job());
        if (way instanceof Way.Share going) {
            training = training.from(
                    new Continuation(going.old().adapter(), going.old().information(), going.merge()));
        }
        TrainedAdapter trained = tools.trainer().train(subject.base(), training, following(way, round));
        if (way instanceof Way.Share going) {
            tools.observer()
                    .merged(
                            subject.base().info().id(),
                            going.merge(),
                            trained.retained().mean());
            progress.log(String.format(
                    Locale.ROOT,
                    "%s retained %.4f of the group's adapter",
                    going.merge().key(),
                    trained.retained().mean()));
        }
        return trained;
    }

    private TrainingFollower following(Way way, Round round) {
        return new TrainingFollower() {
            @Override
            public boolean goesOn() {
                return AdaptationRun.this.goesOn();
            }

            @Override
            public void resumed(int made, int of) {
                progress.log(String.format(
                        Locale.ROOT,
                        "%s, %s goes on: %d of %d steps were made before the restart",
                        way.key(),
                        way.strategy().key(),
                        made,
                        of));
            }

            @Override
            public void stepped(int step, int of, double loss) {
                if (step % STEPS_A_LINE == 0 || step == of) {
                    String what = way.key() + ", " + way.strategy().key();
                    progress.report(step, of, what + ": step " + step + " of " + of);
                    progress.log(
                            String.format(Locale.ROOT, "%s step %d of %d loss %.4f", what, step, of, loss),
                            new JobProgress.Loss(what + ", fold " + (round.fold() + 1), what, step, loss));
                }
            }
        };
    }

    private Map<TaskId, AdaptationTrial> judge(Encoder encoder, Set<String> withheld) {
        Map<TaskId, AdaptationTrial> trials = new LinkedHashMap<>();
        Adaptation candidate = adaptation(encoder, subject.order().tasks(), withheld);
        for (TaskId task : subject.order().tasks()) {
            tools.examiner().tried(task, candidate).ifPresent(trial -> trials.put(task, trial));
        }
        return trials;
    }

    private ServingCost serving(Encoder encoder) {
        return ServingCost.of(
                subject.base(),
                encoder,
                LabelledExamples.passages(subject.examples()).stream()
                        .map(LabelledPassage::passage)
                        .toList());
    }

    private Adaptation adaptation(Encoder encoder, List<TaskId> tasks, Set<String> withheld) {
        return new Adaptation(subject.id(), subject.base().info().digest(), encoder, new HashSet<>(tasks), withheld);
    }

    /** What the tasks that the group's adapter answers would lose by another one in its place. */
    private Forgetting forgetting(Way way, Encoder encoder, Set<String> withheld) {
        if (!(way instanceof Way.Share share)) {
            return Forgetting.NONE;
        }
        List<AdaptationTrial> trials = new ArrayList<>();
        try (Encoder before = tools.trainer().open(subject.base(), share.old().adapter())) {
            Adaptation old = adaptation(before, share.old().tasks(), withheld);
            Adaptation candidate = adaptation(encoder, share.old().tasks(), withheld);
            for (TaskId task : share.old().tasks()) {
                tools.examiner().tried(task, old, candidate).ifPresent(trials::add);
            }
        }
        return new Forgetting(trials);
    }
}
