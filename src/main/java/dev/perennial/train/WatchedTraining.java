// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import dev.perennial.encode.TokenSequence;
import dev.perennial.math.FloatMatrix;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/**
 * A training that ends early when time is over or the {@link HeldOutLoss} of its texts falls no longer, and then is as
 * it was at its best. Confined to one thread.
 */
final class WatchedTraining implements StepListener {
    private static final int MOST_TEXTS = 256;
    private static final int TEXTS_OF_A_RUN = 16;
    private static final int LOOKS = 8;
    private static final int LEAST_STEPS_BETWEEN = 5;
    private static final int PATIENCE = 3;

    private final Training training;
    private final List<Objective.LabelledText> texts;
    private final int steps;
    private final BooleanSupplier hasTime;
    private final StepListener listener;
    private final EarlyStop earlyStop = new EarlyStop(PATIENCE);
    private List<float[]> best = List.of();
    private int bestStep;
    private boolean wasStopped;

    WatchedTraining(Training training, WorkOrder.Train order, BooleanSupplier hasTime, StepListener listener) {
        this.training = training;
        this.texts = some(order.objective().texts());
        this.steps = order.plan().steps();
        this.hasTime = hasTime;
        this.listener = listener;
    }

    private static List<Objective.LabelledText> some(List<Objective.LabelledText> all) {
        int count = Math.min(MOST_TEXTS, all.size());
        return IntStream.range(0, count)
                .mapToObj(i -> all.get((int) ((long) i * all.size() / count)))
                .toList();
    }

    /** Runs to the end, whatever ends it. */
    void run() {
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
    int bestStep() {
        return bestStep;
    }

    boolean wasStopped() {
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
        List<FloatMatrix> runs = new ArrayList<>();
        for (int from = 0; from < texts.size(); from += TEXTS_OF_A_RUN) {
            List<TokenSequence> run = texts.subList(from, Math.min(texts.size(), from + TEXTS_OF_A_RUN)).stream()
                    .map(Objective.LabelledText::text)
                    .toList();
            runs.add(training.embeddings(run));
        }
        FloatMatrix all = FloatMatrix.zeros(texts.size(), runs.get(0).columns());
        int at = 0;
        for (FloatMatrix run : runs) {
            System.arraycopy(run.data(), 0, all.data(), at, run.data().length);
            at += run.data().length;
        }
        return HeldOutLoss.of(
                all, texts.stream().mapToInt(Objective.LabelledText::label).toArray());
    }
}
