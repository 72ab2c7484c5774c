// SPDX-License-Identifier: Apache-2.0
package dev.perennial.kge;

import java.util.Arrays;
import java.util.List;

/**
 * Distinct triples as questions with their answers: (head, relation) is answered by tails and (tail, inverse of the
 * relation) by heads. Questions are sorted, answers of a question too. Immutable.
 */
final class AnswerIndex {
    private final int entities;
    private final int relations;
    private final long[] questions;
    private final int[] starts;
    private final int[] answers;

    private AnswerIndex(int entities, int relations, long[] questions, int[] starts, int[] answers) {
        this.entities = entities;
        this.relations = relations;
        this.questions = questions;
        this.starts = starts;
        this.answers = answers;
    }

    /** An index of all triples of parts that speak of the same entities and relations. */
    static AnswerIndex of(List<Triples> parts) {
        int entities = parts.get(0).entities();
        int relations = 2 * parts.get(0).relations();
        int count = 2 * parts.stream().mapToInt(Triples::size).reduce(0, Math::addExact);
        Math.multiplyExact(Math.multiplyExact((long) entities, relations), (long) entities);
        long[] packed = new long[count];
        int at = 0;
        for (Triples part : parts) {
            if (part.entities() != entities || 2 * part.relations() != relations) {
                throw new IllegalArgumentException("parts of different graphs");
            }
            for (int i = 0; i < part.size(); i++) {
                long head = part.head(i);
                long tail = part.tail(i);
                packed[at++] = (head * relations + part.relation(i)) * entities + tail;
                packed[at++] = (tail * relations + part.relation(i) + part.relations()) * entities + head;
            }
        }
        Arrays.sort(packed);
        return unpacked(packed, entities, relations);
    }

    private static AnswerIndex unpacked(long[] packed, int entities, int relations) {
        long[] questions = new long[packed.length];
        int[] starts = new int[packed.length + 1];
        int[] answers = new int[packed.length];
        int question = 0;
        int answer = 0;
        for (int i = 0; i < packed.length; i++) {
            if (i > 0 && packed[i] == packed[i - 1]) {
                continue;
            }
            long asked = packed[i] / entities;
            if (question == 0 || questions[question - 1] != asked) {
                questions[question] = asked;
                starts[question++] = answer;
            }
            answers[answer++] = (int) (packed[i] % entities);
        }
        starts[question] = answer;
        return new AnswerIndex(
                entities,
                relations,
                Arrays.copyOf(questions, question),
                Arrays.copyOf(starts, question + 1),
                Arrays.copyOf(answers, answer));
    }

    int entities() {
        return entities;
    }

    /** Relations and their inverses. */
    int relations() {
        return relations;
    }

    int questions() {
        return questions.length;
    }

    int subject(int question) {
        return (int) (questions[question] / relations);
    }

    int relation(int question) {
        return (int) (questions[question] % relations);
    }

    /** Where the answers of a question begin; of the number of questions: how many answers there are. */
    int start(int question) {
        return starts[question];
    }

    /** All answers, those of a question together. */
    int[] answers() {
        return answers.clone();
    }

    int answer(int at) {
        return answers[at];
    }

    /** The number of a question, or a negative number. */
    int find(int subject, int relation) {
        return Arrays.binarySearch(questions, (long) subject * relations + relation);
    }
}
