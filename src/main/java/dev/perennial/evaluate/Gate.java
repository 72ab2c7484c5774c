// SPDX-License-Identifier: Apache-2.0
package dev.perennial.evaluate;

import dev.perennial.evaluate.Significance.Interval;
import dev.perennial.task.Kind;
import dev.perennial.task.Policy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Whether a candidate may serve in the place of what serves, told by the rows of a frozen suite that both have
 * answered, by what was taught last, and by what an answer takes. It passes if it is worse in nothing that is asked;
 * that it be better is nobody's business here, because a teaching may be about what the suite does not ask (Promotion
 * gate of the design, after the field evaluation of efficient adaptation).
 *
 * @param bounds how much worse it may be
 */
public record Gate(GateBounds bounds) {
    /** Two-sided p at which the exact test of one side is at 5 %. */
    private static final double ONE_SIDED = 0.1;

    private static final double TWO_SIDED = 0.05;
    private static final double ROUNDING = 1e-12;
    private static final double MILLIS = 1e3;
    private static final double MEBIBYTE = 1 << 20;

    /** A label that was not thought of at all costs no more than this. */
    private static final double LEAST = 1e-6;

    /** What a check is about, which tells what can be done about it. */
    public enum About {
        ACCURACY,
        LABEL,
        CALIBRATION,
        COVERAGE,
        COST,
        SCORES,
        SLICE,
        RECENT,
        LATENCY,
        MEMORY
    }

    /**
     * One thing that is asked.
     *
     * @param about what it is about
     * @param name what
     * @param passed whether the candidate is good enough in it
     * @param serving what serves has of it
     * @param candidate what the candidate has of it
     * @param bound what the candidate must reach, or must not exceed
     * @param detail in words, for a person
     */
    public record Check(
            About about, String name, boolean passed, double serving, double candidate, double bound, String detail) {

        /** The same, passed, with the reason where it was not. */
        private Check excused(String why) {
            return passed ? this : new Check(about, name, true, serving, candidate, bound, detail + why);
        }
    }

    /**
     * What came of it.
     *
     * @param rows how many both were asked
     * @param paired how they differ, row by row
     * @param checks each thing that was asked
     */
    public record Verdict(long rows, PairedDifference paired, List<Check> checks) {
        public Verdict {
            checks = List.copyOf(checks);
        }

        /** Whether the candidate may serve. */
        public boolean passed() {
            return checks.stream().allMatch(Check::passed);
        }

        /** What it may not serve for, in words; empty when it may. */
        public List<String> objections() {
            return checks.stream()
                    .filter(check -> !check.passed())
                    .map(Check::detail)
                    .toList();
        }
    }

    /**
     * Judges a candidate.
     *
     * @param seed of the bootstrap's draws
     */
    public Verdict judge(GateEvidence evidence, long seed) {
        Paired<List<RowOutcome>> outcomes = evidence.outcomes();
        PairedDifference paired = PairedDifference.of(outcomes.serving(), outcomes.candidate(), seed);
        Paired<Figures> figures = outcomes.map(rows -> Figures.of(evidence.task(), rows, seed));
        List<Check> checks = new ArrayList<>();
        switch (evidence.task().kind()) {
            case CLASSIFICATION -> {
                checks.add(accuracy(figures, paired));
                checks.addAll(recalls(outcomes));
                checks.add(calibration(figures, outcomes.map(Gate::losses), seed));
                checks.add(coverage(evidence.task().policy(), figures));
                checks.add(cost(outcomes, seed));
            }
            case MULTILABEL -> {
                checks.add(accuracy(figures, paired));
                checks.add(microF1(outcomes.map(LabelCounts::of), seed));
                checks.addAll(recalls(outcomes));
                checks.add(calibration(figures, outcomes.map(Gate::losses), seed));
            }
            case REGRESSION -> {
                Paired<double[]> scores = outcomes.map(
                        rows -> GateScores.of(evidence.task().scoreRange().orElseThrow(), rows));
                checks.add(error(scores, GateScores.truth(evidence), seed));
                checks.add(correlation(scores, GateScores.truth(evidence), seed));
            }
        }
        checks.addAll(slices(evidence));
        evidence.recent().ifPresent(recent -> checks.add(recent(recent)));
        evidence.seconds().ifPresent(seconds -> checks.add(latency(seconds)));
        evidence.bytes().ifPresent(bytes -> checks.add(memory(bytes)));
        return new Verdict(outcomes.serving().size(), paired, checks);
    }

    private double bound(GateBound bound) {
        return bounds.of(bound);
    }

    /** How unlikely the truth was to each answer; of several labels the sum over them. */
    private static double[] losses(List<RowOutcome> outcomes) {
        return outcomes.stream().mapToDouble(Gate::loss).toArray();
    }

    private static double loss(RowOutcome row) {
        if (row.truth().kind() == Kind.CLASSIFICATION) {
            return -Math.log(Math.max(LEAST, row.probability(RowOutcome.label(row.truth()))));
        }
        List<String> truth = RowOutcome.labels(row.truth());
        return row.prediction().labels().stream()
                .mapToDouble(one -> truth.contains(one.label()) ? one.probability() : 1 - one.probability())
                .map(p -> -Math.log(Math.max(LEAST, p)))
                .sum();
    }

