// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.adapt.RetainedShares;
import java.util.List;

/**
 * What a training gave.
 *
 * @param adapter what changed of the encoder; not copied
 * @param parameters how many numbers could change
 * @param steps after how many steps the adapter is what it is; fewer than were made where the later ones gained nothing
 * @param cpuSeconds processor time of the process that trained, from its start to its end
 * @param peakBytes most memory that it held; 0 where the system does not tell
 * @param losses of all steps that were made
 * @param wasStopped whether it ended before all steps were made, because time was over or nothing more was gained
 * @param information what its numbers are worth to all that it has learnt, with which it can go on learning; empty
 *     where the strategy does not allow that; not copied
 * @param retained how much of an adapter that went on learning was retained
 * @param stepsBefore how many of the steps an earlier process had made
 */
@SuppressWarnings("ArrayRecordComponent")
public record TrainedAdapter(
        byte[] adapter,
        long parameters,
        int steps,
        double cpuSeconds,
        long peakBytes,
        List<Double> losses,
        boolean wasStopped,
        byte[] information,
        RetainedShares retained,
        int stepsBefore) {
    public TrainedAdapter {
        losses = List.copyOf(losses);
    }
}
