// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.encode.EncoderInfo;
import dev.perennial.ensemble.Cascade;
import dev.perennial.ensemble.Ensemble;
import dev.perennial.ensemble.Known;
import dev.perennial.ensemble.Part;
import dev.perennial.ensemble.Recollection;
import dev.perennial.math.LinearAlgebra;
import dev.perennial.math.Matrix;
import dev.perennial.member.KernelHead;
import dev.perennial.member.RandomFeatures;
import dev.perennial.member.View;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.DoubleFunction;
import java.util.function.IntUnaryOperator;

/**
 * From a lesson to an ensemble: a pure function of the set of examples. The order and the batches in which they were
 * taught do not reach it, because rows are used in the order of their content keys in kernel form, and summed exactly
 * in the form with fixed features. Safe for concurrent use with different {@link Ledgers}.
 */
public final class Learner {
    /** Below so many examples leave-one-out is too noisy to choose a kernel by. */
    private static final int FEWEST_TO_CHOOSE_BY = 12;

    /**
     * Above so many examples the defaults are close to the best choice, and choosing takes longer than a client waits.
     */
    private static final int MOST_TO_CHOOSE_BY = 1000;

    private static final int LARGE = 1000;

    /** Their features, in single precision, take some 250 MB. */
    private static final int MOST_HELD_OUT = 20_000;

    /** Some twenty arrays of so many numbers are made of them. */
    private static final int MOST_HELD_OUT_ANSWERS = 2_000_000;

    private static final double SIMPLER_UNLESS_BETTER_BY = 1e-9;

    private final LinearAlgebra algebra;
    private final FitSettings settings;
    private final ForkJoinPool pool;
    private final ReentrantLock large = new ReentrantLock(true);
    private final Map<List<Object>, RandomFeatures> randomFeatures = new ConcurrentHashMap<>();

    /** @param pool the threads to learn on; how many there are does not change what is learnt */
    public Learner(LinearAlgebra algebra, FitSettings settings, ForkJoinPool pool) {
        this.algebra = algebra;
        this.settings = settings;
        this.pool = pool;
    }

    /**
     * What was learnt.
     *
     * @param ensemble answers from now on
     * @param heldOut what it says of each held-out example had it not seen it
     * @param basis names everything that decided it
     */
    public record Learnt(Ensemble ensemble, List<HeldOutAnswer> heldOut, String basis) {

        /** What was fitted, for {@link Learner#recall}. */
        byte[] kept() {
            return new FitFormat(ensemble.task().kind(), ensemble.labels(), basis).write(ensemble.voices());
        }

        /** The same as a choice among several, in whose name it is kept. */
        Learnt chosenBy(String terms) {
            return new Learnt(ensemble, heldOut, basis + terms);
        }
    }

    /**
     * The answer of the ensemble that never saw an example: probabilities of its labels, or a score in [0, 1].
     *
     * @param asStranger the answer had it not seen the example's kin either
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record HeldOutAnswer(Known known, double[] answer, double[] asStranger) {}

    /** @param ledgers the task's sufficient statistics, brought up to date on the way */
    public Learnt learn(Lesson lesson, Ledgers ledgers) {
        return exclusively(
                lesson, () -> learn(lesson, ledgers, new HoldingOut(outputs -> settings.heldOutRows(), true)));
    }

    /**
     * The leave-one-out answers of all examples and not only of some; of the first {@link #mostHeldOut} by their keys,
     * when there are more. Only probabilities are calibrated, not label sets.
     */
    public List<HeldOutAnswer> heldOut(Lesson lesson, Ledgers ledgers) {
        return exclusively(
                lesson,
                () -> learn(lesson, ledgers, new HoldingOut(Learner::mostHeldOut, false))
                        .heldOut());
    }

