// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import dev.perennial.train.Milestone.Running;
import dev.perennial.train.Milestone.Spent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Writes down where a training is, every so often and when that is asked for, and counts what it has taken together
 * with the runs before. Confined to one thread.
 */
final class Milestones {
    private static final Duration BETWEEN = Duration.ofSeconds(5);

    /** So that a training takes a fiftieth longer at most. */
    private static final int TIMES_AS_LONG = 50;

    private final Path file;
    private final WorkListener listener;
    private final LongSupplier nanos;
    private final long began;
    private final List<Double> losses = new ArrayList<>();
    private Optional<Milestone> found = Optional.empty();
    private Optional<Running> running = Optional.empty();
    /** Empty where nothing is written down. */
    private String key = "";

    private Spent before = Spent.NOTHING;
    private long next;

    /**
     * @param listener wants one at once, and tells what this run has taken
     * @param nanos a clock that never goes back
     */
    Milestones(Path file, WorkListener listener, LongSupplier nanos) {
        this.file = file;
        this.listener = listener;
        this.nanos = nanos;
        this.began = nanos.getAsLong();
        this.next = began + BETWEEN.toNanos();
    }

    /** Looks for a checkpoint of an order; the order as it goes on. */
    WorkOrder.Train begin(WorkOrder.Train begun, String ofOrder) {
        key = ofOrder;
        found = Milestone.find(file, key);
        return found.map(one -> one.goingOn(begun)).orElse(begun);
    }

    /**
     * Has a training that was just opened go on from what was found, and follows it.
     *
     * @return losses of the steps that were made before
     * @throws dev.perennial.refusal.Refusal.Invalid when it cannot go on from there
     */
    List<Double> goOn(Running training) {
        if (!key.isEmpty()) {
            running = Optional.of(training);
        }
        found.ifPresent(one -> {
            one.putInto(training);
            losses.addAll(one.losses());
            before = one.spent();
        });
        // Its numbers are needed no more.
        found = Optional.empty();
        return List.copyOf(losses);
    }

    void stepped(double loss) {
        losses.add(loss);
    }

    /** A step is over; whether a checkpoint was written after it. */
    boolean settled() {
        boolean due = nanos.getAsLong() - next >= 0;
        if (running.isEmpty() || !(listener.wantsCheckpoint() || due)) {
            return false;
        }
        long from = nanos.getAsLong();
        boolean written = Milestone.of(key, spent(), losses, running.get()).write(file);
        long to = nanos.getAsLong();
        next = to + Math.max(BETWEEN.toNanos(), TIMES_AS_LONG * (to - from));
        return written;
    }

    /** How long the training has lasted so far, in all processes. */
    Duration time() {
        return before.time().plusNanos(nanos.getAsLong() - began);
    }

    /** What the training has taken so far, in all processes. */
    Spent spent() {
        WorkOutcome.Cost own = listener.cost();
        return new Spent(time(), before.cpuSeconds() + own.cpuSeconds(), Math.max(before.peakBytes(), own.peakBytes()));
    }
}
