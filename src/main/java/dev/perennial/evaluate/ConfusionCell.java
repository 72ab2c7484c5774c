// SPDX-License-Identifier: Apache-2.0
package dev.perennial.evaluate;

import dev.perennial.task.Answer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Rows of one label that were answered by another one.
 *
 * @param truth the right label
 * @param answered what was answered; {@code ""} for no answer
 * @param rows positions of the rows, ascending
 */
public record ConfusionCell(String truth, String answered, List<Integer> rows) {
    public ConfusionCell {
        rows = List.copyOf(rows);
    }

    /** All cells with wrong answers, those with most rows first; none but of classification. */
    public static List<ConfusionCell> of(List<RowOutcome> outcomes) {
        Map<List<String>, List<Integer>> rowsByCell = new LinkedHashMap<>();
        for (RowOutcome row : outcomes) {
            if (!row.isRight() && row.truth() instanceof Answer.OneLabel one) {
                List<String> cell =
                        List.of(one.label(), row.prediction().label().orElse(""));
                rowsByCell.computeIfAbsent(cell, any -> new ArrayList<>()).add(row.index());
            }
        }
        return rowsByCell.entrySet().stream()
                .map(cell ->
                        new ConfusionCell(cell.getKey().get(0), cell.getKey().get(1), cell.getValue()))
                .sorted(Comparator.comparingInt(
                                (ConfusionCell cell) -> -cell.rows().size())
                        .thenComparing(ConfusionCell::truth)
                        .thenComparing(ConfusionCell::answered))
                .toList();
    }
}
