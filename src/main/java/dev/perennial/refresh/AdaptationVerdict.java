// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import dev.perennial.evaluate.Significance;
import dev.perennial.learn.AdaptationObjective;
import dev.perennial.learn.AdaptationStrategy;
import dev.perennial.learn.AdaptationTrial;
import dev.perennial.learn.Arm;
import dev.perennial.learn.ChanceBar;
import dev.perennial.learn.TrainedAdapter;
import dev.perennial.learn.TriedExample;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * Whether an adapted encoder may answer its tasks in the place of the one that it was made of: told by examples that it
 * was not adapted to, answered by all members of each task together. Their loss must fall by more than chance explains,
 * no fewer of them may be answered right in all, and significantly fewer in no task.
 *
 * @param how it was adapted
 * @param trials one of every task
 * @param trainings what was learnt, one for each fold that was held out
 * @param tries how many strategies are tried, of which one may pass by chance
 * @param serving what serving by it takes
 */
record AdaptationVerdict(
        How how, List<AdaptationTrial> trials, List<TrainedAdapter> trainings, int tries, ServingCost serving) {
    /** Of one busy core, for an estimate where nothing measures the energy. */
    private static final double WATTS = 10;

    private static final double HUNDRED = 100;
    private static final double ROUNDING = 1e-12;

    /**
     * How an encoder was adapted.
     *
     * @param parameters of the whole encoder
     * @param seconds that learning and judging took
     */
    record How(AdaptationStrategy strategy, AdaptationObjective objective, long parameters, double seconds) {}

    AdaptationVerdict {
        trials = List.copyOf(trials);
        trainings = List.copyOf(trainings);
    }

    boolean promotes() {
        return objection().isEmpty();
    }

    /** By how many standard errors the loss of held-out answers falls. */
    double gain() {
        double[] falls = falls();
        double mean = Arrays.stream(falls).average().orElse(0);
        double squares =
                Arrays.stream(falls).map(fall -> (fall - mean) * (fall - mean)).sum();
        double error = Math.sqrt(squares / Math.max(1, falls.length - 1) / Math.max(1, falls.length));
        return error > 0 ? mean / error : 0;
    }

    private double[] falls() {
        return trials.stream()
                .flatMapToDouble(trial -> {
                    double[] before = trial.frozen().losses();
                    double[] after = trial.adapted().losses();
                    return IntStream.range(0, before.length).mapToDouble(i -> before[i] - after[i]);
                })
                .toArray();
    }

    int examples() {
        return trials.stream().mapToInt(AdaptationTrial::examples).sum();
    }

    private double accuracy(Function<AdaptationTrial, Arm> arm) {
        return mean(trials.stream()
                .flatMapToDouble(trial -> Arrays.stream(arm.apply(trial).scores())));
    }

    private double loss(Function<AdaptationTrial, Arm> arm) {
        return mean(trials.stream()
                .flatMapToDouble(trial -> Arrays.stream(arm.apply(trial).losses())));
    }

    private static double mean(DoubleStream numbers) {
        return numbers.average().orElse(0);
    }

    private Optional<String> objection() {
        if (examples() < 2) {
            return Optional.of("None of its tasks' examples could be held out.");
        }
        if (gain() <= ChanceBar.standardErrors(tries, examples())) {
            return Optional.of("With it, held-out examples are not answered better by more than chance explains.");
        }
        if (accuracy(AdaptationTrial::adapted) < accuracy(AdaptationTrial::frozen) - ROUNDING) {
            return Optional.of("With it, fewer held-out examples are answered right.");
        }
        return trials.stream()
                .filter(trial -> trial.comparison().fallsSignificantly())
                .findFirst()
                .map(fallen -> "With it, task " + fallen.task().value()
                        + " answers significantly fewer of its held-out examples right.");
    }

    /** How many numbers could change. */
    long trained() {
        return trainings.stream().mapToLong(TrainedAdapter::parameters).max().orElse(0);
    }

    /** One line for a person. */
    String summary() {
        return String.format(
                Locale.ROOT,
                "%s: %d held-out examples, %.1f %% right before and %.1f %% after, loss %.4f and %.4f; %s",
                how.strategy().key(),
                examples(),
                HUNDRED * accuracy(AdaptationTrial::frozen),
                HUNDRED * accuracy(AdaptationTrial::adapted),
                loss(AdaptationTrial::frozen),
                loss(AdaptationTrial::adapted),
                promotes() ? "passes" : "does not pass");
    }

    /** JSON object for a person. */
    String report() {
        return new JsonText()
                .put("reason", objection().orElse("With it, held-out examples are answered better."))
                .put("strategy", how.strategy().key())
                .put("objective", how.objective().key())
                .put("examples", examples())
                .put("accuracy_before", accuracy(AdaptationTrial::frozen))
                .put("accuracy_after", accuracy(AdaptationTrial::adapted))
                .put("loss_before", loss(AdaptationTrial::frozen))
                .put("loss_after", loss(AdaptationTrial::adapted))
                .put("standard_errors", gain())
                .put("alone_before", accuracy(AdaptationTrial::frozenAlone))
                .put("alone_after", accuracy(AdaptationTrial::adaptedAlone))
                .put("risk_before", risk(AdaptationTrial::before))
                .put("risk_after", risk(AdaptationTrial::after))
                .put("latency_ms_before", serving.before())
                .put("latency_ms_after", serving.after())
                .put("serving_bytes", serving.servingBytes())
                .putMembers(costs())
                .putAll("tasks", trials, AdaptationVerdict::json)
                .putAll("trainings", trainings, AdaptationVerdict::json)
                .toString();
    }

    private String costs() {
        double cpuSeconds =
                trainings.stream().mapToDouble(TrainedAdapter::cpuSeconds).sum();
        return new JsonText()
                .put("trainable_parameters", trained())
                .put("parameters_share", (double) trained() / Math.max(1, how.parameters()))
                .put("seconds", how.seconds())
                .put("cpu_seconds", cpuSeconds)
                .put("joules_estimate", WATTS * cpuSeconds)
                .put("watts_assumed", WATTS)
                .put(
                        "peak_bytes",
                        trainings.stream()
                                .mapToLong(TrainedAdapter::peakBytes)
                                .max()
                                .orElse(0))
                .put("adapter_bytes", trainings.isEmpty() ? 0 : trainings.get(0).adapter().length)
                .toString();
    }

    private double risk(Function<AdaptationTrial, List<TriedExample>> arm) {
        return mean(trials.stream()
                .flatMapToDouble(trial -> arm.apply(trial).stream().mapToDouble(TriedExample::cost)));
    }

    private static String json(AdaptationTrial trial) {
        return new JsonText()
                .put("task", trial.task().value())
                .put("examples", trial.examples())
                .put("accuracy_before", trial.frozen().accuracy())
                .put("accuracy_after", trial.adapted().accuracy())
                .put("loss_before", trial.frozen().loss())
                .put("loss_after", trial.adapted().loss())
                .put("risk_before", mean(trial.before().stream().mapToDouble(TriedExample::cost)))
                .put("risk_after", mean(trial.after().stream().mapToDouble(TriedExample::cost)))
                .put("better", trial.comparison().better())
                .put("worse", trial.comparison().worse())
                .put(
                        "p_value",
                        Significance.sign(
                                trial.frozen().scores(), trial.adapted().scores()))
                .put("falls_significantly", trial.comparison().fallsSignificantly())
                .put("alone_before", trial.frozenAlone().accuracy())
                .put("alone_after", trial.adaptedAlone().accuracy())
                .putAll("slices", Slices.of(trial), slice -> slice)
                .toString();
    }

    private static String json(TrainedAdapter training) {
        return new JsonText()
                .put("steps", training.steps())
                .put("cpu_seconds", training.cpuSeconds())
                .put("peak_bytes", training.peakBytes())
                .put("ended_early", training.wasStopped())
                .put("steps_before_restart", training.stepsBefore())
                .putAll("losses", training.losses(), loss -> String.format(Locale.ROOT, "%.4f", loss))
                .toString();
    }
}
