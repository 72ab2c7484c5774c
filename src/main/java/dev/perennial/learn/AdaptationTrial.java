// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.task.TaskId;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.DoubleStream;

/**
 * How held-out examples of a task are answered by its members as they ship, and with one of them adapted to the others:
 * the same examples, in the same order. Neither the adapted encoder nor the heads have seen them.
 *
 * @param frozen the ensemble of all members as they ship
 * @param adapted the same with the adapted one in its place
 * @param frozenAlone the member by itself
 * @param adaptedAlone the adapted one by itself
 */
public record AdaptationTrial(TaskId task, Arm frozen, Arm adapted, Arm frozenAlone, Arm adaptedAlone) {

    /** Number of held-out examples. */
    public int examples() {
        return frozen.scores().length;
    }

    /** Which answers of the ensemble are right with the one and wrong with the other. */
    public Comparison comparison() {
        return new Comparison(
                task, new Examination(frozen.scores(), Map.of()), new Examination(adapted.scores(), Map.of()));
    }

    /** Both trials as one, over the examples of both. */
    public AdaptationTrial and(AdaptationTrial other) {
        return new AdaptationTrial(
                task,
                joined(frozen, other.frozen),
                joined(adapted, other.adapted),
                joined(frozenAlone, other.frozenAlone),
                joined(adaptedAlone, other.adaptedAlone));
    }

    private static Arm joined(Arm a, Arm b) {
        return new Arm(joined(a.scores(), b.scores()), joined(a.losses(), b.losses()));
    }

    private static double[] joined(double[] a, double[] b) {
        return DoubleStream.concat(Arrays.stream(a), Arrays.stream(b)).toArray();
    }
}
