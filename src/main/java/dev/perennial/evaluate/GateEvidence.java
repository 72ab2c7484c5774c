// SPDX-License-Identifier: Apache-2.0
package dev.perennial.evaluate;

import dev.perennial.task.Task;
import dev.perennial.task.Teaching;
import java.util.List;
import java.util.Optional;

/**
 * What a gate is told of what serves and of a candidate.
 *
 * @param task with the policy by which the candidate is to answer
 * @param rows the frozen suite
 * @param outcomes what both answered, row by row
 * @param recent how right both are on the examples taught last, had they not seen them; empty where none was asked
 * @param seconds how long both took for single answers, to the same inputs in turns; empty where nothing was timed
 * @param bytes memory of heads and examples
 */
public record GateEvidence(
        Task task,
        List<Teaching> rows,
        Paired<List<RowOutcome>> outcomes,
        Optional<Paired<double[]>> recent,
        Optional<Paired<double[]>> seconds,
        Optional<Paired<Long>> bytes) {
    public GateEvidence {
        rows = List.copyOf(rows);
    }
}
