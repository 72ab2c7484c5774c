// SPDX-License-Identifier: Apache-2.0
package dev.perennial.drift;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Whether the answers of a task are still what they were, by detector. */
public record DriftReport(List<Line> lines) {
    public DriftReport {
        lines = List.copyOf(lines);
    }

    /** Whether any detector raises an alarm. */
    public boolean alarm() {
        return lines.stream().anyMatch(line -> line.alarmSince().isPresent());
    }

    /**
     * What one detector says.
     *
     * @param began since when there are observations, of which the first are the reference
     * @param observed how many there were
     * @param last what was seen last; empty while there are too few
     * @param alarmSince since when there is an alarm
     */
    public record Line(
            Detector detector, Instant began, long observed, Optional<Look> last, Optional<Instant> alarmSince) {}

    /**
     * A comparison of recent observations with the reference.
     *
     * @param distance of the two
     * @param byChance what it would be on average if their order were chance
     * @param pValue how likely it would be at least that
     * @param reference how many earlier observations
     * @param recent how many recent ones
     * @param at when
     */
    public record Look(double distance, double byChance, double pValue, int reference, int recent, Instant at) {}
}
