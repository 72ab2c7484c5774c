// SPDX-License-Identifier: Apache-2.0
package dev.perennial.kge;

import java.util.SplittableRandom;

/**
 * The questions of an epoch in the order of their turn. A question of many answers comes several times with some of
 * them each, so that a hub does not outweigh a step. The same seed and epoch give the same plan. Immutable.
 */
final class EpochPlan {
    /** Answers of a question in one turn at most. */
    static final int MOST_ANSWERS = 16;

    private final AnswerIndex index;
    private final int[] answers;
    private final int[] question;
    private final int[] from;
    private final int[] count;

    private EpochPlan(AnswerIndex index, int[] answers, int turns) {
        this.index = index;
        this.answers = answers;
        this.question = new int[turns];
        this.from = new int[turns];
        this.count = new int[turns];
    }

    static EpochPlan of(AnswerIndex index, SplittableRandom random) {
        int turns = 0;
        for (int q = 0; q < index.questions(); q++) {
            turns += (index.start(q + 1) - index.start(q) + MOST_ANSWERS - 1) / MOST_ANSWERS;
        }
        EpochPlan plan = new EpochPlan(index, index.answers(), turns);
        plan.fill(random);
        return plan;
    }

    private void fill(SplittableRandom random) {
        int turn = 0;
        for (int q = 0; q < index.questions(); q++) {
            int begin = index.start(q);
            int end = index.start(q + 1);
            if (end - begin > MOST_ANSWERS) {
                shuffle(begin, end, random);
            }
            for (int at = begin; at < end; at += MOST_ANSWERS) {
                // Any earlier turn and this one change places: at last every order is equally likely.
                int other = random.nextInt(turn + 1);
                question[turn] = question[other];
                from[turn] = from[other];
                count[turn] = count[other];
                question[other] = q;
                from[other] = at;
                count[other] = Math.min(MOST_ANSWERS, end - at);
                turn++;
            }
        }
    }

    private void shuffle(int begin, int end, SplittableRandom random) {
        for (int i = begin + 1; i < end; i++) {
            int other = random.nextInt(begin, i + 1);
            int kept = answers[i];
            answers[i] = answers[other];
            answers[other] = kept;
        }
    }

    int turns() {
        return question.length;
    }

    int subject(int turn) {
        return index.subject(question[turn]);
    }

    int relation(int turn) {
        return index.relation(question[turn]);
    }

    int answers(int turn) {
        return count[turn];
    }

    int answer(int turn, int number) {
        return answers[from[turn] + number];
    }
}