    private Check accuracy(Paired<Figures> figures, PairedDifference paired) {
        double before = figures.serving().accuracy();
        double after = figures.candidate().accuracy();
        boolean within = paired.difference() >= -bound(GateBound.ACCURACY);
        boolean significant = paired.difference() < 0 && paired.p() < ONE_SIDED;
        return new Check(
                About.ACCURACY,
                "accuracy",
                within && !significant,
                before,
                after,
                before - bound(GateBound.ACCURACY),
                "accuracy is " + number(after) + " and that of what serves " + number(before) + " ("
                        + paired.onlyFirst() + " rows lost, " + paired.onlySecond() + " won, p " + number(paired.p())
                        + ")");
    }

    /** Of every label with enough rows: the share of them that is answered with it. */
    private List<Check> recalls(Paired<List<RowOutcome>> outcomes) {
        Map<String, List<Integer>> byLabel = new TreeMap<>();
        for (int i = 0; i < outcomes.serving().size(); i++) {
            List<String> truth = truth(outcomes.serving().get(i));
            for (String label : truth) {
                byLabel.computeIfAbsent(label, any -> new ArrayList<>()).add(i);
            }
        }
        byLabel.values().removeIf(rows -> rows.size() < bound(GateBound.RECALL_ROWS));
        List<Check> checks = new ArrayList<>();
        byLabel.forEach((label, rows) -> {
            Paired<double[]> found = outcomes.map(all ->
                    rows.stream().mapToDouble(i -> found(all.get(i), label)).toArray());
            double p = amongMany(Significance.sign(found.serving(), found.candidate()), byLabel.size());
            Paired<Double> means = found.map(Gate::mean);
            double bound = means.serving() - bound(GateBound.RECALL);
            Check strict = atLeast(About.LABEL, "recall of " + label, means, bound);
            checks.add(p < ONE_SIDED ? strict : strict.excused("; but that may be chance (p " + number(p) + ")"));
        });
        return checks;
    }

    /** Of several things that are looked at one may be worse by chance (Bonferroni). */
    private static double amongMany(double p, int looks) {
        return Math.min(1, p * looks);
    }

    private static List<String> truth(RowOutcome row) {
        return row.truth().kind() == Kind.CLASSIFICATION
                ? List.of(RowOutcome.label(row.truth()))
                : RowOutcome.labels(row.truth());
    }

    private static double found(RowOutcome row, String label) {
        boolean found = row.truth().kind() == Kind.CLASSIFICATION
                ? row.right() > 0
                : row.prediction().labelSet().contains(label);
        return found ? 1 : 0;
    }

    private Check calibration(Paired<Figures> figures, Paired<double[]> losses, long seed) {
        Paired<Double> errors = figures.map(Figures::ece);
        Check strict =
                atMost(About.CALIBRATION, "calibration error", errors, errors.serving() + bound(GateBound.CALIBRATION));
        boolean likelier = !(Significance.bootstrap(losses.serving(), losses.candidate(), seed)
                        .low()
                > 0);
        return likelier ? strict.excused("; but the truth is not significantly less likely to it") : strict;
    }

    /** Of few rows it is uncertain, so that it must fall behind what was promised and behind what serves. */
    private Check coverage(Policy policy, Paired<Figures> figures) {
        Paired<Double> coverage = figures.map(Figures::coverage);
        double bound = Math.min(policy.targetCoverage(), coverage.serving()) - bound(GateBound.COVERAGE);
        return atLeast(About.COVERAGE, "coverage of label sets", coverage, bound);
    }

    private static Check cost(Paired<List<RowOutcome>> outcomes, long seed) {
        Paired<double[]> costs =
                outcomes.map(rows -> rows.stream().mapToDouble(RowOutcome::cost).toArray());
        Interval more = Significance.bootstrap(costs.serving(), costs.candidate(), seed);
        double before = mean(costs.serving());
        double after = mean(costs.candidate());
        return new Check(
                About.COST,
                "mean cost",
                !(more.low() > 0),
                before,
                after,
                before,
                "the mean cost of an answer is " + number(after) + " and that of what serves " + number(before)
                        + "; what it is more by lies between " + number(more.low()) + " and " + number(more.high())
                        + " with 95 % confidence");
    }

    private Check microF1(Paired<LabelCounts> counts, long seed) {
        Paired<Double> f1 = counts.map(LabelCounts::microF1);
        Interval rise = Significance.bootstrap(
                counts.serving().rows(),
                seed,
                drawn -> counts.candidate().microF1(drawn) - counts.serving().microF1(drawn));
        Check strict = atLeast(About.ACCURACY, "micro F1", f1, f1.serving() - bound(GateBound.F1));
        return rise.high() < 0 ? strict : strict.excused("; but that may be chance");
    }

