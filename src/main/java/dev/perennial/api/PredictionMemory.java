// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.feedback.GivenAnswer;
import dev.perennial.task.FormerTasks;
import dev.perennial.task.Input;
import dev.perennial.task.RevisionId;
import dev.perennial.task.TaskId;
import dev.perennial.text.Text;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The latest answers, in memory, so that feedback can name one. Bounded in number, characters and age. Thread-safe: one
 * lock guards everything.
 */
public final class PredictionMemory {
    private static final String PREFIX = "pr_";

    /**
     * How much is remembered.
     *
     * @param count answers
     * @param chars characters of all inputs together
     * @param age how long
     */
    public record Bounds(int count, long chars, Duration age) {}

    /**
     * An answer as far as feedback needs it.
     *
     * @param task the task that answered; empty for an answer without a task
     * @param input what was asked
     * @param given what was answered
     */
    public record Answered(Optional<TaskId> task, Input input, GivenAnswer given) {
        private int chars() {
            return input.text().value().length()
                    + input.textPair().map(Text::value).map(String::length).orElse(0);
        }
    }

    private record Remembered(String id, Answered answer, Instant at) {}

    private final Bounds bounds;
    private final InstantSource clock;
    private final SortableIds ids;
    private final Map<String, Answered> answerById = new HashMap<>();
    private final Deque<Remembered> oldestFirst = new ArrayDeque<>();
    private final FormerTasks former = new FormerTasks();
    private long chars;

    /** @param clock one that nobody puts forward or back, lest texts are remembered longer than they may be */
    public PredictionMemory(Bounds bounds, InstantSource clock, SortableIds ids) {
        this.bounds = bounds;
        this.clock = clock;
        this.ids = ids;
    }

    /** Remembers an answer, and gives it an id. One of a task that is gone is not remembered. */
    synchronized String remember(Answered answer) {
        Remembered remembered = new Remembered(ids.next(PREFIX), answer, clock.instant());
        if (answer.task().filter(task -> isFormer(task, answer.given())).isPresent()) {
            return remembered.id();
        }
        oldestFirst.addLast(remembered);
        answerById.put(remembered.id(), answer);
        chars += answer.chars();
        forgetOld();
        return remembered.id();
    }

    /** The answer of an id, unless it is forgotten. */
    synchronized Optional<Answered> recall(String id) {
        forgetOld();
        return Optional.ofNullable(answerById.get(id));
    }

    /** Forgets everything that was asked of a task. */
    public synchronized void forget(TaskId task) {
        oldestFirst.removeIf(remembered -> remembered.answer().task().equals(Optional.of(task)) && drop(remembered));
    }

    /**
     * Forgets everything that was asked of a task which is gone, also what it is answering yet.
     *
     * @param last the latest revision that it can have had
     */
    public synchronized void forget(TaskId task, RevisionId last) {
        former.add(task, last);
        oldestFirst.removeIf(remembered -> remembered.answer().task().equals(Optional.of(task))
                && isFormer(task, remembered.answer().given())
                && drop(remembered));
    }

    /** Whether an answer was given by a task that is gone, though another of its name may be there. */
    boolean isFormer(TaskId task, GivenAnswer given) {
        return former.had(task, given.revision());
    }

    /** Forgets that a task was asked this. */
    synchronized void forget(TaskId task, Input input) {
        oldestFirst.removeIf(remembered -> remembered.answer().task().equals(Optional.of(task))
                && remembered.answer().input().equals(input)
                && drop(remembered));
    }

    private void forgetOld() {
        Instant oldest = clock.instant().minus(bounds.age());
        Remembered first = oldestFirst.peekFirst();
        while (first != null
                && (oldestFirst.size() > bounds.count()
                        || chars > bounds.chars()
                        || first.at().isBefore(oldest))) {
            oldestFirst.removeFirst();
            drop(first);
            first = oldestFirst.peekFirst();
        }
    }

    private boolean drop(Remembered remembered) {
        answerById.remove(remembered.id());
        chars -= remembered.answer().chars();
        return true;
    }
}
