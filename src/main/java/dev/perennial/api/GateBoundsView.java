// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.evaluate.GateBound;
import dev.perennial.evaluate.GateBounds;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** How much worse a candidate may be than what serves, in a reply. */
@Schema(name = "GateBounds")
record GateBoundsView(
        double accuracy,
        double recall,
        long recallRows,
        double calibration,
        double coverage,
        double slice,
        long sliceRows,
        double recent,
        long recentRows,
        double f1,
        double error,
        double correlation,
        double latencyRatio,
        double latencySlackMs,
        double memoryRatio,
        double memorySlackMib) {

    static GateBoundsView of(GateBounds bounds) {
        return new GateBoundsView(
                bounds.of(GateBound.ACCURACY),
                bounds.of(GateBound.RECALL),
                (long) bounds.of(GateBound.RECALL_ROWS),
                bounds.of(GateBound.CALIBRATION),
                bounds.of(GateBound.COVERAGE),
                bounds.of(GateBound.SLICE),
                (long) bounds.of(GateBound.SLICE_ROWS),
                bounds.of(GateBound.RECENT),
                (long) bounds.of(GateBound.RECENT_ROWS),
                bounds.of(GateBound.F1),
                bounds.of(GateBound.ERROR),
                bounds.of(GateBound.CORRELATION),
                bounds.of(GateBound.LATENCY_RATIO),
                bounds.of(GateBound.LATENCY_SLACK_MS),
                bounds.of(GateBound.MEMORY_RATIO),
                bounds.of(GateBound.MEMORY_SLACK_MIB));
    }
}
