// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import dev.perennial.adapt.MergeRule;
import dev.perennial.adapt.MovingAverage;
import dev.perennial.adapt.MovingAverage.Retention;
import dev.perennial.adapt.RetainedShares;
import dev.perennial.adapt.TensorEvidence;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Merges what a training makes of an adapter with what that adapter was before. Follows the training, and passes on
 * what it is told. Confined to one thread.
 *
 * <p>Where a line is looked at, the trained numbers are taken for the best of the new examples: no derivative is put
 * into the balance. It adds up along the way that all numbers go together, which diagonal information does not know of:
 * against it the curvature would be a hundredth, and the mere sign of the derivative would decide for all or nothing.
 */
final class Merging implements StepListener {
    private final Training training;
    private final MergeRule rule;
    private final StepListener listener;
    private final List<float[]> old;
    private final Optional<MovingAverage> average;
    private List<float[]> best = List.of();

    /** @param training before its first step, with the numbers of the adapter */
    Merging(Training training, MergeRule rule, StepListener listener) {
        this.training = training;
        this.rule = rule;
        this.listener = listener;
        this.old = training.learnt();
        this.average = rule instanceof MergeRule.EachStep eachStep
                ? Optional.of(new MovingAverage(
                        eachStep,
                        training.tuned().stream().collect(Collectors.toMap(Parameter::name, Parameter::copy))))
                : Optional.empty();
    }

    @Override
    public boolean goesOn() {
        return listener.goesOn();
    }

    @Override
    public void stepped(int step, double loss) {
        average.ifPresent(running -> training.tuned()
                .forEach(parameter -> running.step(parameter.name(), parameter.copy(), gradient(parameter))));
        listener.stepped(step, loss);
    }

    private static float[] gradient(Parameter parameter) {
        float[] gradient = new float[parameter.size()];
        parameter.gradient().get(0, gradient);
        return gradient;
    }

    @Override
    public void settled(int step) {
        listener.settled(step);
    }

    /** What is averaged so far is what counts, unless a later step is better. */
    @Override
    public void bettered(int step) {
        average.ifPresent(running -> best = averages(running));
        listener.bettered(step);
    }

    private List<float[]> averages(MovingAverage running) {
        return training.tuned().stream()
                .map(parameter -> running.average(parameter.name()))
                .toList();
    }

    /**
     * Makes the training's numbers the merged ones, when it has come to its end.
     *
     * @param before what the old numbers are worth to what was learnt before
     * @param now what the trained numbers are worth to the new examples
     * @return how much of the old was retained
     */
    RetainedShares merge(List<double[]> before, Information now) {
        if (average.isPresent()) {
            training.putBack(best.isEmpty() ? averages(average.get()) : best);
            return RetainedShares.of(average.get().retentions());
        }
        return rule instanceof MergeRule.LineMerge line
                ? RetainedShares.of(alongTheLine(line, before, now))
                : RetainedShares.NONE;
    }

    private List<Retention> alongTheLine(MergeRule.LineMerge line, List<double[]> before, Information now) {
        List<Retention> retentions = new ArrayList<>();
        List<float[]> merged = new ArrayList<>();
        for (int p = 0; p < old.size(); p++) {
            Parameter parameter = training.tuned().get(p);
            float[] values = parameter.copy();
            double share = line.retention(new TensorEvidence(
                    old.get(p),
                    values,
                    new double[values.length],
                    before.get(p),
                    now.fishers().get(p)));
            merged.add(MovingAverage.merged(share, old.get(p), values));
            retentions.add(new Retention(parameter.name(), training.steps(), share));
        }
        training.putBack(merged);
        return retentions;
    }
}
