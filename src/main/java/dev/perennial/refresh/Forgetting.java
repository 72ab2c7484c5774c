// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import dev.perennial.evaluate.Significance;
import dev.perennial.learn.AdaptationTrial;
import java.util.List;
import java.util.Optional;

/**
 * What tasks lose by it that their adapter went on learning from examples of others: their held-out examples, which
 * neither the old adapter nor the merged one has seen, answered by either.
 *
 * @param trials one of every task that has such examples
 */
record Forgetting(List<AdaptationTrial> trials) {
    static final Forgetting NONE = new Forgetting(List.of());

    Forgetting {
        trials = List.copyOf(trials);
    }

    /** The first task that loses significantly. */
    Optional<String> objection() {
        return trials.stream()
                .filter(trial -> trial.comparison().fallsSignificantly()
                        || PairedLosses.riseSignificantly(
                                trial.frozen().losses(), trial.adapted().losses()))
                .findFirst()
                .map(trial -> "By it, task " + trial.task().value() + " significantly forgets what it had learnt.");
    }

    static String json(AdaptationTrial trial) {
        double before = trial.frozen().accuracy();
        double after = trial.adapted().accuracy();
        return new JsonText()
                .put("task", trial.task().value())
                .put("examples", trial.examples())
                .put("accuracy_before", before)
                .put("accuracy_after", after)
                .put("forgotten", before - after)
                .put("loss_before", trial.frozen().loss())
                .put("loss_after", trial.adapted().loss())
                .put("better", trial.comparison().better())
                .put("worse", trial.comparison().worse())
                .put(
                        "mcnemar",
                        Significance.mcNemar(
                                trial.comparison().better(), trial.comparison().worse()))
                .toString();
    }
}
