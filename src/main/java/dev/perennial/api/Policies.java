// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.refusal.Fault;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.Policy;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** Reads the policy of a request, and gathers what is wrong with it. Not thread-safe. */
final class Policies {
    private final Limits limits;
    private final List<Fault> faults = new ArrayList<>();

    private Policies(Limits limits) {
        this.limits = limits;
    }

    /** @throws Refusal.Invalid with everything that is wrong */
    static Policy read(PolicyBody body, Limits limits) {
        return new Policies(limits).policy(body);
    }

    /** @throws Refusal.Invalid when costs are given for labels that the task does not have */
    static void requireKnown(Policy policy, Collection<String> labels) {
        boolean known = policy.errorCosts().entrySet().stream()
                .allMatch(row -> labels.contains(row.getKey())
                        && labels.containsAll(row.getValue().keySet()));
        if (!known) {
            throw new Refusal.Invalid(
                    "/error_costs", "names a label that the task does not have; GET the task to see its labels");
        }
    }

    private Policy policy(PolicyBody body) {
        double coverage = or(body.targetCoverage(), Policy.DEFAULT.targetCoverage());
        double risk = or(body.cascadeRisk(), Policy.DEFAULT.cascadeRisk());
        require(coverage > 0 && coverage < 1, "/target_coverage", "must lie between 0 and 1, both excluded");
        require(risk >= 0 && risk < 1, "/cascade_risk", "must be at least 0 and below 1");
        double least = or(body.minProbability(), 0);
        require(least >= 0 && least <= 1, "/min_probability", "must lie between 0 and 1");
        require(isCost(or(body.abstainCost(), 0)), "/abstain_cost", "must be a finite number, at least 0");
        double share = or(body.maxSourceShare(), 1);
        require(share > 0 && share <= 1, "/max_source_share", "must be above 0 and at most 1");
        Map<String, Map<String, Double>> costs = errorCosts(body);
        if (!faults.isEmpty()) {
            throw new Refusal.Invalid(faults);
        }
        Policy.Learning learning =
                new Policy.Learning(optional(body.maxSourceShare()), Boolean.TRUE.equals(body.drifts()));
        return new Policy(
                coverage, optional(body.minProbability()), risk, optional(body.abstainCost()), costs, learning);
    }

    private Map<String, Map<String, Double>> errorCosts(PolicyBody body) {
        Map<String, Map<String, Double>> costs = new HashMap<>();
        if (body.errorCosts() == null) {
            return costs;
        }
        if (body.errorCosts().size() > limits.labels()) {
            throw new Refusal.TooLarge(
                    "labels", limits.labels(), body.errorCosts().size());
        }
        body.errorCosts().forEach((actual, row) -> costs.put(label(actual), row(row)));
        return costs;
    }

    private Map<String, Double> row(@Nullable Map<String, @Nullable Double> row) {
        Map<String, Double> costs = new HashMap<>();
        if (row == null || row.size() > limits.labels()) {
            faults.add(new Fault(
                    "/error_costs",
                    "every label's costs are an object of at most " + limits.labels() + " labels and their costs"));
            return costs;
        }
        row.forEach((predicted, cost) -> {
            double value = cost == null ? Double.NaN : cost;
            require(isCost(value), "/error_costs", "every cost is a finite number, at least 0");
            costs.put(label(predicted), value);
        });
        return costs;
    }

    private String label(String raw) {
        LabelName.flawIn(raw, limits.labelNameChars())
                .ifPresent(flaw -> faults.add(new Fault("/error_costs", "a label's name " + flaw)));
        return LabelName.of(raw).value();
    }

    private void require(boolean right, String pointer, String detail) {
        if (!right) {
            faults.add(new Fault(pointer, detail));
        }
    }

    private static boolean isCost(double value) {
        return Double.isFinite(value) && value >= 0;
    }

    private static double or(@Nullable Double value, double otherwise) {
        return value == null ? otherwise : value;
    }

    private static OptionalDouble optional(@Nullable Double value) {
        return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
    }
}
