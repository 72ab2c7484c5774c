// SPDX-License-Identifier: Apache-2.0
package dev.perennial.drift;

import dev.perennial.math.PermutationTest;
import java.time.Instant;
import java.util.Optional;

/**
 * One detector on one task: compares recent observations with a reference again and again, and raises an alarm.
 *
 * <p>Each look may raise it with probability {@code 1 / 200,000} by chance; so whatever the observations are, as long
 * as their order is chance, fewer than 2 of 100 tasks see any alarm of their four detectors within 1,000 looks, which
 * is 32,000 observations. It ends at the first look at which so large a distance is nothing unusual; from an alarm on
 * the reference does not grow, so that it never holds what the alarm was about. Owned by one thread.
 */
final class Track {
    private static final int MOST_DRAWS = 199_999;
    private static final double ALARMING = 1.0 / (MOST_DRAWS + 1);

    /** While the alarm is on, only its end is looked for, which is above this. */
    private static final double USUAL = 0.05;

    private static final int DRAWS_IN_ALARM = 999;

    private final Detector detector;
    private Column column;
    private Instant began;
    private long observed;
    private int mostReference = Windows.MOST_REFERENCE;
    private Optional<DriftReport.Look> last = Optional.empty();
    private Optional<Instant> alarmSince = Optional.empty();

    Track(Detector detector, Instant now) {
        this.detector = detector;
        this.column = Column.of(detector);
        this.began = now;
    }

    Detector detector() {
        return detector;
    }

    /** Forgets everything; what comes now is the reference. */
    void begin(Instant now) {
        column = Column.of(detector);
        began = now;
        observed = 0;
        mostReference = Windows.MOST_REFERENCE;
        last = Optional.empty();
        alarmSince = Optional.empty();
    }

    void add(Observation observation, Instant now) {
        if (detector == Detector.SCOPE && observation.scope().isEmpty()) {
            return;
        }
        column.put(Windows.slot(observed), observation);
        observed++;
        Windows windows = new Windows(observed, mostReference);
        if (windows.isLook()) {
            look(windows, now);
        }
    }

    private void look(Windows windows, Instant now) {
        int[] slots = windows.slots();
        int most = alarmSince.isPresent() ? DRAWS_IN_ALARM : MOST_DRAWS;
        PermutationTest test = PermutationTest.of(column.distance(slots), slots.length, windows.recent(), most, seed());
        last = Optional.of(new DriftReport.Look(
                test.distance(), test.byChance(), test.pValue(), windows.reference(), windows.recent(), now));
        if (alarmSince.isEmpty() && test.pValue() <= ALARMING) {
            alarmSince = Optional.of(now);
            mostReference = windows.reference();
        } else if (test.pValue() > USUAL) {
            alarmSince = Optional.empty();
        }
    }

    /** Equal observations give equal p-values. */
    private long seed() {
        return 31 * observed + detector.key().hashCode();
    }

    DriftReport.Line line() {
        return new DriftReport.Line(detector, began, observed, last, alarmSince);
    }
}
