// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.task.TaskId;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/**
 * How held-out examples of a task are answered by its members as they ship, and with one of them adapted to the others:
 * the same examples, in the same order. Neither the adapted encoder nor the heads have seen them.
 *
 * @param ensemble all members together
 * @param alone the member by itself
 * @param before the examples, as all members that ship answer them
 * @param after the same, with the adapted one in its place
 */
public record AdaptationTrial(
        TaskId task, Arms ensemble, Arms alone, List<TriedExample> before, List<TriedExample> after) {
    public AdaptationTrial {
        before = List.copyOf(before);
        after = List.copyOf(after);
    }

    /** With the member as it ships, and as it was adapted. */
    public record Arms(Arm frozen, Arm adapted) {
        private Arms and(Arms other) {
            return new Arms(joined(frozen, other.frozen), joined(adapted, other.adapted));
        }
    }

    /** The ensemble of all members as they ship. */
    public Arm frozen() {
        return ensemble.frozen();
    }

    /** The same with the adapted one in its place. */
    public Arm adapted() {
        return ensemble.adapted();
    }

    /** The member by itself. */
    public Arm frozenAlone() {
        return alone.frozen();
    }

    /** The adapted one by itself. */
    public Arm adaptedAlone() {
        return alone.adapted();
    }

    /** Number of held-out examples. */
    public int examples() {
        return frozen().scores().length;
    }

    /** Which answers of the ensemble are right with the one and wrong with the other. */
    public Comparison comparison() {
        return new Comparison(
                task,
                new Examination(frozen().scores(), Map.of()),
                new Examination(adapted().scores(), Map.of()));
    }

    /** Both trials as one, over the examples of both. */
    public AdaptationTrial and(AdaptationTrial other) {
        return new AdaptationTrial(
                task,
                ensemble.and(other.ensemble),
                alone.and(other.alone),
                Stream.concat(before.stream(), other.before.stream()).toList(),
                Stream.concat(after.stream(), other.after.stream()).toList());
    }

    private static Arm joined(Arm a, Arm b) {
        return new Arm(joined(a.scores(), b.scores()), joined(a.losses(), b.losses()));
    }

    private static double[] joined(double[] a, double[] b) {
        return DoubleStream.concat(Arrays.stream(a), Arrays.stream(b)).toArray();
    }
}
