// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.task.Answer;
import java.util.List;
import java.util.OptionalDouble;

/**
 * An example that was probably taught wrongly. Holds no text.
 *
 * @param exampleId its id
 * @param given what was taught
 * @param suggested what the ensemble that never saw it, and its neighbours, say
 * @param probability of what was taught, as the ensemble that never saw it says; of several labels, of the one that is
 *     least probable; empty for a score
 * @param score how suspect it is, in [0, 1]
 * @param neighbours the examples nearest to it
 */
public record Suspect(
        String exampleId,
        Answer given,
        Answer suggested,
        OptionalDouble probability,
        double score,
        List<Neighbour> neighbours) {
    public Suspect {
        neighbours = List.copyOf(neighbours);
    }

    /** An example beside a suspect; see {@link dev.perennial.ensemble.Neighbourhood.Near}. */
    public record Neighbour(String exampleId, Answer given, double similarity) {}
}