    private Check error(Paired<double[]> scores, double[] truth, long seed) {
        Paired<double[]> squares = scores.map(answers -> GateScores.squaredErrors(answers, truth));
        Paired<Double> errors = squares.map(all -> Math.sqrt(mean(all)));
        Interval more = Significance.bootstrap(squares.serving(), squares.candidate(), seed);
        Check strict =
                atMost(About.SCORES, "root mean squared error", errors, errors.serving() + bound(GateBound.ERROR));
        return more.low() > 0 ? strict : strict.excused("; but that may be chance");
    }

    private Check correlation(Paired<double[]> scores, double[] truth, long seed) {
        Paired<Double> correlations = scores.map(answers -> GateScores.spearman(answers, truth));
        Interval rise = Significance.bootstrap(
                truth.length,
                seed,
                drawn -> GateScores.spearman(scores.candidate(), truth, drawn)
                        - GateScores.spearman(scores.serving(), truth, drawn));
        double bound = correlations.serving() - bound(GateBound.CORRELATION);
        Check strict = atLeast(About.SCORES, "rank correlation", correlations, bound);
        return rise.high() < 0 ? strict : strict.excused("; but that may be chance");
    }

    private List<Check> slices(GateEvidence evidence) {
        List<RowGroup> groups = new ArrayList<>(RowGroup.byLength(evidence.rows()));
        groups.addAll(RowGroup.byScript(evidence.rows()));
        if (evidence.task().kind() == Kind.REGRESSION) {
            groups.addAll(RowGroup.byScore(evidence.rows()));
        }
        groups.removeIf(group -> group.rows().size() < bound(GateBound.SLICE_ROWS));
        return groups.stream()
                .map(group -> slice(group, evidence.outcomes(), groups.size()))
                .toList();
    }

    private Check slice(RowGroup group, Paired<List<RowOutcome>> outcomes, int looks) {
        Paired<double[]> rights = outcomes.map(all ->
                group.rows().stream().mapToDouble(row -> all.get(row).right()).toArray());
        double p = amongMany(Significance.sign(rights.serving(), rights.candidate()), looks);
        Paired<Double> means = rights.map(Gate::mean);
        String name = "accuracy of " + group.rows().size() + " rows, " + group.name();
        Check strict = atLeast(About.SLICE, name, means, means.serving() - bound(GateBound.SLICE));
        return p < TWO_SIDED ? strict : strict.excused("; but that may be chance (p " + number(p) + ")");
    }

    private Check recent(Paired<double[]> rights) {
        double p = Significance.sign(rights.serving(), rights.candidate());
        Paired<Double> means = rights.map(Gate::mean);
        String name = "held-out accuracy on the last " + rights.serving().length + " examples";
        Check strict = atLeast(About.RECENT, name, means, means.serving() - bound(GateBound.RECENT));
        return p < ONE_SIDED ? strict : strict.excused("; but that may be chance (p " + number(p) + ")");
    }

    private Check latency(Paired<double[]> seconds) {
        double[] ratios = new double[seconds.serving().length];
        double[] more = new double[ratios.length];
        Arrays.setAll(ratios, i -> seconds.candidate()[i] / seconds.serving()[i]);
        Arrays.setAll(more, i -> MILLIS * (seconds.candidate()[i] - seconds.serving()[i]));
        boolean passed =
                median(ratios) <= bound(GateBound.LATENCY_RATIO) || median(more) <= bound(GateBound.LATENCY_SLACK_MS);
        double before = MILLIS * median(seconds.serving());
        return new Check(
                About.LATENCY,
                "median milliseconds of an answer",
                passed,
                before,
                MILLIS * median(seconds.candidate()),
                Math.max(before * bound(GateBound.LATENCY_RATIO), before + bound(GateBound.LATENCY_SLACK_MS)),
                "an answer takes " + number(median(ratios)) + " times as long, in the median " + number(median(more))
                        + " ms more");
    }

    private Check memory(Paired<Long> bytes) {
        Paired<Double> mebibytes = bytes.map(all -> all / MEBIBYTE);
        double most = Math.max(
                mebibytes.serving() * bound(GateBound.MEMORY_RATIO),
                mebibytes.serving() + bound(GateBound.MEMORY_SLACK_MIB));
        return atMost(About.MEMORY, "mebibytes of heads and examples", mebibytes, most);
    }

    private static double mean(double[] values) {
        return Arrays.stream(values).average().orElse(Double.NaN);
    }

    private static double median(double[] values) {
        double[] sorted = Arrays.stream(values).sorted().toArray();
        return Evaluator.percentile(sorted, 0.5);
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.4g", value);
    }

    private static Check atLeast(About about, String name, Paired<Double> values, double bound) {
        return new Check(
                about,
                name,
                values.candidate() >= bound - ROUNDING,
                values.serving(),
                values.candidate(),
                bound,
                name + " is " + number(values.candidate()) + ", where at least " + number(bound) + " is asked");
    }

    private static Check atMost(About about, String name, Paired<Double> values, double bound) {
        return new Check(
                about,
                name,
                values.candidate() <= bound + ROUNDING,
                values.serving(),
                values.candidate(),
                bound,
                name + " is " + number(values.candidate()) + ", where at most " + number(bound) + " is allowed");
    }
}
