// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.encode.Encoder;
import dev.perennial.encode.Encoders;
import dev.perennial.ensemble.Agreement;
import dev.perennial.ensemble.Cascade;
import dev.perennial.task.Kind;
import dev.perennial.task.Policy;
import dev.perennial.task.Task;
import java.util.List;
import java.util.function.Function;

/**
 * In which numbers the members of a task multiply, where they have the choice: rounded to bytes when, with 95 %
 * confidence, at most the task's risk of all full answers differs from those in single precision (see
 * {@link Cascade#mayAlwaysStop}), else in single precision. All members of a task that have the choice go together.
 * Immutable.
 *
 * <p>The evidence are the answers that both ensembles give to the task's own examples without having seen them or their
 * kin, so the choice is a function of the set of examples and of the policy. For scores, and where errors have costs of
 * their own, there is no such test, and no risk leaves no choice.
 */
final class PrecisionChoice {
    private final List<Lineup> lineups;
    private final String terms;

    /** @param rounded whether those that have the choice are rounded to bytes */
    record Lineup(List<Encoder> members, boolean rounded) {}

    private PrecisionChoice(List<Lineup> lineups, String terms) {
        this.lineups = lineups;
        this.terms = terms;
    }

    /** @param members in single precision, cheapest first */
    static PrecisionChoice of(Task task, List<Encoder> members) {
        Lineup exact = new Lineup(members, false);
        Lineup rounded = new Lineup(Encoders.rounded(members), true);
        if (!isTestable(task) || rounded.members().equals(members)) {
            return new PrecisionChoice(List.of(exact), "");
        }
        return new PrecisionChoice(List.of(exact, rounded), terms(exact, rounded, task.policy()));
    }

    /** Whether a change of a task's policy leaves both what its members learn and how they are chosen as they are. */
    static boolean isSame(Task before, Task after, List<Encoder> members) {
        return before.policy().learning().equals(after.policy().learning())
                && of(before, members).terms().equals(of(after, members).terms());
    }

    private static boolean isTestable(Task task) {
        return task.kind() != Kind.REGRESSION
                && task.policy().errorCosts().isEmpty()
                && task.policy().cascadeRisk() > 0;
    }

    private static String terms(Lineup exact, Lineup rounded, Policy policy) {
        return " of " + digests(exact) + " and " + digests(rounded) + " at " + policy.cascadeRisk() + " "
                + policy.minProbability() + " " + policy.abstainCost();
    }

    private static List<String> digests(Lineup lineup) {
        return lineup.members().stream().map(member -> member.info().digest()).toList();
    }

    /** What may serve; single precision first. */
    List<Lineup> lineups() {
        return lineups;
    }

    /** The lineup of these members; the first when there is none. */
    Lineup of(List<Encoder> members) {
        return lineups.stream()
                .filter(lineup -> lineup.members().equals(members))
                .findFirst()
                .orElse(lineups.get(0));
    }

    /** Every encoder that must have read the examples. */
    List<Encoder> readers() {
        return lineups.stream()
                .flatMap(lineup -> lineup.members().stream())
                .distinct()
                .toList();
    }

    /** Names what decides the choice beside the examples; empty where there is none. */
    String terms() {
        return terms;
    }

    /** What serves. Where even equal answers would be too little evidence, nothing is learnt twice. */
    Learner.Learnt made(Function<Lineup, Learner.Learnt> learn) {
        Learner.Learnt exact = learn.apply(lineups.get(0));
        if (lineups.size() == 1 || !mayReplace(exact, exact)) {
            return exact.chosenBy(terms);
        }
        Learner.Learnt rounded = learn.apply(lineups.get(1));
        return (mayReplace(rounded, exact) ? rounded : exact).chosenBy(terms);
    }

    private static boolean mayReplace(Learner.Learnt rounded, Learner.Learnt exact) {
        Task task = exact.ensemble().task();
        Agreement evidence = Agreement.of(task.kind(), List.of(strangers(rounded)), strangers(exact));
        return Cascade.mayAlwaysStop(evidence, task.kind(), task.policy());
    }

    private static List<double[]> strangers(Learner.Learnt learnt) {
        return learnt.heldOut().stream().map(Learner.HeldOutAnswer::asStranger).toList();
    }
}
