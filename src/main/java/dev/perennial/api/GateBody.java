// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.evaluate.GateBound;
import dev.perennial.evaluate.GateBounds;
import dev.perennial.refusal.Fault;
import dev.perennial.refusal.Refusal;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** How much worse a candidate may be than what serves, in a request; what is left out or null takes its default. */
@Schema(name = "GateBody")
record GateBody(
        @Schema(description = "Share of the suite's rows that may be answered worse, net; 0.003") @Nullable
        Double accuracy,

        @Schema(description = "By how much the recall of a label may fall; 0.02") @Nullable
        Double recall,

        @Schema(description = "Rows that a label must have for its recall to count; 30") @Nullable
        Integer recallRows,

        @Schema(description = "By how much the calibration error may rise; 0.01") @Nullable
        Double calibration,

        @Schema(description = "How far label sets may fall below the coverage of the policy; 0.01") @Nullable
        Double coverage,

        @Schema(description = "By how much the accuracy of a slice may fall; 0.01") @Nullable
        Double slice,

        @Schema(description = "Rows that a slice must have to count; 30") @Nullable
        Integer sliceRows,

        @Schema(description = "By how much the held-out accuracy on what was taught last may fall; 0.02") @Nullable
        Double recent,

        @Schema(description = "How many of the examples taught last are asked, at most 2000; 0 asks none; 200")
        @Nullable
        Integer recentRows,

        @Schema(description = "By how much micro F1 of several labels may fall; 0.01") @Nullable
        Double f1,

        @Schema(description = "By how much the root mean squared error may rise, as a share of the range; 0.01")
        @Nullable
        Double error,

        @Schema(description = "By how much the rank correlation of scores may fall; 0.02") @Nullable
        Double correlation,

        @Schema(description = "How many times as long an answer may take; 1.5") @Nullable
        Double latencyRatio,

        @Schema(description = "Milliseconds that an answer may take longer in any case; 5") @Nullable
        Double latencySlackMs,

        @Schema(description = "How many times as much memory heads and examples may take; 2") @Nullable
        Double memoryRatio,

        @Schema(description = "Mebibytes that they may take more in any case; 64") @Nullable
        Double memorySlackMib) {

    /**
     * What the body sets.
     *
     * @throws Refusal.Invalid when a number is out of its range
     */
    GateBounds bounds() {
        Map<GateBound, Double> own = new EnumMap<>(GateBound.class);
        List<Fault> faults = new ArrayList<>();
        for (GateBound bound : GateBound.values()) {
            Number set = of(bound);
            if (set == null) {
                continue;
            }
            double value = set.doubleValue();
            if (value >= bound.least() && value <= bound.most()) {
                own.put(bound, value);
            } else {
                faults.add(new Fault(
                        "/" + bound.key(), "must lie between " + plain(bound.least()) + " and " + plain(bound.most())));
            }
        }
        if (!faults.isEmpty()) {
            throw new Refusal.Invalid(faults);
        }
        return new GateBounds(own);
    }

    private @Nullable Number of(GateBound bound) {
        return switch (bound) {
            case ACCURACY -> accuracy;
            case RECALL -> recall;
            case RECALL_ROWS -> recallRows;
            case CALIBRATION -> calibration;
            case COVERAGE -> coverage;
            case SLICE -> slice;
            case SLICE_ROWS -> sliceRows;
            case RECENT -> recent;
            case RECENT_ROWS -> recentRows;
            case F1 -> f1;
            case ERROR -> error;
            case CORRELATION -> correlation;
            case LATENCY_RATIO -> latencyRatio;
            case LATENCY_SLACK_MS -> latencySlackMs;
            case MEMORY_RATIO -> memoryRatio;
            case MEMORY_SLACK_MIB -> memorySlackMib;
        };
    }

    /** All of them are whole. */
    private static String plain(double number) {
        return Long.toString((long) number);
    }
}
