// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.drift.DriftReport;
import dev.perennial.task.TaskId;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Whether a task is still asked, and still answers, what it was.
 *
 * @param task its name
 * @param alarm whether any detector raises one
 * @param detectors what each of them says
 */
@Schema(name = "Drift")
public record DriftView(String task, boolean alarm, List<DetectorView> detectors) {

    /**
     * What one detector says; of what is looked at, nothing before the first look.
     *
     * @param detector what it watches
     * @param statistic distance of recent answers from the reference
     * @param byChance what it would be on average, were their order chance
     * @param pValue probability of at least that distance, were their order chance
     * @param referenceSize how many earlier answers
     * @param recentSize how many recent ones
     * @param observed answers since it began
     * @param beganAt since when answers are observed
     * @param lookedAt when the statistic was computed
     * @param alarm whether it raises one
     * @param since since when
     */
    @Schema(name = "DriftDetector")
    public record DetectorView(
            @Schema(enumeration = {"labels", "probability", "score", "embedding", "scope"})
            String detector,

            @Nullable Double statistic,
            @Nullable Double byChance,
            @Nullable Double pValue,
            @Nullable Integer referenceSize,
            @Nullable Integer recentSize,
            long observed,
            Instant beganAt,
            @Nullable Instant lookedAt,
            boolean alarm,
            @Nullable Instant since) {

        private static DetectorView of(DriftReport.Line line) {
            DriftReport.@Nullable Look look = line.last().orElse(null);
            return new DetectorView(
                    line.detector().key(),
                    look == null ? null : (Double) look.distance(),
                    look == null ? null : (Double) look.byChance(),
                    look == null ? null : (Double) look.pValue(),
                    look == null ? null : (Integer) look.reference(),
                    look == null ? null : (Integer) look.recent(),
                    line.observed(),
                    line.began(),
                    look == null ? null : look.at(),
                    line.alarmSince().isPresent(),
                    line.alarmSince().orElse(null));
        }
    }

    static DriftView of(TaskId task, DriftReport report) {
        return new DriftView(
                task.value(),
                report.alarm(),
                report.lines().stream().map(DetectorView::of).toList());
    }
}
