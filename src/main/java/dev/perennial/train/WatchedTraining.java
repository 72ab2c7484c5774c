// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * A training that ends early when time is over or the {@link HeldOutLoss} of what it is watched by falls no longer, and
 * then is as it was at its best. Confined to one thread.
 */
public final class WatchedTraining implements StepListener {
    private static final int LOOKS = 8;
    private static final int LEAST_STEPS_BETWEEN = 5;
    private static final int PATIENCE = 3;

    private final Training training;
    private final Watch watch;
    private final int steps;
    private final BooleanSupplier hasTime;
    private final StepListener listener;
    private final EarlyStop earlyStop = new EarlyStop(PATIENCE);
    private List<float[]> best = List.of();
    private int bestStep;
    private boolean wasStopped;

    /**
     * A training that has made no step yet.
     *
     * @param watched of what tells when nothing more is gained
     */
    public WatchedTraining(Training training, Objective watched, BooleanSupplier hasTime, StepListener listener) {
        this.training = training;
        this.watch = Watch.of(watched);
        this.steps = training.plannedSteps();
        this.hasTime = hasTime;
        this.listener = listener;
    }

    /** Runs to the end, whatever ends it. */
    public void run() {
        wasStopped = !training.run(this);
        if (!best.isEmpty() && bestStep < training.steps()) {
            if (training.steps() % between() != 0) {
                look(training.steps());
            }
            training.putBack(best);
        } else {
            bestStep = training.steps();
        }
    }

    /** After how many steps the training is what it is. */
    public int bestStep() {
        return bestStep;
    }

    /** Whether it ended before all steps were made. */
    public boolean wasStopped() {
        return wasStopped;
    }

    @Override
    public boolean goesOn() {
        return !earlyStop.isOver() && hasTime.getAsBoolean() && listener.goesOn();
    }

    @Override
    public void stepped(int step, double loss) {
        listener.stepped(step, loss);
        if (step % between() == 0) {
            look(step);
        }
        listener.settled(step);
    }

    /**
     * What the looks have told so far.
     *
     * @param bestStep after which the encoder was the best; 0 before the first look
     * @param bestLoss held-out loss after that step; infinite before the first look
     * @param sinceBest how many looks in a row have shown no better one
     */
    record Standing(int bestStep, double bestLoss, int sinceBest) {}

    Standing standing() {
        return new Standing(bestStep, earlyStop.best(), earlyStop.sinceBest());
    }

    /** The encoder's numbers after the best step; empty before the first look. */
    List<float[]> best() {
        return best;
    }

    /** Goes on from what another process had seen of the same training. */
    void goOnFrom(Standing standing, List<float[]> numbers) {
        best = numbers;
        bestStep = standing.bestStep();
        earlyStop.goOnFrom(standing.bestLoss(), standing.sinceBest());
    }

    private int between() {
        return Math.max(LEAST_STEPS_BETWEEN, steps / LOOKS);
    }

    private void look(int step) {
        if (earlyStop.isBest(heldOutLoss())) {
            best = training.learnt();
            bestStep = step;
            listener.bettered(step);
        }
    }

    double heldOutLoss() {
        return watch.loss(training);
    }
}
