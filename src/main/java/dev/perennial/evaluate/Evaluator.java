// SPDX-License-Identifier: Apache-2.0
package dev.perennial.evaluate;

import dev.perennial.ensemble.Mode;
import dev.perennial.ensemble.Prediction;
import dev.perennial.evaluate.Answering.Said;
import dev.perennial.evaluate.Evaluation.Latency;
import dev.perennial.evaluate.Evaluation.ModeFigures;
import dev.perennial.evaluate.Evaluation.Slice;
import dev.perennial.task.Input;
import dev.perennial.task.Teaching;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/** Asks rows whose answers are known, and says how good the answers are. Nothing is stored and nothing changes. */
public final class Evaluator {
    private static final int AT_ONCE = 64;
    private static final double NANOS_PER_SECOND = 1e9;
    private static final List<Mode> MODES = List.of(Mode.AUTO, Mode.FULL, Mode.FAST);

    /** Told how many rows were read; what it throws ends the evaluation. */
    @FunctionalInterface
    public interface Watch {
        Watch NONE = (done, total) -> {};

        void read(long done, long total);
    }

    /**
     * How to evaluate.
     *
     * @param stress whether to ask the rows written worse as well
     * @param timed how many single answers are timed in each mode, at most
     * @param seed of draws and slips
     */
    public record Options(boolean stress, int timed, long seed) {}

    private final Answering answering;
    private final List<Teaching> rows;
    private final Options options;
    private final Watch watch;
    private long done;

    private Evaluator(Answering answering, List<Teaching> rows, Options options, Watch watch) {
        this.answering = answering;
        this.rows = rows;
        this.options = options;
        this.watch = watch;
    }

    /**
     * Evaluates.
     *
     * @param rows at least one, of the kind of the task
     */
    public static Evaluation evaluate(Answering answering, List<Teaching> rows, Options options, Watch watch) {
        return new Evaluator(answering, List.copyOf(rows), options, watch).evaluate();
    }

    /** What a mode answers, row by row, and nothing else: what is needed to compare two on the same rows. */
    public static List<RowOutcome> outcomes(Answering answering, List<Teaching> rows, Mode mode) {
        Evaluator evaluator = new Evaluator(answering, rows, new Options(false, 0, 0), Watch.NONE);
        return evaluator.outcomes(evaluator.said(inputs(rows)), mode);
    }

    private Evaluation evaluate() {
        List<Said> said = said(inputs(rows));
        Map<Mode, List<RowOutcome>> byMode = new TreeMap<>();
        MODES.forEach(mode -> byMode.put(mode, outcomes(said, mode)));
        List<ModeFigures> modes =
                MODES.stream().map(mode -> figures(mode, byMode)).toList();
        List<RowOutcome> outcomes = of(byMode, Mode.AUTO);
        return new Evaluation(
                modes.get(0).figures(),
                outcomes,
                modes,
                VoiceScores.of(answering, rows, said),
                slices(outcomes),
                rows.stream().filter(this::isTaught).count());
    }

    private static List<RowOutcome> of(Map<Mode, List<RowOutcome>> byMode, Mode mode) {
        return byMode.getOrDefault(mode, List.of());
    }

    private List<Said> said(List<Input> inputs) {
        return read(inputs, (row, said) -> said);
    }

    /** The answers in mode auto to inputs that are the rows written otherwise; nothing else of them is held. */
    private List<RowOutcome> rewritten(List<Input> inputs) {
        return read(inputs, (row, said) -> outcome(row, said, Mode.AUTO));
    }

    /** @param kept what is held of the answers to an input, by its position */
    private <T> List<T> read(List<Input> inputs, BiFunction<Integer, Said, T> kept) {
        List<T> all = new ArrayList<>(inputs.size());
        for (int from = 0; from < inputs.size(); from += AT_ONCE) {
            int to = Math.min(inputs.size(), from + AT_ONCE);
            for (Said said : answering.answers(inputs.subList(from, to))) {
                all.add(kept.apply(all.size(), said));
            }
            done += to - from;
            watch.read(done, total());
        }
        return all;
    }

