// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import dev.perennial.learn.Comparison;
import dev.perennial.learn.Examination;
import dev.perennial.refresh.Refresher.Candidate;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Whether a candidate takes a member's place: it must be better by the measure that it was learnt by, no task may
 * answer significantly less right by it alone, and over all tasks the mean of their accuracies may not fall.
 *
 * @param tasks the comparison of every task that was asked and has examples
 * @param mustBeJudged whether none of them is an objection, because the tasks that judge were named; else it is none
 */
record Judgement(Candidate candidate, List<Comparison> tasks, boolean mustBeJudged) {
    private static final double ROUNDING = 1e-12;

    Judgement {
        tasks = List.copyOf(tasks);
    }

    boolean promotes() {
        return objection().isEmpty();
    }

    private Optional<String> objection() {
        if (!candidate.isBetter()) {
            return Optional.of("It comes no nearer to its teacher on questions that it was not learnt from.");
        }
        if (mustBeJudged && tasks.isEmpty()) {
            return Optional.of("None of the tasks that were to judge it is there and has examples.");
        }
        Optional<Comparison> fallen =
                tasks.stream().filter(Comparison::fallsSignificantly).findFirst();
        if (fallen.isPresent()) {
            return Optional.of("By it alone, task " + fallen.get().task().value()
                    + " answers significantly fewer of its held-out examples right.");
        }
        if (mean(Comparison::serving) > mean(Comparison::candidate) + ROUNDING) {
            return Optional.of("By it alone, the mean accuracy of the tasks on their held-out examples falls.");
        }
        return Optional.empty();
    }

    private double mean(Function<Comparison, Examination> side) {
        return tasks.stream()
                .mapToDouble(task -> side.apply(task).accuracy())
                .average()
                .orElse(0);
    }

    /** JSON object for a person. */
    String report() {
        return new JsonText()
                .put(
                        "reason",
                        objection()
                                .orElse("It comes nearer to its teacher, and no task answers less right by it alone"
                                        + " than chance explains."))
                .put("digest", candidate.encoder().info().digest())
                .putJson("sample", candidate.report())
                .put("accuracy_before", mean(Comparison::serving))
                .put("accuracy_after", mean(Comparison::candidate))
                .putAll("tasks", tasks, Judgement::json)
                .toString();
    }

    private static String json(Comparison task) {
        return new JsonText()
                .put("task", task.task().value())
                .put("examples", task.examples())
                .put("accuracy_before", task.serving().accuracy())
                .put("accuracy_after", task.candidate().accuracy())
                .put("better", task.better())
                .put("worse", task.worse())
                .put("falls_significantly", task.fallsSignificantly())
                .putJson("stages_before", stages(task.serving()))
                .putJson("stages_after", stages(task.candidate()))
                .toString();
    }

    private static String stages(Examination examination) {
        JsonText json = new JsonText();
        examination.stages().forEach(json::put);
        return json.toString();
    }
}
