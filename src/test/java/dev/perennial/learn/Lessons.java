// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.task.Answer;
import dev.perennial.task.Example;
import dev.perennial.task.Input;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.Label;
import dev.perennial.task.Policy;
import dev.perennial.task.ScoreRange;
import dev.perennial.task.SourceName;
import dev.perennial.task.Task;
import dev.perennial.task.Teaching;
import dev.perennial.text.Text;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;

/** A seeded stream of definitions and teachings of one kind, from few words and external ids so that they collide. */
final class Lessons {
    private static final List<String> LABELS = List.of("card_lost", "refund", "travel", "weather", "greeting", "other");
    private static final List<String> WORDS = List.of(
            "card", "lost", "money", "back", "train", "rain", "sun", "hello", "Überweisung", "支払い", "🙂", "please");
    static final List<SourceName> SOURCES = List.of(new SourceName("press"), new SourceName("u.17"));
    private static final double[] WEIGHTS = {1, 1, 1, 0.5, 2, 0.3, 1e-6, 3.7};

    private final Random random;
    private final Kind kind;
    private final InputKind input;

    Lessons(long seed) {
        this.random = new Random(seed);
        this.kind = Kind.values()[random.nextInt(Kind.values().length)];
        this.input = InputKind.values()[random.nextInt(InputKind.values().length)];
    }

    int below(int bound) {
        return random.nextInt(bound);
    }

    <T> List<T> shuffled(List<T> items) {
        List<T> shuffled = new ArrayList<>(items);
        Collections.shuffle(shuffled, random);
        return shuffled;
    }

    Task task() {
        List<Label> labels = new ArrayList<>();
        for (String label : LABELS.subList(0, kind == Kind.REGRESSION ? 0 : below(4))) {
            labels.add(new Label(label, random.nextBoolean() ? "" : "about " + words(2)));
        }
        Optional<ScoreRange> range =
                kind == Kind.REGRESSION ? Optional.of(new ScoreRange(-1 - below(3), 1 + below(3))) : Optional.empty();
        return new Task(School.TASK, kind, input, "", labels, range, Policy.DEFAULT);
    }

    List<Teaching> teachings(int count) {
        List<Teaching> teachings = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            teachings.add(teaching());
        }
        return teachings;
    }

    List<Input> inputs(int count) {
        List<Input> inputs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            inputs.add(input());
        }
        return inputs;
    }

    /** A teaching of each example, in any order. */
    List<Teaching> again(List<Example> examples) {
        return shuffled(examples.stream().map(Example::teaching).toList());
    }

    private Teaching teaching() {
        Optional<String> externalId = below(4) == 0 ? Optional.of("id-" + below(6)) : Optional.empty();
        return new Teaching(input(), answer(), externalId, WEIGHTS[below(WEIGHTS.length)], source());
    }

    private Optional<SourceName> source() {
        int source = below(2 * SOURCES.size());
        return source < SOURCES.size() ? Optional.of(SOURCES.get(source)) : Optional.empty();
    }

    private Input input() {
        Text text = new Text(words(1 + below(4)));
        return input == InputKind.PAIR ? Input.of(text, new Text(words(1 + below(4)))) : Input.of(text);
    }

    private Answer answer() {
        return switch (kind) {
            case CLASSIFICATION -> new Answer.OneLabel(label());
            case MULTILABEL -> {
                TreeSet<String> labels = new TreeSet<>();
                for (int i = below(3); i > 0; i--) {
                    labels.add(label());
                }
                yield new Answer.Labels(List.copyOf(labels));
            }
            case REGRESSION -> new Answer.Score(random.nextBoolean() ? below(3) - 1 : 2 * random.nextDouble() - 1);
        };
    }

    private String label() {
        return LABELS.get(below(LABELS.size()));
    }

    private String words(int count) {
        StringBuilder words = new StringBuilder();
        for (int i = 0; i < count; i++) {
            words.append(WORDS.get(below(WORDS.size()))).append(' ');
        }
        return words.toString().strip();
    }
}
