// SPDX-License-Identifier: Apache-2.0
package dev.perennial.evaluate;

import dev.perennial.evaluate.Significance.Interval;
import dev.perennial.task.Kind;
import dev.perennial.task.Policy;
import dev.perennial.task.Task;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Whether a candidate may serve in the place of what serves, told by the rows of a frozen suite that both have
 * answered. It passes if it is worse in nothing that is asked; that it be better is nobody's business here, because a
 * teaching may be about what the suite does not ask (Promotion gate of the design, after the field evaluation of
 * efficient adaptation).
 *
 * @param bounds how much worse it may be
 */
public record Gate(Bounds bounds) {
    /** Two-sided p at which the exact test of one side is at 5 %. */
    private static final double ONE_SIDED = 0.1;

    private static final double ROUNDING = 1e-12;

    /** A label that was not thought of at all costs no more than this. */
    private static final double LEAST = 1e-6;

    /**
     * How much worse a candidate may be.
     *
     * @param accuracy share of the rows that it may answer worse, net
     * @param recall of a label
     * @param recallRows rows that a label must have for its recall to count
     * @param calibration added error
     * @param coverage how far label sets may fall below the task's coverage, and below those that serve
     */
    public record Bounds(double accuracy, double recall, int recallRows, double calibration, double coverage) {
        public static final Bounds DEFAULT = new Bounds(0.003, 0.02, 30, 0.01, 0.01);
    }

    /**
     * One thing that is asked.
     *
     * @param name what
     * @param passed whether the candidate is good enough in it
     * @param serving what serves has of it
     * @param candidate what the candidate has of it
     * @param bound what the candidate must reach, or must not exceed
     * @param detail in words, for a person
     */
    public record Check(String name, boolean passed, double serving, double candidate, double bound, String detail) {

        /** The same, passed, with the reason where it was not. */
        private Check excused(String why) {
            return passed ? this : new Check(name, true, serving, candidate, bound, detail + why);
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
     * @param task with the policy by which it is to answer
     * @param serving what serves said, row by row
     * @param candidate the same of the candidate
     * @param seed of the bootstrap's draws
     */
    public Verdict judge(Task task, List<RowOutcome> serving, List<RowOutcome> candidate, long seed) {
        PairedDifference paired = PairedDifference.of(serving, candidate, seed);
        Figures before = Figures.of(task, serving, seed);
        Figures after = Figures.of(task, candidate, seed);
        List<Check> checks = new ArrayList<>();
        checks.add(accuracy(before, after, paired));
        if (task.kind() == Kind.CLASSIFICATION) {
            checks.addAll(recalls(serving, candidate));
            Check strict = atMost("calibration error", before.ece(), after.ece(), before.ece() + bounds.calibration());
            boolean likelier = !(Significance.bootstrap(losses(serving), losses(candidate), seed)
                            .low()
                    > 0);
            checks.add(likelier ? strict.excused("; but the truth is not significantly less likely to it") : strict);
            checks.add(coverage(task.policy(), before, after));
            checks.add(cost(serving, candidate, seed));
        }
        return new Verdict(serving.size(), paired, checks);
    }

    private static double[] losses(List<RowOutcome> outcomes) {
        return outcomes.stream()
                .mapToDouble(row -> -Math.log(Math.max(LEAST, row.probability(RowOutcome.label(row.truth())))))
                .toArray();
    }

    private Check accuracy(Figures before, Figures after, PairedDifference paired) {
        boolean within = paired.difference() >= -bounds.accuracy();
        boolean significant = paired.difference() < 0 && paired.p() < ONE_SIDED;
        return new Check(
                "accuracy",
                within && !significant,
                before.accuracy(),
                after.accuracy(),
                before.accuracy() - bounds.accuracy(),
                "accuracy is " + after.accuracy() + " and that of what serves " + before.accuracy() + " ("
                        + paired.onlyFirst() + " rows lost, " + paired.onlySecond() + " won, p " + paired.p() + ")");
    }

    private List<Check> recalls(List<RowOutcome> serving, List<RowOutcome> candidate) {
        Map<String, double[]> byLabel = new TreeMap<>();
        for (int i = 0; i < serving.size(); i++) {
            double[] sums =
                    byLabel.computeIfAbsent(RowOutcome.label(serving.get(i).truth()), label -> new double[5]);
            double before = serving.get(i).right();
            double after = candidate.get(i).right();
            sums[0]++;
            sums[1] += before;
            sums[2] += after;
            sums[3] += before > after ? 1 : 0;
            sums[4] += after > before ? 1 : 0;
        }
        List<Check> checks = new ArrayList<>();
        byLabel.forEach((label, sums) -> {
            if (sums[0] >= bounds.recallRows()) {
                double before = sums[1] / sums[0];
                double bound = before - bounds.recall();
                double p = Significance.mcNemar((long) sums[3], (long) sums[4]);
                Check strict = atLeast("recall of " + label, before, sums[2] / sums[0], bound);
                checks.add(p < ONE_SIDED ? strict : strict.excused("; but that may be chance (p " + p + ")"));
            }
        });
        return checks;
    }

    /** Of few rows it is uncertain, so that it must fall behind what was promised and behind what serves. */
    private Check coverage(Policy policy, Figures before, Figures after) {
        double bound = Math.min(policy.targetCoverage(), before.coverage()) - bounds.coverage();
        return atLeast("coverage of label sets", before.coverage(), after.coverage(), bound);
    }

    private static Check cost(List<RowOutcome> serving, List<RowOutcome> candidate, long seed) {
        double[] before = serving.stream().mapToDouble(RowOutcome::cost).toArray();
        double[] after = candidate.stream().mapToDouble(RowOutcome::cost).toArray();
        Interval more = Significance.bootstrap(before, after, seed);
        double former = mean(before);
        double mean = mean(after);
        return new Check(
                "mean cost",
                !(more.low() > 0),
                former,
                mean,
                former,
                "the mean cost of an answer is " + mean + " and that of what serves " + former
                        + "; what it is more by lies between " + more.low() + " and " + more.high()
                        + " with 95 % confidence");
    }

    private static double mean(double[] values) {
        return Arrays.stream(values).average().orElse(Double.NaN);
    }

    private static Check atLeast(String name, double before, double after, double bound) {
        return new Check(
                name,
                after >= bound - ROUNDING,
                before,
                after,
                bound,
                name + " is " + after + ", where at least " + bound + " is asked");
    }

    private static Check atMost(String name, double before, double after, double bound) {
        return new Check(
                name,
                after <= bound + ROUNDING,
                before,
                after,
                bound,
                name + " is " + after + ", where at most " + bound + " is allowed");
    }
}
