// SPDX-License-Identifier: Apache-2.0
package dev.perennial.benchmark;

import dev.perennial.task.Answer;
import dev.perennial.task.Teaching;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Texts to ask about, again and again, each time with other capitals: encoders that do not see case do the same work
 * and give the same answer, and a service that remembers embeddings of texts does not know the text. Safe for
 * concurrent use.
 */
final class Questions {
    private final List<Question> questions;
    private final long seed;
    private final AtomicInteger asked = new AtomicInteger();

    private Questions(List<Question> questions, long seed) {
        this.questions = questions;
        this.seed = seed;
    }

    /** A text and the label that is right. */
    record Question(String text, String label) {}

    /** The rows in an order that the seed gives, some of them joined to one text of the first one's label. */
    static Questions of(List<Teaching> rows, int joined, long seed) {
        List<Question> single = new ArrayList<>();
        for (Teaching row : rows) {
            single.add(new Question(row.input().text().value(), ((Answer.OneLabel) row.answer()).label()));
        }
        Collections.shuffle(single, new Random(seed));
        List<Question> questions = new ArrayList<>();
        for (int from = 0; from + joined <= single.size(); from += joined) {
            List<String> texts = single.subList(from, from + joined).stream()
                    .map(Question::text)
                    .toList();
            questions.add(new Question(String.join(" ", texts), single.get(from).label()));
        }
        return new Questions(questions, seed);
    }

    /** As they were written. */
    List<Question> all() {
        return questions;
    }

    /** The next one, in capitals that it did not have before. */
    Question next() {
        int number = asked.getAndIncrement();
        Question question = questions.get(Math.floorMod(number, questions.size()));
        SplittableRandom random = new SplittableRandom(seed + number);
        char[] characters = question.text().toCharArray();
        for (int i = 0; i < characters.length; i++) {
            char c = characters[i];
            boolean letter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
            if (letter && random.nextBoolean()) {
                characters[i] = (char) (c ^ ' ');
            }
        }
        return new Question(new String(characters), question.label());
    }
}
