// SPDX-License-Identifier: Apache-2.0
package dev.perennial.benchmark;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Function;

/** Methods by what they came to over several orders of a stream, as a Markdown table in points. */
final class StreamTable {
    private static final Map<String, Function<StreamReplay, OptionalDouble>> COLUMNS = columns();

    private final Map<String, List<StreamReplay>> replaysByMethod = new LinkedHashMap<>();

    private static Map<String, Function<StreamReplay, OptionalDouble>> columns() {
        Map<String, Function<StreamReplay, OptionalDouble>> columns = new LinkedHashMap<>();
        columns.put("average accuracy", replay -> replay.measures().averageAccuracy());
        columns.put("forgetting", replay -> replay.measures().forgetting());
        columns.put(
                "forgetting among the labels known then",
                replay -> replay.amongOld().forgetting());
        columns.put("BWT", replay -> replay.measures().backwardTransfer());
        columns.put(
                "BWT among the labels known then", replay -> replay.amongOld().backwardTransfer());
        columns.put("FWT", replay -> replay.measures().forwardTransfer());
        columns.put("new accuracy", replay -> replay.measures().newAccuracy());
        columns.put("AIA", replay -> replay.measures().averageIncrementalAccuracy());
        return columns;
    }

    /** Adds what a method came to in one order, and prints it. */
    void add(String method, long seed, StreamReplay replay) {
        replaysByMethod.computeIfAbsent(method, any -> new ArrayList<>()).add(replay);
        StringBuilder line = new StringBuilder();
        COLUMNS.forEach((name, column) -> line.append(String.format("  %s %s", name, points(column.apply(replay)))));
        System.out.printf("  %s, order of seed %d:%s%n", method, seed, line);
    }

    private static String points(OptionalDouble measure) {
        return measure.isPresent() ? String.format("%.3f", 100 * measure.getAsDouble()) : "–";
    }

    /** Mean and standard deviation over the orders. */
    void print() {
        System.out.println("| method | " + String.join(" | ", COLUMNS.keySet()) + " |");
        System.out.println("| --- |" + " --- |".repeat(COLUMNS.size()));
        replaysByMethod.forEach((method, replays) -> {
            StringBuilder row = new StringBuilder("| " + method);
            for (Function<StreamReplay, OptionalDouble> column : COLUMNS.values()) {
                row.append(" | ").append(spread(replays, column));
            }
            System.out.println(row + " |");
        });
    }

    private static String spread(List<StreamReplay> replays, Function<StreamReplay, OptionalDouble> column) {
        double[] values = replays.stream()
                .map(column)
                .flatMapToDouble(OptionalDouble::stream)
                .map(value -> 100 * value)
                .toArray();
        if (values.length == 0) {
            return "–";
        }
        double mean = 0;
        for (double value : values) {
            mean += value / values.length;
        }
        double squares = 0;
        for (double value : values) {
            squares += (value - mean) * (value - mean);
        }
        double deviation = values.length < 2 ? 0 : Math.sqrt(squares / (values.length - 1));
        return String.format("%.2f ± %.2f", mean, deviation);
    }
}