    /** How one member, and the cascade with it, answers held-out examples; what is learnt for this is dropped again. */
    Examination examine(Lesson lesson, String member) {
        return exclusively(lesson, () -> {
            LessonRows rows = LessonRows.of(lesson, settings.descriptionWeight());
            CombinationFit.Fitted fitted =
                    fitted(rows, new Ledgers(), new HoldingOut(outputs -> settings.heldOutRows(), true));
            List<double[]> answers = fitted.blockedOutByVoice().getOrDefault(member, List.of());
            return new Examination(rows.heldOut(answers.size()).scores(answers), stages(rows, fitted.voices()));
        });
    }

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
     * The ensemble that {@link #learn} would give, from what was kept of it; empty when that is of another lesson.
     *
     * @param terms of the choice by which it serves (see {@link Learnt#chosenBy})
     */
    Optional<Ensemble> recall(Lesson lesson, byte[] kept, String terms) {
        return onPool(() -> {
            LessonRows rows = LessonRows.of(lesson, settings.descriptionWeight());
            return new FitFormat(lesson.task().kind(), rows.labels(), rows.basis(settings) + terms)
                    .read(kept, given(rows))
                    .map(voices -> ensemble(rows, voices));
        });
    }

    private FitFormat.Given given(LessonRows rows) {
        return new FitFormat.Given(
                rows.all().stream().map(Row::features).toList(), view -> randomFeatures(rows.lesson(), view, settings));
    }

    /** Brings the sufficient statistics up to date, if learning the lesson needs any. */
    void prepare(Lesson lesson, Ledgers ledgers) {
        exclusively(lesson, () -> {
            LessonRows rows = LessonRows.of(lesson, settings.descriptionWeight());
            if (!inKernelForm(rows, settings)) {
                ledgers.require(rows.rowBasis());
                views(lesson).forEach(view -> upToDate(rows, view, ledgers));
            }
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

    private <T> T onPool(Callable<T> work) {
        return pool.invoke(ForkJoinTask.adapt(work));
    }

    /**
     * Which examples of a large lesson are held out.
     *
     * @param most how many at most, given the number of outputs
     * @param kinToo whether label sets are calibrated, for which an example's kin are left out with it
     */
    private record HoldingOut(IntUnaryOperator most, boolean kinToo) {}

    private Learnt learn(Lesson lesson, Ledgers ledgers, HoldingOut holdingOut) {
        LessonRows rows = LessonRows.of(lesson, settings.descriptionWeight());
        CombinationFit.Fitted fitted = fitted(rows, ledgers, holdingOut);
        List<HeldOutAnswer> answers = new ArrayList<>();
        for (int i = 0; i < fitted.heldOutAnswers().size(); i++) {
            answers.add(new HeldOutAnswer(
                    rows.taught().get(i),
                    fitted.heldOutAnswers().get(i),
                    fitted.blockedOutAnswers().get(i)));
        }
        return new Learnt(ensemble(rows, fitted.voices()), answers, rows.basis(settings));
    }

    private CombinationFit.Fitted fitted(LessonRows rows, Ledgers ledgers, HoldingOut holdingOut) {
        if (inKernelForm(rows, settings)) {
            // They may hold an example that was forgotten since more of them were there.
            ledgers.clear();
            return kernelForm(rows, rows.heldOut(Integer.MAX_VALUE), settings);
        }
        return featureForm(rows, ledgers, holdingOut);
    }

    private static boolean inKernelForm(LessonRows rows, FitSettings fit) {
        return rows.all().size() <= fit.kernelRows();
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

    private CombinationFit.Fitted kernelForm(LessonRows rows, HeldOut heldOut, FitSettings fit) {
        KernelFit.Support support = KernelFit.Support.of(rows.all(), kin(rows, heldOut));
        List<View> views = views(rows.lesson());
        boolean silent = rows.all().isEmpty() || rows.outputs() == 0;
        double width = silent || whole(rows.lesson()).size() == 1
                ? fit.widths().get(0)
                : chosenWidth(new KernelFit(algebra, support, whole(rows.lesson())), heldOut, fit);
        List<CombinationFit.Voice> voices = views.parallelStream()
                .map(view -> {
                    FittedHead fitted = silent
                            ? silent(view, rows.outputs(), fit)
                            : fitted(new KernelFit(algebra, support, view), width, heldOut, fit);
                    return new CombinationFit.Voice(name(rows.lesson(), view), view, fitted);
                })
                .toList();
        return new CombinationFit(heldOut, voices).fit(rows.labels(), whole(rows.lesson()));
    }

    /** As the cheapest member sees it that reads words in context. */
    private Kin kin(LessonRows rows, HeldOut heldOut) {
        return Kin.of(algebra, whole(rows.lesson()).first(), heldOut.rows(), rows.all());
    }

    private static FittedHead fitted(KernelFit kernel, double width, HeldOut heldOut, FitSettings fit) {
        return kernel.fit(width, chosenRidge(kernel, width, heldOut, fit));
    }

    private static boolean choosable(HeldOut heldOut) {
        int examples = heldOut.rows().size();
        return examples >= FEWEST_TO_CHOOSE_BY && examples <= MOST_TO_CHOOSE_BY;
    }

    private static double chosenWidth(KernelFit kernel, HeldOut heldOut, FitSettings fit) {
        double ridge = fit.ridges().get(0);
        return !choosable(heldOut)
                ? fit.widths().get(0)
                : best(
                        fit.widths(),
                        width -> heldOut.loss(kernel.fit(width, ridge).heldOutScores()));
    }

    private static double chosenRidge(KernelFit kernel, double width, HeldOut heldOut, FitSettings fit) {
        return !choosable(heldOut)
                ? fit.ridges().get(0)
                : best(
                        fit.ridges(),
                        ridge -> heldOut.loss(kernel.fit(width, ridge).heldOutScores()));
    }

    private CombinationFit.Fitted featureForm(LessonRows rows, Ledgers ledgers, HoldingOut holdingOut) {
        HeldOut heldOut = rows.heldOut(holdingOut.most().applyAsInt(rows.outputs()));
        Kin kin = holdingOut.kinToo() ? kin(rows, heldOut) : Kin.none(heldOut.rows());
        ledgers.require(rows.rowBasis());
        GramFit first = gram(rows, View.of(whole(rows.lesson()).first()), ledgers, kin);
        double ridge = featureRidge(first.leaveOneOut(), heldOut);
        List<CombinationFit.Voice> voices = views(rows.lesson()).stream()
                .map(view -> {
                    FittedHead fitted = gram(rows, view, ledgers, kin).fit(ridge);
                    return new CombinationFit.Voice(name(rows.lesson(), view), view, fitted);
                })
                .toList();
        return new CombinationFit(heldOut, voices).fit(rows.labels(), whole(rows.lesson()));
    }

    /** How noisy a task is, is its own and not its members': the cheapest of them tells for all. */
    private double featureRidge(DoubleFunction<Matrix> leaveOneOut, HeldOut heldOut) {
        return best(settings.featureRidges(), ridge -> heldOut.loss(leaveOneOut.apply(ridge)));
    }

    private GramFit gram(LessonRows rows, View view, Ledgers ledgers, Kin kin) {
        return new GramFit(algebra, upToDate(rows, view, ledgers), kin);
    }

    private Ledger upToDate(LessonRows rows, View view, Ledgers ledgers) {
        Ledger ledger = ledgers.of(view, randomFeatures(rows.lesson(), view, settings), algebra);
        ledger.become(rows.all(), rows.labels(), rows.outputs());
        return ledger;
    }

    private RandomFeatures randomFeatures(Lesson lesson, View view, FitSettings fit) {
        List<Integer> dimensions = lesson.featureMap()
                .dimensions(lesson.members().stream()
                        .map(member -> member.info().dimension())
                        .toList());
        int dimension = 0;
        for (int m = 0; m < dimensions.size(); m++) {
            dimension += view.includes(m) ? dimensions.get(m) : 0;
        }
        int seen = dimension;
        int count = features(lesson, view, fit);
        double width = fit.widths().get(0);
        return randomFeatures.computeIfAbsent(
                List.of(view, seen, count, width), key -> new RandomFeatures(view, seen, count, width));
    }

    private static int features(Lesson lesson, View view, FitSettings fit) {
        if (view.size() > 1) {
            return fit.jointFeatures();
        }
        boolean isStatic = lesson.members().get(view.first()).info().reading() == EncoderInfo.Reading.STATIC;
        return isStatic ? fit.staticFeatures() : fit.memberFeatures();
    }

    /** The first candidate, unless a later one is clearly better: equal evidence always gives equal choices. */
    private static double best(List<Double> candidates, DoubleFunction<Double> loss) {
        List<Double> losses = candidates.parallelStream().map(loss::apply).toList();
        int best = 0;
        for (int i = 1; i < losses.size(); i++) {
            if (losses.get(i) < losses.get(best) - SIMPLER_UNLESS_BETTER_BY * Math.abs(losses.get(best))) {
                best = i;
            }
        }
        return candidates.get(best);
    }

    private static FittedHead silent(View view, int outputs, FitSettings fit) {
        KernelHead head =
                new KernelHead(view, fit.widths().get(0), fit.ridges().get(0), List.of(), Matrix.zeros(0, outputs));
        return new FittedHead(head, Matrix.zeros(0, outputs), Matrix.zeros(0, outputs));
    }

    /** All members that read words in context together first, then each member by itself. */
    private static List<View> views(Lesson lesson) {
        View whole = whole(lesson);
        List<View> views = new ArrayList<>();
        if (whole.size() > 1) {
            views.add(whole);
        }
        for (int m = 0; m < lesson.members().size(); m++) {
            views.add(View.of(m));
        }
        return views;
    }

    private static View whole(Lesson lesson) {
        return View.contextual(lesson.members());
    }

    private static String name(Lesson lesson, View view) {
        return view.size() > 1
                ? Part.JOINT
                : lesson.members().get(view.first()).info().id();
    }
}
