// SPDX-License-Identifier: Apache-2.0
package dev.perennial.drift;

import dev.perennial.encode.Encoder;
import dev.perennial.encode.EncoderInfo;
import dev.perennial.ensemble.Ensemble;
import dev.perennial.task.Kind;
import dev.perennial.task.Task;
import java.lang.ref.WeakReference;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The detectors on one task. What depends on what was learnt begins anew when the task answers otherwise for another
 * reason than what it is asked; what depends on the inputs alone does not. Thread-safe.
 */
final class TaskWatch {
    /** So much of its examples may come, go or be replaced without a task being another one; corrections are less. */
    private static final double SAME_TASK = 0.1;

    /** Examples by which it is told how many were replaced. */
    private static final int SAMPLE = 512;

    private final Kind kind;
    private final List<Track> tracks;
    private Optional<Learnt> learnt = Optional.empty();
    private volatile DriftReport report;

    /** Whoever answered last, so that what was learnt is compared only when it is another. */
    private WeakReference<Ensemble> last = new WeakReference<>(null);

    /** What decides answers, besides inputs. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Learnt(Task task, List<String> labels, List<String> members, int examples, long[] sample) {

        static Learnt of(Ensemble ensemble) {
            return new Learnt(
                    ensemble.task(),
                    ensemble.labels(),
                    ensemble.members().stream().map(Learnt::name).toList(),
                    ensemble.examples(),
                    ensemble.sampleOfExamples(SAMPLE));
        }

        /** A graph changes with every entity that is added, and mostly says the same. */
        private static String name(Encoder member) {
            EncoderInfo info = member.info();
            return info.reading() == EncoderInfo.Reading.KNOWLEDGE ? info.id() : info.digest();
        }

        boolean isAbout(Learnt now) {
            return task.equals(now.task)
                    && labels.equals(now.labels)
                    && members.equals(now.members)
                    && Math.abs(now.examples - examples) <= SAME_TASK * examples
                    && replaced(now) <= SAME_TASK;
        }

        /** The share of the examples that are not there any more, by those up to a key that both samples reach. */
        private double replaced(Learnt now) {
            long reached = Math.min(reach(), now.reach());
            long[] before = Arrays.stream(sample).filter(key -> key <= reached).toArray();
            long gone = Arrays.stream(before)
                    .filter(key -> Arrays.binarySearch(now.sample, key) < 0)
                    .count();
            return before.length == 0 ? 0 : (double) gone / before.length;
        }

        private long reach() {
            return sample.length < SAMPLE ? Long.MAX_VALUE : sample[SAMPLE - 1];
        }

        boolean reads(Learnt now) {
            return task.input() == now.task.input() && Objects.equals(members.get(0), now.members.get(0));
        }
    }

    TaskWatch(Kind kind, Instant now) {
        this.kind = kind;
        List<Detector> detectors = kind == Kind.REGRESSION
                ? List.of(Detector.SCORE, Detector.EMBEDDING, Detector.SCOPE)
                : List.of(Detector.LABELS, Detector.PROBABILITY, Detector.EMBEDDING, Detector.SCOPE);
        this.tracks =
                detectors.stream().map(detector -> new Track(detector, now)).toList();
        this.report = said();
    }

    boolean isOf(Task task) {
        return task.kind() == kind;
    }

    synchronized void add(Ensemble by, Observation observation, Instant now) {
        if (last.get() != by) {
            compare(by, now);
            last = new WeakReference<>(by);
        }
        tracks.forEach(track -> track.add(observation, now));
        report = said();
    }

    /** Begins anew what depends on something that is another now. */
    private void compare(Ensemble by, Instant now) {
        Learnt present = Learnt.of(by);
        Learnt before = learnt.orElse(present);
        boolean same = before.isAbout(present);
        tracks.stream()
                .filter(track -> track.detector().isOfAnswers() ? !same : !before.reads(present))
                .forEach(track -> track.begin(now));
        learnt = Optional.of(same ? before : present);
    }

    /** As of the last observation; whoever asks does not wait for one that is being compared, which takes seconds. */
    DriftReport report() {
        return report;
    }

    private DriftReport said() {
        return new DriftReport(tracks.stream().map(Track::line).toList());
    }
}
