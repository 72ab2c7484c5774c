// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import dev.perennial.encode.Encoder;
import dev.perennial.learn.Adaptation;
import dev.perennial.learn.AdaptationStrategy;
import dev.perennial.learn.AdaptationTrial;
import dev.perennial.learn.EncoderTraining;
import dev.perennial.learn.LabelledPassage;
import dev.perennial.learn.Prospect;
import dev.perennial.learn.TrainedAdapter;
import dev.perennial.learn.TrainingBudget;
import dev.perennial.learn.TrainingFollower;
import dev.perennial.refresh.Folds.Labelled;
import dev.perennial.task.TaskId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Adapts an encoder to examples by one strategy after another, and has those judge that it was not adapted to.
 *
 * <p>A fourth of the examples is held out at a time. While there are few, each fourth is held out once, so that all of
 * them judge. What may come to serve is the encoder that never saw the first fourth, which goes on to be the evidence
 * for weights, calibration and label sets of its tasks.
 */
final class AdaptationRun {
    /** Beyond so many examples, one fourth is evidence enough. */
    private static final int MOST_IN_TURN = 800;

    private static final int FEWEST_STEPS = 40;
    private static final int MOST_STEPS = 600;
    private static final int TEXTS_A_STEP = 32;
    private static final int EPOCHS = 3;
    private static final int STEPS_A_LINE = 5;

    private final AdaptationJob.Tools tools;
    private final Subject subject;
    private final JobProgress progress;
    private final TimeLimit limit;
    private final Folds folds;

    /**
     * What is adapted to what.
     *
     * @param id of the adaptation
     * @param prospect has heard of what was erased since the examples were read
     */
    record Subject(String id, Encoder base, RefreshOrder order, List<Labelled> examples, Prospect prospect) {

        /** Keys of what is learnt from, in hex. */
        Set<String> inputs() {
            return examples.stream().map(Labelled::input).collect(Collectors.toSet());
        }

        /** Whether all that is learnt from may still be. */
        boolean isSound() {
            return prospect.isSound(inputs());
        }
    }

    /**
     * What came of a strategy.
     *
     * @param learntFrom keys, in hex, of the inputs that the adapter was made of
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Tried(AdaptationVerdict verdict, byte[] adapter, Set<String> learntFrom) {

        /** By how many standard errors the loss of held-out answers falls. */
        double gain() {
            return verdict.gain();
        }
    }

    AdaptationRun(AdaptationJob.Tools tools, Subject subject, JobProgress progress, TimeLimit limit) {
        this.tools = tools;
        this.subject = subject;
        this.progress = progress;
        this.limit = limit;
        this.folds = Folds.of(subject.examples(), subject.order().seed());
    }

    /** Whether there is time for another strategy, and it is wanted. */
    boolean mayGoOn() {
        return goesOn() && !limit.left().isZero();
    }

    private boolean goesOn() {
        return progress.mayGoOn() && subject.isSound();
    }

    /**
     * Tries a strategy.
     *
     * @param tries how many may be tried
     * @throws java.util.concurrent.CancellationException when the job was cancelled, or what it learns from was erased
     */
    Tried tried(AdaptationStrategy strategy, int tries) {
        int rounds = subject.examples().size() > MOST_IN_TURN ? 1 : Folds.COUNT;
        List<TrainedAdapter> trainings = new ArrayList<>();
        Map<TaskId, AdaptationTrial> trialByTask = new LinkedHashMap<>();
        Set<String> learntFrom = Set.of();
        for (int fold = 0; fold < rounds; fold++) {
            List<Labelled> outside = folds.outside(fold, subject.examples());
            Set<String> inputs = outside.stream().map(Labelled::input).collect(Collectors.toSet());
            learntFrom = fold == 0 ? inputs : learntFrom;
            TrainedAdapter trained = trained(strategy, outside, rounds * tries);
            trainings.add(trained);
            judge(trained, inputs).forEach((task, trial) -> trialByTask.merge(task, trial, AdaptationTrial::and));
        }
        AdaptationVerdict verdict = new AdaptationVerdict(
                strategy,
                List.copyOf(trialByTask.values()),
                trainings,
                tries,
                subject.base().info().parameters());
        progress.log(verdict.summary());
        return new Tried(verdict, trainings.get(0).adapter(), learntFrom);
    }

    private TrainedAdapter trained(AdaptationStrategy strategy, List<Labelled> examples, int trainings) {
        List<LabelledPassage> passages = LabelledExamples.passages(examples);
        int steps = Math.min(MOST_STEPS, Math.max(FEWEST_STEPS, EPOCHS * passages.size() / TEXTS_A_STEP));
        Duration share = subject.order().longest().dividedBy(trainings + 1L);
        Duration left = limit.left();
        Duration longest = left.compareTo(share) < 0 ? left : share;
        TrainingBudget budget = new TrainingBudget(
                steps,
                longest.isZero() ? Duration.ofMillis(1) : longest,
                tools.memoryBytes(),
                subject.base().info().parameters());
        EncoderTraining training =
                new EncoderTraining(strategy, passages, budget, subject.order().seed());
        return tools.trainer().train(subject.base(), training, following(strategy));
    }

    private TrainingFollower following(AdaptationStrategy strategy) {
        return new TrainingFollower() {
            @Override
            public boolean goesOn() {
                return AdaptationRun.this.goesOn();
            }

            @Override
            public void stepped(int step, int of, double loss) {
                if (step % STEPS_A_LINE == 0 || step == of) {
                    progress.report(step, of, strategy.key() + ": step " + step + " of " + of);
                    progress.log(
                            String.format(Locale.ROOT, "%s step %d of %d loss %.4f", strategy.key(), step, of, loss));
                }
            }
        };
    }

    private Map<TaskId, AdaptationTrial> judge(TrainedAdapter trained, Set<String> learntFrom) {
        Map<TaskId, AdaptationTrial> trials = new LinkedHashMap<>();
        try (Encoder encoder = tools.trainer().open(subject.base(), trained.adapter())) {
            Adaptation candidate = new Adaptation(
                    subject.id(),
                    subject.base().info().digest(),
                    encoder,
                    new HashSet<>(subject.order().tasks()),
                    learntFrom);
            for (TaskId task : subject.order().tasks()) {
                tools.examiner().tried(task, candidate).ifPresent(trial -> trials.put(task, trial));
            }
        }
        // What is derived from a candidate that will not serve goes, with all that it has seen.
        tools.trainer()
                .retain(tools.shelf().kept().stream()
                        .map(AdapterShelf.Kept::adapter)
                        .toList());
        return trials;
    }
}
