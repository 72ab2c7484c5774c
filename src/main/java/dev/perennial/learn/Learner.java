// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.ensemble.Cascade;
import dev.perennial.ensemble.Ensemble;
import dev.perennial.ensemble.Known;
import dev.perennial.ensemble.Recollection;
import dev.perennial.math.LinearAlgebra;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.RevisionId;
import dev.perennial.task.Task;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.DoubleSupplier;
import java.util.function.IntToDoubleFunction;

/**
 * From a lesson to an ensemble: a pure function of the examples, and of a task that does not drift, of their set. The
 * order and the batches in which they were taught do not reach it then, because rows are used in the order of their
 * content keys in kernel form, and summed exactly in the form with fixed features. Where a task drifts, the order tells
 * which examples are recent; the batches do not matter there either. Safe for concurrent use with different
 * {@link Ledgers}.
 */
public final class Learner {
    private static final int LARGE = 1000;

    /** How long work that waits for its turn goes without asking whether it is wanted. */
    private static final long BETWEEN_QUESTIONS_MILLIS = 200;

    /** Their features, in single precision, take some 250 MB. */
    private static final int MOST_HELD_OUT = 20_000;

    /** Some twenty arrays of so many numbers are made of them. */
    private static final int MOST_HELD_OUT_ANSWERS = 2_000_000;

    private final Fitting fitting;
    private final GraphChoice graphChoice;
    private final RecencyChoice recencyChoice;
    private final FitSettings settings;
    private final ForkJoinPool pool;
    private final ForkJoinPool asidePool;
    private final ReentrantLock large = new ReentrantLock(true);
    private final ReentrantLock aside = new ReentrantLock(true);

    /**
     * @param pool the threads to learn on; how many there are does not change what is learnt. What is only asked is
     *     computed on others, half as many
     */
    public Learner(LinearAlgebra algebra, FitSettings settings, ForkJoinPool pool) {
        this.fitting = new Fitting(algebra, settings);
        this.graphChoice = new GraphChoice(fitting, settings.descriptionWeight());
        this.recencyChoice = new RecencyChoice(fitting, settings.descriptionWeight());
        this.settings = settings;
        this.pool = pool;
        this.asidePool = new ForkJoinPool(Math.max(1, pool.getParallelism() / 2));
    }

    /**
     * What was learnt.
     *
     * @param ensemble answers from now on
     * @param heldOut what it says of each held-out example had it not seen it
     * @param basis names everything that decided it
     * @param graphs which knowledge graphs it listens to
     */
    public record Learnt(
            Ensemble ensemble, List<HeldOutAnswer> heldOut, String basis, List<GraphChoice.Chosen> graphs) {

        /** What was fitted, for {@link Learner#recall}. */
        byte[] kept() {
            return new FitFormat(ensemble.task().kind(), ensemble.labels(), basis).write(ensemble.voices(), graphs);
        }

        /** The same of a task whose definition or policy is another one, as far as that changes nothing learnt. */
        Learnt as(Task task, RevisionId revision) {
            return new Learnt(ensemble.with(task, revision), List.of(), basis, graphs);
        }

        /** The same as a choice among several, in whose name it is kept. */
        Learnt chosenBy(String terms) {
            return new Learnt(ensemble, heldOut, basis + terms, graphs);
        }
    }

    /**
     * The answer of the ensemble that never saw an example: probabilities of its labels, or a score in [0, 1].
     *
     * @param asStranger the answer had it not seen the example's kin either
     * @param leverage computes how much the example itself decides of what is said of it, see {@link Leverages}; 0 of
     *     what was not asked for
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record HeldOutAnswer(Known known, double[] answer, double[] asStranger, DoubleSupplier leverage) {}

    /** @param ledgers the task's sufficient statistics, brought up to date on the way */
    public Learnt learn(Lesson lesson, Ledgers ledgers) {
        return learn(lesson, List.of(), ledgers);
    }

    /** @param graphs the knowledge graphs that may join in, where they help */
    Learnt learn(Lesson lesson, List<GraphReading> graphs, Ledgers ledgers) {
        return exclusively(lesson, () -> {
            GraphChoice.Outcome outcome = chosen(lesson, graphs, ledgers);
            Fitting.Fit fit = outcome.fit();
            return new Learnt(
                    ensemble(fit.rows(), fit.fitted().voices()),
                    heldOut(fit, i -> 0),
                    basis(outcome.alone().rows(), graphs),
                    outcome.chosen());
        });
    }

