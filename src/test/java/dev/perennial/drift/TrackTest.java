// SPDX-License-Identifier: Apache-2.0
package dev.perennial.drift;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.OptionalDouble;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class TrackTest {
    private final Track track = new Track(Detector.LABELS, Instant.EPOCH);
    private int added;

    private void add(int label) {
        track.add(
                new Observation(label, 1, new byte[Sketch.DIMENSION], OptionalDouble.empty()),
                Instant.EPOCH.plusSeconds(++added));
    }

    private void addRandom(long seed, int labels, int count) {
        new Random(seed).ints(count, 0, labels).forEach(this::add);
    }

    @Test
    void windows_growUntilTheyAreFull() {
        addRandom(1, 3, 95);
        assertThat(track.line().last()).isEmpty();

        addRandom(2, 3, 1);
        assertThat(track.line().last().orElseThrow().reference()).isEqualTo(64);
        assertThat(track.line().last().orElseThrow().recent()).isEqualTo(32);

        addRandom(3, 3, 2000);
        assertThat(track.line().last().orElseThrow().reference()).isEqualTo(1024);
        assertThat(track.line().last().orElseThrow().recent()).isEqualTo(512);
        assertThat(track.line().observed()).isEqualTo(2096);
    }

    @Test
    void alarm_beginsWithAShift_staysAndEndsWithIt() {
        addRandom(1, 4, 800);
        assertThat(track.line().alarmSince()).isEmpty();

        for (int i = 0; i < 400; i++) {
            add(0);
        }
        Instant since = track.line().alarmSince().orElseThrow();
        assertThat(since).isBetween(Instant.EPOCH.plusSeconds(810), Instant.EPOCH.plusSeconds(960));
        assertThat(track.line().last().orElseThrow().distance()).isBetween(0.7, 0.8);

        addRandom(2, 4, 700);
        assertThat(track.line().alarmSince()).isEmpty();
    }

    @Test
    void reference_isWhatCameFirst_andDoesNotGrowIntoADrift() {
        addRandom(1, 4, 300);
        for (int i = 0; i < 2000; i++) {
            add(0);
        }
        assertThat(track.line().last().orElseThrow().distance()).isBetween(0.7, 0.8);
    }

    @Test
    void begin_makesWhatComesNextTheReference() {
        addRandom(1, 4, 800);
        track.begin(Instant.EPOCH.plusSeconds(added));
        for (int i = 0; i < 800; i++) {
            add(0);
        }
        assertThat(track.line().observed()).isEqualTo(800);
        assertThat(track.line().last().orElseThrow().distance()).isZero();
        assertThat(track.line().alarmSince()).isEmpty();
    }

    @Test
    void scope_leavesOutWhatHasNoExampleToBeNearTo() {
        Track scope = new Track(Detector.SCOPE, Instant.EPOCH);
        scope.add(new Observation(0, 1, new byte[Sketch.DIMENSION], OptionalDouble.empty()), Instant.EPOCH);
        scope.add(new Observation(0, 1, new byte[Sketch.DIMENSION], OptionalDouble.of(0.4)), Instant.EPOCH);

        assertThat(scope.line().observed()).isEqualTo(1);
    }

    @Test
    void theSameStream_saysTheSame() {
        Track again = new Track(Detector.LABELS, Instant.EPOCH);
        addRandom(1, 4, 500);
        added = 0;
        new Random(1)
                .ints(500, 0, 4)
                .forEach(label -> again.add(
                        new Observation(label, 1, new byte[Sketch.DIMENSION], OptionalDouble.empty()),
                        Instant.EPOCH.plusSeconds(++added)));

        assertThat(again.line()).isEqualTo(track.line());
    }
}
