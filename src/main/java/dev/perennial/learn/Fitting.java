// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.encode.EncoderInfo;
import dev.perennial.ensemble.Part;
import dev.perennial.math.LinearAlgebra;
import dev.perennial.math.Matrix;
import dev.perennial.member.KernelHead;
import dev.perennial.member.RandomFeatures;
import dev.perennial.member.View;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.DoubleFunction;
import java.util.function.IntUnaryOperator;

/**
 * Fits every voice of a lesson, in kernel form while there are few rows and over fixed random features beyond. Safe for
 * concurrent use with different {@link Ledgers}.
 */
final class Fitting {
    /** Below so many examples leave-one-out is too noisy to choose a kernel by. */
    private static final int FEWEST_TO_CHOOSE_BY = 12;

    /**
     * Above so many examples the defaults are close to the best choice, and choosing takes longer than a client waits.
     */
    private static final int MOST_TO_CHOOSE_BY = 1000;

    private static final double SIMPLER_UNLESS_BETTER_BY = 1e-9;

    private final LinearAlgebra algebra;
    private final FitSettings settings;
    private final Map<List<Object>, RandomFeatures> randomFeatures = new ConcurrentHashMap<>();

    Fitting(LinearAlgebra algebra, FitSettings settings) {
        this.algebra = algebra;
        this.settings = settings;
    }

    /**
     * Which examples of a large lesson are held out.
     *
     * @param most how many at most, given the number of outputs
     * @param kinToo whether label sets are calibrated, for which an example's kin are left out with it
     */
    record HoldingOut(IntUnaryOperator most, boolean kinToo) {}

    /**
     * A lesson's fit.
     *
     * @param rows the lesson
     * @param heldOut its held-out rows
     * @param kin of these
     * @param choice kernel width, or ridge over random features, that all voices have in common
     * @param headByView every fitted head
     * @param fitted the voices together
     */
    record Fit(
            LessonRows rows,
            HeldOut heldOut,
            Kin kin,
            double choice,
            Map<View, FittedHead> headByView,
            CombinationFit.Fitted fitted) {}

    /** Fits a lesson's voices. */
    Fit fit(LessonRows rows, Ledgers ledgers, HoldingOut holdingOut) {
        if (isInKernelForm(rows)) {
            HeldOut heldOut = rows.heldOut(Integer.MAX_VALUE);
            return kernelForm(new Terms(rows, heldOut, kin(rows, heldOut), Optional.empty()));
        }
        HeldOut heldOut = rows.heldOut(holdingOut.most().applyAsInt(rows.outputs()));
        Kin kin = holdingOut.kinToo() ? kin(rows, heldOut) : Kin.none(heldOut.rows());
        return featureForm(new Terms(rows, heldOut, kin, Optional.empty()), ledgers);
    }

    /** Fits a lesson that has more members at the end than another one; what both have in common is taken over. */
    Fit fit(LessonRows rows, Ledgers ledgers, Fit before) {
        HeldOut heldOut = rows.heldOut(before.heldOut().rows().size());
        Terms terms = new Terms(rows, heldOut, before.kin().among(rows.all()), Optional.of(before));
        return isInKernelForm(rows) ? kernelForm(terms) : featureForm(terms, ledgers);
    }

    /** What a fit is made of; of one with more members, the one before. */
    private record Terms(LessonRows rows, HeldOut heldOut, Kin kin, Optional<Fit> before) {

        /** A head of members that were there before. */
        Optional<FittedHead> known(View view) {
            return before.flatMap(fit -> Optional.ofNullable(fit.headByView().get(view)));
        }
    }

    boolean isInKernelForm(LessonRows rows) {
        return rows.all().size() <= settings.kernelRows();
    }

    /** The bases of the ledgers that a lesson's voices are fitted from; none in kernel form. */
    Set<Object> bases(LessonRows rows) {
        Set<Object> bases = new HashSet<>();
        if (!isInKernelForm(rows)) {
            views(rows.lesson()).forEach(view -> bases.add(rows.rowBasis(view)));
        }
        return bases;
    }

    /** Brings the ledgers of a lesson up to date, if it needs any. */
    void prepare(LessonRows rows, Ledgers ledgers) {
        if (!isInKernelForm(rows)) {
            views(rows.lesson()).forEach(view -> upToDate(rows, view, ledgers));
        }
    }

    /**
     * What a kernel over some members says of held-out rows, at the default width and ridge.
     *
     * @param rows at least one
     */
    List<double[]> leftOut(HeldOut heldOut, List<Row> rows, View view) {
        KernelFit kernel = new KernelFit(algebra, KernelFit.Support.of(rows, Kin.none(heldOut.rows())), view);
        return heldOut.answers(
                kernel.fit(settings.widths().get(0), settings.ridges().get(0)).heldOutScores());
    }

    private Fit kernelForm(Terms terms) {
        LessonRows rows = terms.rows();
        KernelFit.Support support = KernelFit.Support.of(rows.all(), terms.kin());
        View whole = whole(rows.lesson());
        boolean silent = rows.all().isEmpty() || rows.outputs() == 0;
        double width = terms.before()
                .map(Fit::choice)
                .orElseGet(() -> silent || whole.size() == 1
                        ? settings.widths().get(0)
                        : chosenWidth(new KernelFit(algebra, support, whole), terms.heldOut()));
        List<CombinationFit.Voice> voices = views(rows.lesson()).parallelStream()
                .map(view -> {
                    FittedHead fitted = terms.known(view)
                            .map(known -> known.over(support.features()))
                            .orElseGet(() -> silent
                                    ? silent(view, rows.outputs())
                                    : fitted(new KernelFit(algebra, support, view), width, terms.heldOut()));
                    return new CombinationFit.Voice(name(rows.lesson(), view), view, fitted);
                })
                .toList();
        return together(terms, width, voices);
    }

