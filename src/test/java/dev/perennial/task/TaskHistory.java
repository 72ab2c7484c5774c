// SPDX-License-Identifier: Apache-2.0
package dev.perennial.task;

import dev.perennial.text.Text;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

/** A seeded stream of changes to a task store, drawn from few tasks, texts and external ids so that they collide. */
final class TaskHistory {
    private static final List<String> TASKS = List.of("banking", "mood", "zz-9");
    private static final List<String> WORDS =
            List.of("card", "lost", "Überweisung", "支払い", "🙂", "a'b\"c", "line\nbreak", "percent%", "-1");

    private final Random random;

    TaskHistory(long seed) {
        this.random = new Random(seed);
    }

    /** Does the same random thing to all stores; ids and revisions of one mean nothing in another. */
    void applyNext(List<TaskStore> stores) {
        TaskStore first = stores.get(0);
        TaskId task = task();
        Task definition = definition();
        List<EncodedTeaching> teachings = teachings();
        List<Example> examples = first.examples(task);
        String picked = pick(examples);
        int position = examples.stream().map(Example::id).toList().indexOf(picked);
        String member = member();
        Map<String, float[]> vectors = vectorsFor(examples);
        SourceName undone = new SourceName("source-" + random.nextInt(2));
        QuarantineReason reason =
                new QuarantineReason(QuarantineReason.Cause.SUSPECT, OptionalDouble.of(random.nextDouble()));
        int action = random.nextInt(24);
        for (TaskStore store : stores) {
            List<Example> own = store.examples(task);
            if (action < 3) {
                store.define(definition);
            } else if (action == 3) {
                store.remove(task);
            } else if (action < 8 && position >= 0) {
                store.forget(task, own.get(position).id());
            } else if (action == 10 && position >= 0) {
                store.quarantine(task, Map.of(own.get(position).id(), reason));
            } else if (action == 11) {
                Set<String> apart = store.quarantined(task, "", Integer.MAX_VALUE).stream()
                        .map(each -> each.example().id())
                        .collect(Collectors.toSet());
                store.task(task).ifPresent(stored -> store.release(task, apart));
            } else if (action == 8) {
                store.task(task).ifPresent(stored -> store.undo(task, undone));
            } else if (action < 10) {
                for (int i = 0; i < own.size(); i++) {
                    store.putVectors(
                            task,
                            member,
                            Map.of(own.get(i).id(), vectors.get(examples.get(i).id())));
                }
            } else if (store.task(task).isPresent()) {
                store.teach(task, teachings, Optional.empty(), outcome -> {
                    throw new AssertionError("no reply was asked for");
                });
            }
        }
    }

    private TaskId task() {
        return new TaskId(TASKS.get(random.nextInt(TASKS.size())));
    }

    private Task definition() {
        Kind kind = Kind.values()[random.nextInt(3)];
        InputKind input = InputKind.values()[random.nextInt(2)];
        List<Label> labels = random.nextBoolean() ? List.of() : List.of(new Label(word(), ""), new Label("l2", word()));
        Optional<ScoreRange> range =
                kind == Kind.REGRESSION ? Optional.of(new ScoreRange(-1.5, random.nextInt(5))) : Optional.empty();
        return new Task(task(), kind, input, word(), labels, range, policy());
    }

    private List<EncodedTeaching> teachings() {
        List<EncodedTeaching> teachings = new ArrayList<>();
        for (int i = random.nextInt(6); i >= 0; i--) {
            teachings.add(new EncodedTeaching(teaching(), vectors()));
        }
        return teachings;
    }

    /** The id of an example that is there, or of none. */
    private String pick(List<Example> examples) {
        return examples.isEmpty() || random.nextInt(10) == 0
                ? String.format("ex_%016d", random.nextInt(100))
                : examples.get(random.nextInt(examples.size())).id();
    }

    private Map<String, float[]> vectorsFor(List<Example> examples) {
        Map<String, float[]> vectors = new LinkedHashMap<>();
        examples.forEach(example -> vectors.put(example.id(), vector()));
        vectors.put("ex_0000000000099999", vector());
        vectors.put("no id", vector());
        return vectors;
    }

    private String member() {
        return "member-" + random.nextInt(3);
    }

    int below(int bound) {
        return random.nextInt(bound);
    }

    private Policy policy() {
        OptionalDouble maybe = random.nextBoolean() ? OptionalDouble.empty() : OptionalDouble.of(random.nextDouble());
        Map<String, Map<String, Double>> costs =
                random.nextBoolean() ? Map.of() : Map.of(word(), Map.of("a", random.nextDouble(), "b", 2.0));
        Policy.Learning learning = new Policy.Learning(maybe, random.nextBoolean());
        return new Policy(random.nextDouble(), maybe, 0.01, OptionalDouble.of(3), costs, learning);
    }

    private Teaching teaching() {
        Text text = new Text(word() + " " + word());
        Input input = random.nextBoolean() ? Input.of(text) : Input.of(text, new Text(word()));
        Optional<String> externalId =
                random.nextInt(3) == 0 ? Optional.of("row " + random.nextInt(4)) : Optional.empty();
        return new Teaching(input, answer(), externalId, random.nextBoolean() ? 1.0 : 0.1, source());
    }

    private Optional<SourceName> source() {
        int source = random.nextInt(4);
        return source > 1 ? Optional.empty() : Optional.of(new SourceName("source-" + source));
    }

    private Answer answer() {
        return switch (random.nextInt(4)) {
            case 0 -> new Answer.Labels(List.of());
            case 1 -> new Answer.Labels(List.of(word(), word()));
            case 2 -> new Answer.Score(random.nextInt(3) / 3.0);
            default -> new Answer.OneLabel(word());
        };
    }

    private Map<String, float[]> vectors() {
        Map<String, float[]> vectors = new HashMap<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            vectors.put(member(), vector());
        }
        return vectors;
    }

    private float[] vector() {
        float[] vector = new float[8];
        for (int i = 0; i < vector.length; i++) {
            vector[i] = (float) random.nextGaussian();
        }
        return vector;
    }

    private String word() {
        return WORDS.get(random.nextInt(WORDS.size()));
    }
}
