// SPDX-License-Identifier: Apache-2.0
package dev.perennial.evaluate;

import dev.perennial.task.Input;
import dev.perennial.task.Teaching;
import dev.perennial.text.Text;
import java.lang.Character.UnicodeScript;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * Rows that have something in common.
 *
 * @param name what
 * @param rows their positions
 */
record RowGroup(String name, List<Integer> rows) {
    RowGroup {
        rows = List.copyOf(rows);
    }

    /** Thirds by the number of characters; rows of one length are in one of them. */
    static List<RowGroup> byLength(List<Teaching> rows) {
        int[] lengths = rows.stream().mapToInt(row -> length(row.input())).toArray();
        int[] sorted = IntStream.of(lengths).sorted().toArray();
        int third = sorted[(sorted.length - 1) / 3];
        int twoThirds = sorted[2 * (sorted.length - 1) / 3];
        return List.of(
                of("at most " + third + " characters", lengths.length, row -> lengths[row] <= third),
                of(
                        (third + 1) + " to " + twoThirds + " characters",
                        lengths.length,
                        row -> lengths[row] > third && lengths[row] <= twoThirds),
                of("more than " + twoThirds + " characters", lengths.length, row -> lengths[row] > twoThirds));
    }

    /** By the script that most letters are of; none where all rows are of one. */
    static List<RowGroup> byScript(List<Teaching> rows) {
        List<String> scripts = rows.stream().map(row -> script(row.input())).toList();
        List<String> distinct = scripts.stream().distinct().sorted().toList();
        return distinct.size() < 2
                ? List.of()
                : distinct.stream()
                        .map(script -> of(
                                script + " script",
                                rows.size(),
                                row -> scripts.get(row).equals(script)))
                        .toList();
    }

    /** Thirds by the score that is right; rows of one score are in one of them. */
    static List<RowGroup> byScore(List<Teaching> rows) {
        double[] scores =
                rows.stream().mapToDouble(row -> RowOutcome.score(row.answer())).toArray();
        double[] sorted = DoubleStream.of(scores).sorted().toArray();
        double third = sorted[(sorted.length - 1) / 3];
        double twoThirds = sorted[2 * (sorted.length - 1) / 3];
        return List.of(
                of("scores up to " + third, scores.length, row -> scores[row] <= third),
                of(
                        "scores above " + third + " up to " + twoThirds,
                        scores.length,
                        row -> scores[row] > third && scores[row] <= twoThirds),
                of("scores above " + twoThirds, scores.length, row -> scores[row] > twoThirds));
    }

    private static RowGroup of(String name, int rows, IntPredicate belongs) {
        return new RowGroup(
                name, IntStream.range(0, rows).filter(belongs).boxed().toList());
    }

    private static int length(Input input) {
        return input.text().value().length()
                + input.textPair().map(Text::value).map(String::length).orElse(0);
    }

    private static String script(Input input) {
        Map<UnicodeScript, Integer> letters = new EnumMap<>(UnicodeScript.class);
        String all = input.text().value() + input.textPair().map(Text::value).orElse("");
        all.codePoints().filter(Character::isLetter).forEach(c -> letters.merge(UnicodeScript.of(c), 1, Integer::sum));
        String most = letters.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .map(entry -> entry.getKey().name())
                .orElse("no");
        return most.toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