    private long total() {
        int passes = options.stress() ? 1 + Stress.values().length : 1;
        return (long) rows.size() * passes;
    }

    private List<RowOutcome> outcomes(List<Said> said, Mode mode) {
        return IntStream.range(0, rows.size())
                .mapToObj(row -> outcome(row, said.get(row), mode))
                .toList();
    }

    private RowOutcome outcome(int row, Said said, Mode mode) {
        return RowOutcome.of(answering.task(), row, rows.get(row).answer(), said.by(mode));
    }

    private ModeFigures figures(Mode mode, Map<Mode, List<RowOutcome>> byMode) {
        List<RowOutcome> outcomes = of(byMode, mode);
        Map<String, Double> stages = new TreeMap<>();
        outcomes.forEach(row -> stages.merge(row.prediction().stage(), 1.0 / outcomes.size(), Double::sum));
        return new ModeFigures(
                mode,
                Figures.of(answering.task(), outcomes, options.seed()),
                PairedDifference.of(of(byMode, Mode.FULL), outcomes, options.seed()),
                latency(mode),
                answering.bytes(mode),
                stages);
    }

    /** Of rows that lie evenly among all; the first is asked twice, since whatever is asked first takes longer. */
    private Latency latency(Mode mode) {
        int timed = Math.min(options.timed(), rows.size());
        double[] seconds = new double[timed];
        for (int i = 0; i < timed; i++) {
            Input input = rows.get((int) ((long) i * rows.size() / timed)).input();
            if (i == 0) {
                requireAnswer(answering.answer(input, mode));
            }
            long began = System.nanoTime();
            requireAnswer(answering.answer(input, mode));
            seconds[i] = (System.nanoTime() - began) / NANOS_PER_SECOND;
        }
        Arrays.sort(seconds);
        return new Latency(timed, percentile(seconds, 0.5), percentile(seconds, 0.95), percentile(seconds, 0.99));
    }

    private static void requireAnswer(Prediction prediction) {
        if (prediction.stage().isEmpty()) {
            throw new IllegalStateException("an answer names its stage");
        }
    }

    /** The least of sorted numbers that a share of them does not exceed; NaN when there is none. */
    static double percentile(double[] sorted, double share) {
        return sorted.length == 0 ? Double.NaN : sorted[Math.max(0, (int) Math.ceil(share * sorted.length) - 1)];
    }

    private List<Slice> slices(List<RowOutcome> outcomes) {
        List<Slice> slices = new ArrayList<>(lengths(outcomes));
        if (rows.stream().anyMatch(this::isTaught)) {
            slices.add(part("taught", outcomes, this::isTaught));
            slices.add(part("not taught", outcomes, row -> !isTaught(row)));
        }
        if (options.stress()) {
            for (Stress stress : Stress.values()) {
                List<Input> worse = rows.stream()
                        .map(row -> stress.applied(row.input(), options.seed()))
                        .toList();
                List<RowOutcome> stressed = rewritten(worse);
                PairedDifference paired = PairedDifference.of(outcomes, stressed, options.seed());
                String name = stress.name().toLowerCase(Locale.ROOT).replace('_', ' ');
                slices.add(new Slice(name, rows.size(), Figures.accuracy(stressed), paired.difference(), paired.p()));
            }
        }
        return slices;
    }

    private List<Slice> lengths(List<RowOutcome> outcomes) {
        return RowGroup.byLength(rows).stream()
                .map(group -> slice(
                        group.name(), group.rows().stream().map(outcomes::get).toList()))
                .toList();
    }

    private Slice part(String name, List<RowOutcome> outcomes, Predicate<Teaching> belongs) {
        return slice(
                name,
                outcomes.stream()
                        .filter(row -> belongs.test(rows.get(row.index())))
                        .toList());
    }

    private static Slice slice(String name, List<RowOutcome> part) {
        return new Slice(name, part.size(), Figures.accuracy(part), Double.NaN, Double.NaN);
    }

    private boolean isTaught(Teaching row) {
        return answering.remembers(row.input());
    }

    private static List<Input> inputs(List<Teaching> rows) {
        return rows.stream().map(Teaching::input).toList();
    }
}
