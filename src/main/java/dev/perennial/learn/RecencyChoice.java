// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.task.Policy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * How much older examples of a task count whose policy says that it drifts: as the latest examples tell, each answered
 * by a kernel over all members that has not seen it. Recent statistics are preferred only where they explain the latest
 * examples better than all do by more than chance makes likely, however many ways there are to choose from.
 *
 * <p>A function of the examples and their order, without a memory of its own: after a rebuild, a restart or an
 * example's removal it is what it would be had only these examples been taught in this order. Thread-safe.
 */
final class RecencyChoice {
    private static final List<Recency> CANDIDATES = List.of(
            new Recency(800, 1.0 / 8),
            new Recency(800, 1.0 / 64),
            new Recency(200, 1.0 / 8),
            new Recency(200, 1.0 / 64),
            new Recency(50, 1.0 / 8),
            new Recency(50, 1.0 / 64));

    /** So many of the latest examples tell. Fewer would be noise, and with more a change is noticed late. */
    private static final int JUDGES = 64;

    /** Older ones than these are not looked at to choose. */
    private static final int MOST = 1000;

    private final Fitting fitting;
    private final double descriptionWeight;

    RecencyChoice(Fitting fitting, double descriptionWeight) {
        this.fitting = fitting;
        this.descriptionWeight = descriptionWeight;
    }

    /** The lesson as it is to be learnt; as it is, unless its task drifts. */
    Lesson chosen(Lesson lesson) {
        if (!lesson.task().policy().learning().drifts() || lesson.known().size() < 2 * JUDGES) {
            return lesson;
        }
        return lesson.with(best(uncapped(latest(lesson))));
    }

    /** By a cap of sources an example may count nothing, and then it cannot judge. */
    private static Lesson uncapped(Lesson lesson) {
        Policy policy = lesson.task().policy();
        return lesson.with(lesson.task().withPolicy(policy.withLearning(Policy.Learning.PLAIN)));
    }

    private static Lesson latest(Lesson lesson) {
        Set<String> latest =
                Recency.latestFirst(lesson.known()).stream().limit(MOST).collect(Collectors.toSet());
        return lesson.with(new Lesson.Sight(
                lesson.members(),
                lesson.featureMap(),
                lesson.known().stream()
                        .filter(known -> latest.contains(known.example().id()))
                        .toList(),
                lesson.descriptions()));
    }

    private Recency best(Lesson sample) {
        double[] whole = losses(sample.with(Recency.NONE));
        double bar = ChanceBar.standardErrors(CANDIDATES.size(), whole.length);
        List<Recency> open = CANDIDATES.stream()
                .filter(candidate -> candidate.window() < sample.known().size())
                .toList();
        double[] falls = open.parallelStream()
                .mapToDouble(candidate -> GraphChoice.fall(whole, losses(sample.with(candidate))))
                .toArray();
        return IntStream.range(0, falls.length)
                .filter(i -> falls[i] > bar)
                .boxed()
                .reduce((a, b) -> falls[b] > falls[a] ? b : a)
                .map(open::get)
                .orElse(Recency.NONE);
    }

    /** Of the latest examples, each left out; of those with equal content, where the first of them is among these. */
    private double[] losses(Lesson lesson) {
        LessonRows rows = LessonRows.of(lesson, descriptionWeight);
        HeldOut all = new HeldOut(lesson.task().kind(), rows.examples());
        double[] losses = all.losses(fitting.leftOut(all, rows.all(), Fitting.whole(lesson)));
        Map<String, Double> lossByExample = new HashMap<>();
        for (int i = 0; i < losses.length; i++) {
            lossByExample.put(rows.taught().get(i).example().id(), losses[i]);
        }
        return Recency.latestFirst(lesson.known()).stream()
                .limit(JUDGES)
                .filter(lossByExample::containsKey)
                .mapToDouble(id -> Objects.requireNonNull(lossByExample.get(id)))
                .toArray();
    }
}