    /**
     * How held-out answers are wanted.
     *
     * @param latest so many of the examples that were taught last are among them, where not all are
     * @param requireWanted asked now and then; throws when nobody waits for them any more
     */
    record Wanted(int latest, Runnable requireWanted) {
        /** A fair sample, where not all are among them. */
        static Wanted by(Runnable requireWanted) {
            return new Wanted(0, requireWanted);
        }
    }

    /**
     * The leave-one-out answers of all examples and not only of some; of {@link #mostHeldOut}, when there are more:
     * those that were taught last, as many as are wanted, and the first of the others by their keys. Only probabilities
     * are calibrated, not label sets. What is learnt for this is dropped again.
     */
    List<HeldOutAnswer> heldOut(Lesson lesson, List<GraphReading> graphs, Wanted wanted) {
        Runnable requireWanted = wanted.requireWanted();
        return aside(requireWanted, () -> {
            Ledgers ledgers = new Ledgers(requireWanted);
            LessonRows rows = graphs.isEmpty()
                    ? rows(lesson)
                    : chosen(lesson, graphs, ledgers).fit().rows();
            requireWanted.run();
            LessonRows ordered =
                    rows.evidence() > mostHeldOut(rows.outputs()) ? rows.latestFirst(wanted.latest()) : rows;
            Fitting.Fit fit = fitting.fit(ordered, ledgers, new Fitting.HoldingOut(Learner::mostHeldOut, false));
            return heldOut(fit, i -> Leverages.of(fit, i));
        });
    }

    /**
     * What each graph does for a lesson; what is learnt for this is dropped again.
     *
     * @param lesson of at least one example
     */
    List<GraphTrial> trials(Lesson lesson, List<GraphReading> graphs) {
        return aside(() -> {
            Ledgers ledgers = new Ledgers();
            Fitting.Fit alone = fitting.fit(rows(lesson), ledgers, someHeldOut());
            return graphs.stream()
                    .map(reading -> graphChoice.trial(alone, reading, ledgers))
                    .toList();
        });
    }

    private GraphChoice.Outcome chosen(Lesson lesson, List<GraphReading> graphs, Ledgers ledgers) {
        Fitting.Fit alone = fitting.fit(rows(lesson), ledgers, someHeldOut());
        GraphChoice.Outcome outcome = graphChoice.among(graphs, alone, ledgers);
        // What was not brought up to date may hold what was learnt from an example that is erased.
        ledgers.retain(outcome.bases());
        return outcome;
    }

    private Fitting.HoldingOut someHeldOut() {
        return new Fitting.HoldingOut(outputs -> settings.heldOutRows(), true);
    }

    private LessonRows rows(Lesson lesson) {
        return LessonRows.of(recencyChoice.chosen(lesson), settings.descriptionWeight());
    }

    private String basis(LessonRows rows, List<GraphReading> graphs) {
        String basis = rows.basis(settings);
        return graphs.isEmpty() ? basis : basis + " beside " + digests(rows, graphs);
    }

    private static List<String> digests(LessonRows rows, List<GraphReading> graphs) {
        return graphs.stream().map(reading -> reading.digest(rows)).toList();
    }

    /** Names what graphs say of a lesson: equal as long as they say the same. */
    List<String> digests(Lesson lesson, List<GraphReading> graphs) {
        return graphs.isEmpty() ? List.of() : digests(rows(lesson), graphs);
    }

    private static List<HeldOutAnswer> heldOut(Fitting.Fit fit, IntToDoubleFunction leverage) {
        CombinationFit.Fitted fitted = fit.fitted();
        List<HeldOutAnswer> answers = new ArrayList<>();
        for (int i = 0; i < fitted.heldOutAnswers().size(); i++) {
            int at = i;
            answers.add(new HeldOutAnswer(
                    fit.rows().taught().get(i),
                    fitted.heldOutAnswers().get(i),
                    fitted.blockedOutAnswers().get(i),
                    () -> leverage.applyAsDouble(at)));
        }
        return answers;
    }

    /** How one member, and the cascade with it, answers held-out examples; what is learnt for this is dropped again. */
    Examination examine(Lesson lesson, String member) {
        return exclusively(lesson, () -> {
            LessonRows rows = rows(lesson);
            CombinationFit.Fitted fitted =
                    fitting.fit(rows, new Ledgers(), someHeldOut()).fitted();
            List<double[]> answers = fitted.blockedOutByVoice().getOrDefault(member, List.of());
            return new Examination(rows.heldOut(answers.size()).scores(answers), stages(rows, fitted.voices()));
        });
    }

