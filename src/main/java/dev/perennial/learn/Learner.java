// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.ensemble.Ensemble;
import dev.perennial.ensemble.Known;
import dev.perennial.ensemble.Part;
import dev.perennial.ensemble.Recollection;
import dev.perennial.ensemble.Targets;
import dev.perennial.math.FixedPoint;
import dev.perennial.math.LinearAlgebra;
import dev.perennial.math.Matrix;
import dev.perennial.member.Features;
import dev.perennial.member.KernelHead;
import dev.perennial.member.RandomFeatures;
import dev.perennial.member.View;
import dev.perennial.task.Answer;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.Label;
import dev.perennial.task.Task;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.function.DoubleFunction;

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

    private static final double SIMPLER_UNLESS_BETTER_BY = 1e-9;

    private final LinearAlgebra algebra;
    private final FitSettings settings;
    private final ForkJoinPool pool;
    private final Map<List<Object>, RandomFeatures> randomFeatures = new ConcurrentHashMap<>();

    /** @param pool the threads to learn on; how many there are does not change what is learnt */
    public Learner(LinearAlgebra algebra, FitSettings settings, ForkJoinPool pool) {
        this.algebra = algebra;
        this.settings = settings;
        this.pool = pool;
    }

    /** An ensemble, and what it says of each held-out example had it not seen it. */
    public record Learnt(Ensemble ensemble, List<HeldOutAnswer> heldOut) {}

    /** The answer of the ensemble that never saw an example: probabilities of its labels, or a score in [0, 1]. */
    @SuppressWarnings("ArrayRecordComponent")
    public record HeldOutAnswer(Known known, double[] answer) {}

    /** @param ledgers the task's sufficient statistics, brought up to date on the way */
    public Learnt learn(Lesson lesson, Ledgers ledgers) {
        return onPool(() -> learn(lesson, ledgers, settings));
    }

    /** The same, with the leave-one-out answers of all examples and not only of some. */
    public Learnt learnHoldingOutAll(Lesson lesson, Ledgers ledgers) {
        return onPool(() -> learn(lesson, ledgers, settings.holdingOutAll()));
    }

    private Learnt onPool(Callable<Learnt> work) {
        return pool.invoke(ForkJoinTask.adapt(work));
    }

    private Learnt learn(Lesson lesson, Ledgers ledgers, FitSettings fit) {
        List<String> labels = labels(lesson);
        Targets targets = new Targets(lesson.task(), labels);
        List<Counted> counted = distinct(lesson.known());
        List<Row> rows = new ArrayList<>();
        rows.addAll(
                counted.parallelStream().map(each -> row(lesson, targets, each)).toList());
        List<Row> examples = List.copyOf(rows);
        rows.addAll(descriptionRows(lesson, targets, labels));
        Regression regression = new Regression(lesson, rows, labels, targets.size());
        CombinationFit.Fitted fitted = rows.size() <= fit.kernelRows()
                ? kernelForm(regression, new HeldOut(lesson.task().kind(), examples), fit)
                : featureForm(regression, heldOut(lesson.task(), examples, fit), ledgers, fit);
        List<Recollection.Trace> traces = new ArrayList<>();
        List<HeldOutAnswer> answers = new ArrayList<>();
        for (int i = 0; i < counted.size(); i++) {
            Known known = counted.get(i).known();
            double[] target = targets.of(known.example().teaching().answer());
            Row row = rows.get(i);
            traces.add(new Recollection.Trace(known, row.features(), target, row.prior(), row.weight()));
            if (i < fitted.heldOutAnswers().size()) {
                answers.add(new HeldOutAnswer(known, fitted.heldOutAnswers().get(i)));
            }
        }
        return new Learnt(ensemble(lesson, fitted.voices(), traces), answers);
    }

    /** What is to be regressed: the rows, examples first, and the names and number of the outputs. */
    private record Regression(Lesson lesson, List<Row> rows, List<String> labels, int outputs) {}

    /** An example, and how many there are of its content. */
    private record Counted(Known known, int count) {

        static Counted sum(Counted a, Counted b) {
            boolean first = a.known.example().id().compareTo(b.known.example().id()) < 0;
            return new Counted(first ? a.known : b.known, a.count + b.count);
        }

        /** Rows of equal keys are equal, so that the number belongs to the key. */
        String key() {
            String content = known.example().key().hex();
            return count == 1 ? content : content + " " + count;
        }

        double weight() {
            return count * FixedPoint.roundWeight(known.example().teaching().weight());
        }
    }

    /** The contents, in the order of content keys; keys are hashes, so a prefix is a fair sample. */
    private static List<Counted> distinct(Collection<Known> all) {
        TreeMap<String, Counted> countedByKey = new TreeMap<>();
        for (Known known : all) {
            countedByKey.merge(known.example().key().hex(), new Counted(known, 1), Counted::sum);
        }
        return List.copyOf(countedByKey.values());
    }

    private static HeldOut heldOut(Task task, List<Row> examples, FitSettings fit) {
        return new HeldOut(task.kind(), examples.subList(0, Math.min(examples.size(), fit.heldOutRows())));
    }

    private static Ensemble ensemble(Lesson lesson, Ensemble.Voices voices, List<Recollection.Trace> traces) {
        return new Ensemble(
                lesson.task(),
                lesson.revision(),
                lesson.members(),
                lesson.featureMap(),
                voices,
                new Recollection(traces));
    }

    private CombinationFit.Fitted kernelForm(Regression regression, HeldOut heldOut, FitSettings fit) {
        KernelFit.Support support = KernelFit.Support.of(algebra, heldOut.rows(), regression.rows());
        List<View> views = views(regression.lesson());
        boolean silent = regression.rows().isEmpty() || regression.outputs() == 0;
        double width = silent || views.size() == 1
                ? fit.widths().get(0)
                : chosenWidth(new KernelFit(algebra, support, View.ALL), heldOut, fit);
        List<CombinationFit.Voice> voices = views.parallelStream()
                .map(view -> {
                    FittedHead fitted = silent
                            ? silent(view, regression.outputs(), fit)
                            : fitted(new KernelFit(algebra, support, view), width, heldOut, fit);
                    return new CombinationFit.Voice(name(regression.lesson(), view), view, fitted);
                })
                .toList();
        return new CombinationFit(heldOut, voices).fit(regression.labels());
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

    private CombinationFit.Fitted featureForm(
            Regression regression, HeldOut heldOut, Ledgers ledgers, FitSettings fit) {
        Kin kin = Kin.of(algebra, heldOut.rows(), regression.rows());
        ledgers.require(basis(regression.lesson()));
        List<CombinationFit.Voice> voices = views(regression.lesson()).parallelStream()
                .map(view -> {
                    Ledger ledger = ledgers.of(view, randomFeatures(regression.lesson(), view, fit), algebra);
                    ledger.become(regression.rows(), regression.labels(), regression.outputs());
                    GramFit gram = new GramFit(algebra, ledger, heldOut.rows().size(), kin);
                    FittedHead fitted = gram.fit(fit.featureRidge());
                    return new CombinationFit.Voice(name(regression.lesson(), view), view, fitted);
                })
                .toList();
        return new CombinationFit(heldOut, voices).fit(regression.labels());
    }

    /** What, beside its example, decides a row. */
    private static Object basis(Lesson lesson) {
        List<String> digests =
                lesson.members().stream().map(member -> member.info().digest()).toList();
        return List.of(digests, lesson.featureMap(), lesson.task().scoreRange());
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
        int count = view.member() < 0 ? fit.jointFeatures() : fit.memberFeatures();
        double width = fit.widths().get(0);
        return randomFeatures.computeIfAbsent(
                List.of(view, seen, count, width), key -> new RandomFeatures(view, seen, count, width));
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

    /** All members together first, then each by itself; one member needs no second opinion of itself. */
    private static List<View> views(Lesson lesson) {
        List<View> views = new ArrayList<>();
        if (lesson.members().size() > 1) {
            views.add(View.ALL);
        }
        for (int m = 0; m < lesson.members().size(); m++) {
            views.add(new View(m));
        }
        return views;
    }

    private static String name(Lesson lesson, View view) {
        return view.member() < 0
                ? Part.JOINT
                : lesson.members().get(view.member()).info().id();
    }

    private static List<String> labels(Lesson lesson) {
        TreeSet<String> labels = new TreeSet<>();
        if (lesson.task().kind() != Kind.REGRESSION) {
            lesson.task().labels().forEach(label -> labels.add(label.name()));
            for (Known known : lesson.known()) {
                Answer answer = known.example().teaching().answer();
                if (answer instanceof Answer.OneLabel one) {
                    labels.add(one.label());
                } else if (answer instanceof Answer.Labels many) {
                    labels.addAll(many.labels());
                }
            }
        }
        return List.copyOf(labels);
    }

    private static Row row(Lesson lesson, Targets targets, Counted counted) {
        Known known = counted.known();
        double[] target = targets.of(known.example().teaching().answer());
        double prior = lesson.task().kind() == Kind.REGRESSION ? prior(lesson, known) : 0;
        for (int c = 0; c < target.length; c++) {
            target[c] = FixedPoint.round(target[c] - prior);
        }
        Features features = lesson.featureMap().features(known.encoded());
        return new Row(counted.key(), features, target, counted.weight(), prior, true);
    }

    private static double prior(Lesson lesson, Known known) {
        return lesson.task().input() == InputKind.PAIR
                ? lesson.featureMap().closeness(known.encoded())
                : Recollection.MIDDLE;
    }

    /** A label's description stands in for examples until there are some. */
    private List<Row> descriptionRows(Lesson lesson, Targets targets, List<String> labels) {
        List<Row> rows = new ArrayList<>();
        for (String label : labels) {
            if (lesson.descriptions().containsKey(label)) {
                double[] target = new double[targets.size()];
                target[targets.indexOf(label)] = 1;
                Features features =
                        lesson.featureMap().features(lesson.descriptions().get(label));
                String key = "label " + label + "\n" + describe(lesson.task(), label);
                rows.add(new Row(key, features, target, settings.descriptionWeight(), 0, false));
            }
        }
        rows.sort(Comparator.comparing(Row::key));
        return rows;
    }

    /** The text that stands for a label: its name in words, and its description when it has one. */
    public static String describe(Task task, String label) {
        String words = label.replace('_', ' ').replace('-', ' ').strip();
        return task.labels().stream()
                .filter(defined -> defined.name().equals(label))
                .map(Label::description)
                .filter(description -> !description.isBlank())
                .findFirst()
                .map(description -> words + ": " + description)
                .orElse(words);
    }
}
