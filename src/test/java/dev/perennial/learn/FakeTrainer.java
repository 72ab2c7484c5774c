// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.perennial.adapt.MovingAverage;
import dev.perennial.adapt.RetainedShares;
import dev.perennial.encode.Encoder;
import dev.perennial.encode.FakeEncoder;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.TaskId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;

/** Adapts fake encoders at once: afterwards they see as the encoder of some id does, whatever the examples are. */
public final class FakeTrainer implements EncoderTrainer {
    private static final byte[] INFORMATION = "information".getBytes(UTF_8);
    private static final RetainedShares RETAINED =
            RetainedShares.of(List.of(new MovingAverage.Retention("tensor", 40, 0.25)));

    private final String seesAs;
    private String goesOnAs;
    private final List<EncoderTraining> trainings = new ArrayList<>();
    private Optional<AdaptationStrategy> refused = Optional.empty();
    private final List<String> retained = new ArrayList<>();
    private final List<String> ended = new ArrayList<>();
    private boolean hasLostFiles;

    public FakeTrainer(String seesAs) {
        this.seesAs = seesAs;
        this.goesOnAs = seesAs;
    }

    /** The same, but an adapter that goes on learning comes to see as another encoder does. */
    public FakeTrainer goingOnAs(String id) {
        goesOnAs = id;
        return this;
    }

    /** The same, but it refuses a strategy. */
    public FakeTrainer refusing(AdaptationStrategy strategy) {
        refused = Optional.of(strategy);
        return this;
    }

    /** The same, but what it makes of an adapter cannot be read. */
    public FakeTrainer withoutFiles() {
        hasLostFiles = true;
        return this;
    }

    @Override
    public TrainedAdapter train(Encoder base, EncoderTraining training, TrainingFollower follower) {
        if (refused.equals(Optional.of(training.strategy()))) {
            throw new Refusal.Conflict("too little memory");
        }
        trainings.add(training);
        List<Double> losses = new ArrayList<>();
        for (int step = 1; step <= training.budget().steps(); step++) {
            if (!follower.goesOn()) {
                throw new CancellationException("no more is wanted");
            }
            losses.add(1.0 / step);
            follower.stepped(step, training.budget().steps(), 1.0 / step);
        }
        boolean goesOn = training.continuation().isPresent();
        return new TrainedAdapter(
                (goesOn ? goesOnAs : seesAs).getBytes(UTF_8),
                7,
                training.budget().steps(),
                1,
                1000,
                losses,
                false,
                INFORMATION,
                goesOn ? RETAINED : RetainedShares.NONE,
                0);
    }

    @Override
    public Encoder open(Encoder base, byte[] adapter) {
        retained.add(new String(adapter, UTF_8));
        if (hasLostFiles) {
            throw new Refusal.StoreUnavailable("the disk is gone", 1);
        }
        return FakeEncoder.adapted(base.info().id(), new String(adapter, UTF_8));
    }

    @Override
    public void retain(Collection<byte[]> adapters) {
        retained.clear();
        adapters.forEach(adapter -> retained.add(new String(adapter, UTF_8)));
    }

    @Override
    public void end(String job) {
        ended.add(job);
    }

    @Override
    public void endAllBut(Collection<String> jobs) {
        // It keeps nothing beside what it trains.
    }

    @Override
    public void erased(TaskId task) {
        // It keeps nothing beside what it trains.
    }

    /** Jobs of which nothing is to be kept any more, in the order in which that was said. */
    public List<String> ended() {
        return ended;
    }

    @Override
    public boolean canAdapt(Encoder base) {
        return base instanceof FakeEncoder;
    }

    public List<EncoderTraining> trainings() {
        return trainings;
    }

    /** Of which adapters there are files. */
    public List<String> retained() {
        return retained;
    }
}