    private static Fit together(Terms terms, double choice, List<CombinationFit.Voice> voices) {
        LessonRows rows = terms.rows();
        Map<View, FittedHead> headByView = new HashMap<>();
        voices.forEach(voice -> headByView.put(voice.view(), voice.fitted()));
        CombinationFit.Fitted fitted =
                new CombinationFit(terms.heldOut(), voices).fit(rows.labels(), whole(rows.lesson()));
        return new Fit(rows, terms.heldOut(), terms.kin(), choice, headByView, fitted);
    }

    /** As the cheapest member sees it that reads words in context. */
    private Kin kin(LessonRows rows, HeldOut heldOut) {
        return Kin.of(algebra, whole(rows.lesson()).first(), heldOut.rows(), rows.all());
    }

    private FittedHead fitted(KernelFit kernel, double width, HeldOut heldOut) {
        return kernel.fit(width, chosenRidge(kernel, width, heldOut));
    }

    private static boolean choosable(HeldOut heldOut) {
        int examples = heldOut.rows().size();
        return examples >= FEWEST_TO_CHOOSE_BY && examples <= MOST_TO_CHOOSE_BY;
    }

    private double chosenWidth(KernelFit kernel, HeldOut heldOut) {
        double ridge = settings.ridges().get(0);
        return !choosable(heldOut)
                ? settings.widths().get(0)
                : best(
                        settings.widths(),
                        width -> heldOut.loss(kernel.fit(width, ridge).heldOutScores()));
    }

    private double chosenRidge(KernelFit kernel, double width, HeldOut heldOut) {
        return !choosable(heldOut)
                ? settings.ridges().get(0)
                : best(
                        settings.ridges(),
                        ridge -> heldOut.loss(kernel.fit(width, ridge).heldOutScores()));
    }

    private Fit featureForm(Terms terms, Ledgers ledgers) {
        LessonRows rows = terms.rows();
        double ridge = terms.before().map(Fit::choice).orElseGet(() -> {
            View first = View.of(whole(rows.lesson()).first());
            return featureRidge(gram(terms, first, ledgers).leaveOneOut(), terms.heldOut());
        });
        List<CombinationFit.Voice> voices = views(rows.lesson()).stream()
                .map(view -> {
                    FittedHead fitted = terms.known(view)
                            .orElseGet(() -> gram(terms, view, ledgers).fit(ridge));
                    return new CombinationFit.Voice(name(rows.lesson(), view), view, fitted);
                })
                .toList();
        return together(terms, ridge, voices);
    }

    /** How noisy a task is, is its own and not its members': the cheapest of them tells for all. */
    private double featureRidge(DoubleFunction<Matrix> leaveOneOut, HeldOut heldOut) {
        return best(settings.featureRidges(), ridge -> heldOut.loss(leaveOneOut.apply(ridge)));
    }

    private GramFit gram(Terms terms, View view, Ledgers ledgers) {
        return new GramFit(algebra, upToDate(terms.rows(), view, ledgers), terms.kin());
    }

    private Ledger upToDate(LessonRows rows, View view, Ledgers ledgers) {
        Ledger ledger = ledgers.of(rows.rowBasis(view), randomFeatures(rows.lesson(), view), algebra);
        ledger.become(rows.all(), rows.labels(), rows.outputs());
        return ledger;
    }

    /** The fixed features of a view of a lesson's members. */
    RandomFeatures randomFeatures(Lesson lesson, View view) {
        List<Integer> dimensions = lesson.featureMap()
                .dimensions(lesson.members().stream()
                        .map(member -> member.info().dimension())
                        .toList());
        int dimension = 0;
        for (int m = 0; m < dimensions.size(); m++) {
            dimension += view.includes(m) ? dimensions.get(m) : 0;
        }
        int seen = dimension;
        int count = features(lesson, view);
        double width = settings.widths().get(0);
        return randomFeatures.computeIfAbsent(
                List.of(view, seen, count, width), key -> new RandomFeatures(view, seen, count, width));
    }

    private int features(Lesson lesson, View view) {
        if (view.size() > 1) {
            return settings.jointFeatures();
        }
        boolean isStatic = lesson.members().get(view.first()).info().reading() == EncoderInfo.Reading.STATIC;
        return isStatic ? settings.staticFeatures() : settings.memberFeatures();
    }

    /** The first candidate, unless a later one is clearly better: equal evidence always gives equal choices. */
    static double best(List<Double> candidates, DoubleFunction<Double> loss) {
        List<Double> losses = candidates.parallelStream().map(loss::apply).toList();
        int best = 0;
        for (int i = 1; i < losses.size(); i++) {
            if (losses.get(i) < losses.get(best) - SIMPLER_UNLESS_BETTER_BY * Math.abs(losses.get(best))) {
                best = i;
            }
        }
        return candidates.get(best);
    }

    private FittedHead silent(View view, int outputs) {
        KernelHead head = new KernelHead(
                view, settings.widths().get(0), settings.ridges().get(0), List.of(), Matrix.zeros(0, outputs));
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

    static View whole(Lesson lesson) {
        return View.contextual(lesson.members());
    }

    private static String name(Lesson lesson, View view) {
        return view.size() > 1
                ? Part.JOINT
                : lesson.members().get(view.first()).info().id();
    }
}
