// SPDX-License-Identifier: Apache-2.0
package dev.perennial.shadow;

import dev.perennial.ensemble.Ensemble;
import dev.perennial.shadow.ShadowCourse.Ruling;
import dev.perennial.shadow.ShadowCourse.State;
import dev.perennial.task.Answer;
import dev.perennial.task.Task;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A shadow that runs: its candidate, as far as it is in memory, and what is counted. Thread-safe. */
final class LiveShadow {
    private static final int MOST_DIFFERENCES = 200;
    private static final long LEAST_BEFORE_ASKED_AGAIN = 100;

    private final Shadow shadow;
    private final Counting counting;
    private final AnswerPairs pairs = new AnswerPairs();
    private final Deque<Difference> latestFirst = new ArrayDeque<>();
    private final AtomicReference<@Nullable Ensemble> candidate;
    private final AtomicBoolean ending = new AtomicBoolean();
    private final AtomicBoolean judging = new AtomicBoolean();
    private volatile Ruling ruling;
    private volatile ShadowCourse kept;

    /** @param candidate empty where it is yet to be learnt anew */
    LiveShadow(ShadowCourse before, Optional<Ensemble> candidate) {
        this.shadow = before.shadow();
        this.counting = new Counting(before.tally());
        this.candidate = new AtomicReference<>(candidate.orElse(null));
        this.ruling = before.ruling();
        this.kept = before;
    }

    Shadow shadow() {
        return shadow;
    }

    Counting counting() {
        return counting;
    }

    /** What answers beside what serves; empty while it is not in memory. */
    Optional<Ensemble> candidate() {
        return Optional.ofNullable(candidate.get());
    }

    /** Has another one answer, unless it was dropped meanwhile. */
    void answersBy(Ensemble learnt) {
        candidate.set(learnt);
    }

    /** Forgets the candidate, and with it what it was learnt from. */
    void dropCandidate() {
        candidate.set(null);
    }

    /** Whether the caller is the one that ends it. */
    boolean beginsToEnd() {
        return ending.compareAndSet(false, true);
    }

    boolean isEnding() {
        return ending.get();
    }

    /** Goes on after all. */
    void goesOn() {
        ending.set(false);
    }

    /** Whether the caller is the one that has it judged. */
    boolean beginsToBeJudged() {
        return judging.compareAndSet(false, true);
    }

    /** Nobody has it judged any more. */
    void isJudged() {
        judging.set(false);
    }

    ShadowCourse course() {
        return new ShadowCourse(shadow, State.RUNNING, Optional.empty(), Optional.empty(), counting.tally(), ruling);
    }

    /** How far it got, where that is not on disk. */
    Optional<ShadowCourse> unkept() {
        ShadowCourse now = course();
        return now.equals(kept) ? Optional.empty() : Optional.of(now);
    }

    /** Notes what is on disk. */
    void kept(ShadowCourse course) {
        kept = course;
    }

    /** Answers of the candidate, beside what serves or in its place. */
    private static long tried(Tally tally) {
        return tally.asked() + tally.canaries();
    }

    /** Whether the rule is to be asked: there is enough evidence, and twice as much as when it was asked before. */
    boolean isDue(PromotionRule rule) {
        Tally tally = counting.tally();
        return rule.hasEnough(tally) && tried(tally) >= ruling.next();
    }

    /** Notes why it was not promoted. */
    void objected(String why) {
        long next = Math.max(LEAST_BEFORE_ASKED_AGAIN, 2 * tried(counting.tally()));
        ruling = new Ruling(Optional.of(why), next, false);
    }

    /** Notes whether it is going to be promoted by its rule. */
    void passes(boolean passes) {
        ruling = ruling.passing(passes);
    }

    /** Whether whoever promotes it does so by its rule. */
    boolean isPassed() {
        return ruling.passed();
    }

    /** Notes that a prediction is going to be compared. */
    void expect(String prediction) {
        pairs.expect(prediction);
    }

    /** Notes that it is not. */
    void drop(String prediction) {
        pairs.drop(prediction);
        counting.dropped();
    }

    /**
     * Both have answered.
     *
     * @param task by whose kind answers are compared
     * @param fair whether feedback may judge both; else one of them may have been taught the answer before it gave it
     * @return whether they differ
     */
    boolean compared(Difference both, Task task, boolean fair) {
        AnswerPairs.Pair pair = new AnswerPairs.Pair(both.serving(), both.candidate());
        counting.compared(pair);
        if (fair) {
            pairs.compared(both.prediction(), pair).ifPresent(right -> score(pair, right, task));
        } else {
            pairs.drop(both.prediction());
        }
        boolean differs = pair.serving().differs(pair.candidate(), task);
        if (differs) {
            counting.differed(new Tally.Cell(
                    pair.serving().name(task.kind()), pair.candidate().name(task.kind())));
            note(both);
        }
        return differs;
    }

    /** Feedback says what is right. */
    void judged(String prediction, Answer right, Task task) {
        pairs.judged(prediction, right).ifPresent(pair -> score(pair, right, task));
    }

    private void score(AnswerPairs.Pair pair, Answer right, Task task) {
        counting.scored(pair.serving().isRight(right, task), pair.candidate().isRight(right, task));
    }

    private void note(Difference difference) {
        synchronized (latestFirst) {
            latestFirst.addFirst(difference);
            if (latestFirst.size() > MOST_DIFFERENCES) {
                latestFirst.removeLast();
            }
        }
    }

    /** The latest inputs that were answered differently, latest first. */
    List<Difference> differences() {
        synchronized (latestFirst) {
            return List.copyOf(latestFirst);
        }
    }

    /** How it ends. */
    ShadowCourse ended(State how, String why, Instant at) {
        return course().ended(how, why, at);
    }
}
