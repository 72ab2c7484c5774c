// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.encode.Encoder;
import dev.perennial.task.TaskId;
import java.util.Collection;

/** Adapts encoders to examples, apart from whatever serves. Thread-safe; trainings follow one another. */
public interface EncoderTrainer {

    /**
     * Adapts an encoder. Blocks while that lasts, which is minutes. A training for a job goes on where an earlier
     * process was with the same one, or has its outcome at once.
     *
     * @param base stays as it is, and may serve meanwhile
     * @param follower called on this thread
     * @return what was learnt up to the end, or until the budget's time was over or nothing more was gained
     * @throws java.util.concurrent.CancellationException when the follower wants no more
     * @throws dev.perennial.refusal.Refusal when the encoder cannot be adapted to these examples or within this budget,
     *     or the training failed; the detail says why
     */
    TrainedAdapter train(Encoder base, EncoderTraining training, TrainingFollower follower);

    /**
     * An adapted encoder, ready to serve: with the id, pooling, prefix and window of the one that it comes from, and a
     * digest that depends on what that one reads, on the adapter and on the way in which both are computed, and on
     * nothing else. It may share what that one holds, and serves no longer than that one is open.
     *
     * @param adapter of {@link TrainedAdapter#adapter}
     * @throws dev.perennial.refusal.Refusal when the adapter was made for another encoder, or is damaged
     */
    Encoder open(Encoder base, byte[] adapter);

    /**
     * Deletes whatever was derived from other adapters than these. Who serves by it goes on.
     *
     * @param adapters whatever was derived from them stays, so that they are opened sooner
     */
    void retain(Collection<byte[]> adapters);

    /** Deletes all that is kept of a job's trainings, as it has ended. */
    void end(String job);

    /** Deletes all that is kept of the trainings of jobs that are no more. Called at a start, before jobs go on. */
    void endAllBut(Collection<String> jobs);

    /** Deletes all that is kept of trainings that may have learnt what was erased of a task. */
    void erased(TaskId task);

    /**
     * Whether an encoder is of a kind that can be adapted: a transformer in single precision, whose files are known.
     * One that is may still be refused for an operator in its graph.
     */
    boolean canAdapt(Encoder base);
}