    /** How all members together, and one by itself, answer held-out examples; what is learnt is dropped again. */
    Tried tried(Lesson lesson, String member) {
        return exclusively(lesson, () -> {
            Fitting.Fit fit = fitting.fit(rows(lesson), new Ledgers(), someHeldOut());
            List<double[]> alone = fit.fitted().blockedOutByVoice().getOrDefault(member, List.of());
            return new Tried(
                    Arm.of(fit),
                    new Arm(fit.heldOut().scores(alone), fit.heldOut().losses(alone)),
                    TriedExample.of(fit));
        });
    }

    /** What a lesson came to: all members together, one by itself, and what all together were asked. */
    record Tried(Arm ensemble, Arm alone, List<TriedExample> examples) {}

    private static Map<String, Double> stages(LessonRows rows, Ensemble.Voices voices) {
        Cascade cascade = ensemble(rows, voices).cascade();
        double[] shares = cascade.shares(voices.agreement());
        Map<String, Double> stages = new LinkedHashMap<>();
        for (int m = 0; m + 1 < shares.length; m++) {
            stages.put(rows.lesson().members().get(m).info().id(), shares[m]);
        }
        stages.put(Ensemble.FULL_STAGE, shares[shares.length - 1]);
        return stages;
    }

    /** How many examples of a task with so many outputs can be held out in the memory that there is for it. */
    static int mostHeldOut(int outputs) {
        return Math.min(MOST_HELD_OUT, Math.max(1, MOST_HELD_OUT_ANSWERS / Math.max(1, outputs)));
    }

    /**
     * What {@link #learn} would give, but for the held-out answers, from what was kept of it; empty when that is of
     * another lesson.
     *
     * @param graphs the knowledge graphs that may join in
     * @param kept what was kept
     * @param terms of the choice by which it serves (see {@link Learnt#chosenBy})
     */
    Optional<Learnt> recall(Lesson lesson, List<GraphReading> graphs, byte[] kept, String terms) {
        return onPool(() -> {
            LessonRows alone = rows(lesson);
            String basis = basis(alone, graphs) + terms;
            FitFormat format = new FitFormat(lesson.task().kind(), alone.labels(), basis);
            return format.graphs(kept).flatMap(chosen -> {
                LessonRows rows = chosen.isEmpty()
                        ? alone
                        : LessonRows.of(
                                GraphChoice.joined(alone.lesson(), graphs, chosen), settings.descriptionWeight());
                return format.read(kept, given(rows))
                        .map(voices -> new Learnt(ensemble(rows, voices), List.of(), basis, chosen));
            });
        });
    }

    private FitFormat.Given given(LessonRows rows) {
        return new FitFormat.Given(
                rows.all().stream().map(Row::features).toList(), view -> fitting.randomFeatures(rows.lesson(), view));
    }

    /** Brings the sufficient statistics of the members that read texts up to date, if learning the lesson needs any. */
    void prepare(Lesson lesson, Ledgers ledgers) {
        exclusively(lesson, () -> {
            fitting.prepare(rows(lesson), ledgers);
            return ledgers;
        });
    }

    /**
     * Large lessons are learnt one after the other: each uses all threads anyway, and several at once would add up
     * their working memory.
     */
    private <T> T exclusively(Lesson lesson, Callable<T> work) {
        if (lesson.known().size() <= LARGE) {
            return onPool(work);
        }
        large.lock();
        try {
            return onPool(work);
        } finally {
            large.unlock();
        }
    }

    /**
     * Does what is asked about a task and changes nothing, one after the other, beside whatever is learnt: nobody who
     * teaches waits for it, and it has threads of its own.
     *
     * @param requireWanted asked until its turn comes; throws when nobody waits for it any more
     */
    <T> T aside(Runnable requireWanted, Callable<T> work) {
        do {
            requireWanted.run();
        } while (!isTurn());
        try {
            return asidePool.invoke(ForkJoinTask.adapt(work));
        } finally {
            aside.unlock();
        }
    }

    /** The same of what is wanted whatever happens. */
    <T> T aside(Callable<T> work) {
        return aside(() -> {}, work);
    }

    private boolean isTurn() {
        try {
            return aside.tryLock(BETWEEN_QUESTIONS_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw new Refusal.NotReady("The service is stopping.", 1);
        }
    }

    private <T> T onPool(Callable<T> work) {
        return pool.invoke(ForkJoinTask.adapt(work));
    }

    private static Ensemble ensemble(LessonRows rows, Ensemble.Voices voices) {
        Lesson lesson = rows.lesson();
        return new Ensemble(
                lesson.task(),
                lesson.revision(),
                lesson.members(),
                lesson.featureMap(),
                voices,
                new Recollection(rows.traces()));
    }
}
