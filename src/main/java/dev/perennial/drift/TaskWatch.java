// SPDX-License-Identifier: Apache-2.0
package dev.perennial.drift;

import dev.perennial.encode.Encoder;
import dev.perennial.encode.EncoderInfo;
import dev.perennial.ensemble.Ensemble;
import dev.perennial.task.Kind;
import dev.perennial.task.Task;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The detectors on one task. What depends on what was learnt begins anew when the task answers otherwise for another
 * reason than what it is asked; what depends on the inputs alone does not. Thread-safe.
 */
final class TaskWatch {
    /** By so much of its examples a task may grow or shrink without being another one; single corrections are less. */
    private static final double SAME_TASK = 0.1;

    private final Kind kind;
    private final List<Track> tracks;
    private Optional<Learnt> learnt = Optional.empty();
    private volatile DriftReport report;

    /** What decides answers, besides inputs. */
    private record Learnt(Task task, List<String> labels, List<String> members, int examples) {

        static Learnt of(Ensemble ensemble) {
            return new Learnt(
                    ensemble.task(),
                    ensemble.labels(),
                    ensemble.members().stream().map(Learnt::name).toList(),
                    ensemble.examples());
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
                    && Math.abs(now.examples - examples) <= SAME_TASK * examples;
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
        Learnt present = Learnt.of(by);
        Learnt before = learnt.orElse(present);
        boolean same = before.isAbout(present);
        tracks.stream()
                .filter(track -> track.detector().isOfAnswers() ? !same : !before.reads(present))
                .forEach(track -> track.begin(now));
        learnt = Optional.of(same ? before : present);
        tracks.forEach(track -> track.add(observation, now));
        report = said();
    }

    /** As of the last observation; whoever asks does not wait for one that is being compared, which takes seconds. */
    DriftReport report() {
        return report;
    }

    private DriftReport said() {
        return new DriftReport(tracks.stream().map(Track::line).toList());
    }
}
