// SPDX-License-Identifier: Apache-2.0
package dev.perennial.ensemble;

import dev.perennial.math.Platt;
import dev.perennial.math.Probabilities;
import dev.perennial.math.RiskControl;
import dev.perennial.task.Kind;
import dev.perennial.task.Policy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * When a stage's answer is given and the dearer members are not asked. A stage is sure enough when the probability that
 * the full ensemble would say the same reaches a bar, which is one for all stages and chosen from held-out examples so
 * that, with 95 % confidence, at most the agreed share of all answers differs from the full ensemble's (see
 * {@link RiskControl}). Immutable.
 *
 * <p>What the confidence rests on: examples count one by one, each answered without it and its kin. A task whose
 * examples are many variations of few sentences has less evidence than their number says. The links are fitted to the
 * same examples, two numbers a stage.
 *
 * <p>An answer is the most probable label, or, where the policy says so, none; of several labels, those that apply.
 * Where errors have costs of their own, and for scores, no stage stands in for the full ensemble.
 *
 * @param links by stage, from margins to the log-odds of agreement
 * @param bar the log-odds from which on a stage is sure enough; infinite when none ever is
 */
public record Cascade(List<Platt> links, double bar) {
    private static final double DOUBT = 0.05;
    private static final double STRICTEST = 12;
    private static final double STEP = 0.1;
    private static final int LEVELS = 121;

    /** Evidence worth two examples that margins are log-odds of agreement. */
    private static final Platt PRIOR = new Platt(1, 0);

    private static final double PRIOR_STRENGTH = 2;

    public Cascade {
        links = List.copyOf(links);
    }

    /** The cascade that evidence allows under a policy. */
    static Cascade of(Agreement evidence, Kind kind, Policy policy) {
        if (isClosed(evidence, policy)) {
            return new Cascade(List.of(), Double.POSITIVE_INFINITY);
        }
        List<boolean[]> same = new ArrayList<>();
        List<Platt> links = new ArrayList<>();
        for (Agreement.ByExample stage : evidence.stages()) {
            boolean[] agrees = agrees(stage, evidence.probability(), kind, policy);
            same.add(agrees);
            links.add(link(stage.margin(), agrees));
        }
        Cascade untested = new Cascade(links, Double.POSITIVE_INFINITY);
        int safe = RiskControl.laxestSafe(
                LEVELS,
                level -> untested.losses(evidence, same, bar(level)),
                evidence.examples(),
                new RiskControl.Terms(policy.cascadeRisk(), DOUBT));
        return safe < 0 ? untested : new Cascade(links, bar(safe));
    }

    private static boolean isClosed(Agreement evidence, Policy policy) {
        return evidence.stages().isEmpty() || !policy.errorCosts().isEmpty();
    }

    /**
     * Whether the first stage may give every answer, however unsure it is: with the same confidence, at most the agreed
     * share of them differs from the full ensemble's.
     */
    public static boolean mayAlwaysStop(Agreement evidence, Kind kind, Policy policy) {
        if (isClosed(evidence, policy)) {
            return false;
        }
        boolean[] agrees = agrees(evidence.stages().get(0), evidence.probability(), kind, policy);
        int losses = 0;
        for (boolean each : agrees) {
            losses += each ? 0 : 1;
        }
        int lost = losses;
        RiskControl.Terms terms = new RiskControl.Terms(policy.cascadeRisk(), DOUBT);
        return RiskControl.laxestSafe(1, only -> lost, evidence.examples(), terms) == 0;
    }

    private static double bar(int level) {
        return STRICTEST - STEP * level;
    }

    /** Of one label, not to answer is an answer, too; several are never abstained from. */
    private static boolean[] agrees(Agreement.ByExample stage, double[] full, Kind kind, Policy policy) {
        if (kind != Kind.CLASSIFICATION) {
            return stage.same();
        }
        boolean[] agrees = new boolean[full.length];
        for (int i = 0; i < agrees.length; i++) {
            boolean silent = Verdict.isTooUnsure(policy, stage.probability()[i]);
            agrees[i] = silent == Verdict.isTooUnsure(policy, full[i]) && (silent || stage.same()[i]);
        }
        return agrees;
    }

    private static Platt link(double[] margins, boolean[] agrees) {
        double[] truths = new double[agrees.length];
        Arrays.setAll(truths, i -> agrees[i] ? 1 : 0);
        double[] weights = new double[agrees.length];
        Arrays.fill(weights, 1);
        return Platt.fit(margins, truths, weights, PRIOR, PRIOR_STRENGTH);
    }

    private int losses(Agreement evidence, List<boolean[]> same, double at) {
        int losses = 0;
        for (int i = 0; i < evidence.examples(); i++) {
            int stage = 0;
            while (stage < links.size()
                    && !reaches(stage, evidence.stages().get(stage).margin()[i], at)) {
                stage++;
            }
            losses += stage < links.size() && !same.get(stage)[i] ? 1 : 0;
        }
        return losses;
    }

    /** Share of the examples that each stage would answer, cheapest first; the last is the full ensemble. */
    public double[] shares(Agreement evidence) {
        int stages = isOpen() ? links.size() : 0;
        double[] shares = new double[stages + 1];
        shares[stages] = 1;
        for (int i = 0; i < evidence.examples(); i++) {
            int stage = 0;
            while (stage < stages
                    && !reaches(stage, evidence.stages().get(stage).margin()[i], bar)) {
                stage++;
            }
            shares[stage] += 1.0 / evidence.examples();
            shares[stages] -= 1.0 / evidence.examples();
        }
        return shares;
    }

    private boolean reaches(int stage, double margin, double at) {
        Platt link = links.get(stage);
        return link.slope() > 0 && link.slope() * margin + link.offset() >= at;
    }

    /** Whether a stage is ever sure enough. */
    boolean isOpen() {
        return bar < Double.POSITIVE_INFINITY;
    }

    /** Whether an answer of a stage is sure enough to be given. */
    boolean stops(int stage, Kind kind, double[] answer) {
        return reaches(stage, margin(kind, answer), bar);
    }

    /**
     * How sure an answer is: by how much the log-probability of the most probable label exceeds the next one's; of
     * several labels, the smallest log-odds of a label's applying or not.
     *
     * @param kind not a score
     */
    public static double margin(Kind kind, double[] answer) {
        if (kind == Kind.CLASSIFICATION) {
            int best = Probabilities.argmax(answer);
            double next = Double.MIN_NORMAL;
            for (int c = 0; c < answer.length; c++) {
                next = c == best ? next : Math.max(next, answer[c]);
            }
            return log(answer[best]) - log(next);
        }
        double least = log(1);
        for (int c = 0; c < answer.length; c++) {
            double logOdds = Math.abs(log(answer[c]) - log(1 - answer[c]));
            least = c == 0 ? logOdds : Math.min(least, logOdds);
        }
        return least;
    }

    /**
     * Whether two answers say the same.
     *
     * @param kind not a score
     */
    public static boolean isSame(Kind kind, double[] a, double[] b) {
        boolean same = Probabilities.argmax(a) == Probabilities.argmax(b);
        for (int c = 0; c < a.length && kind == Kind.MULTILABEL; c++) {
            same &= a[c] >= Verdict.APPLIES == b[c] >= Verdict.APPLIES;
        }
        return same;
    }

    private static double log(double probability) {
        return Math.log(Math.max(probability, Double.MIN_NORMAL));
    }
}
