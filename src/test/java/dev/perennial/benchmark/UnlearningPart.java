// SPDX-License-Identifier: Apache-2.0
package dev.perennial.benchmark;

import dev.perennial.encode.Encoded;
import dev.perennial.encode.Encoder;
import dev.perennial.encode.EncoderPool;
import dev.perennial.encode.Encoders;
import dev.perennial.ensemble.Ensemble;
import dev.perennial.ensemble.Known;
import dev.perennial.ensemble.Predictor;
import dev.perennial.learn.Ledgers;
import dev.perennial.learn.Lesson;
import dev.perennial.learn.Recency;
import dev.perennial.learn.SumsAlone;
import dev.perennial.task.Example;
import dev.perennial.task.Input;
import dev.perennial.task.InputKind;
import dev.perennial.task.Policy;
import dev.perennial.task.RevisionId;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import dev.perennial.task.Teaching;
import dev.perennial.text.Text;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Taking 1,000 of 10,000 examples of {@code clinc150} out, one by one, against never having taught them. The sums are
 * brought up to date after each; heads are fitted of them after some, as fitting 1,000 times would take an hour. Some
 * more are taken out by the service itself, which fits after each.
 */
@SuppressWarnings("SystemOut")
final class UnlearningPart {
    private static final int TAUGHT = 10_000;
    private static final Set<Integer> FITTED_AFTER = Set.of(1, 100, 1000);
    private static final int TAKEN_OUT = 1000;
    private static final int BY_THE_SERVICE = 10;

    private final StreamTexts texts;
    private final StreamService.Means means;
    private final Task task;

    UnlearningPart(StreamTexts texts, StreamService.Means means) {
        this.texts = texts;
        this.means = means;
        DataSet set = DataSet.of("clinc150");
        this.task = new Task(
                new TaskId(set.name()), set.kind(), set.input(), "", List.of(), Optional.empty(), Policy.DEFAULT);
    }

    void run() throws Exception {
        DataSet set = DataSet.of("clinc150");
        List<Teaching> taught = texts.drawn(set, set.train(), TAUGHT);
        List<Teaching> test = texts.drawn(set, set.test(), Integer.MAX_VALUE);
        try (EncoderPool pool = new EncoderPool(2, Integer.MAX_VALUE)) {
            new OneByOne(new Encoders(pool, means.encoders()), taught, test).run();
        }
        byTheService(taught, test);
    }

    private final class OneByOne {
        private final Encoders encoders;
        private final List<Encoder> members;
        private final List<Known> known;
        private final List<Known> test;
        private final Map<String, Encoded> descriptions = new HashMap<>();

        private OneByOne(Encoders encoders, List<Teaching> taught, List<Teaching> test) {
            this.encoders = encoders;
            this.members = encoders.ready();
            this.known = known(taught);
            this.test = known(test);
            taught.stream()
                    .map(ClassStream::label)
                    .distinct()
                    .forEach(label -> descriptions.put(
                            label,
                            Predictor.encode(encoders, members, List.of(Input.of(new Text(label.replace('_', ' ')))))
                                    .get(0)));
        }

        private List<Known> known(List<Teaching> rows) {
            List<Encoded> encoded = Predictor.encode(
                    encoders, members, rows.stream().map(Teaching::input).toList());
            List<Known> all = new ArrayList<>();
            for (int i = 0; i < rows.size(); i++) {
                String id = String.format("ex_%016d", i);
                Teaching row = rows.get(i);
                all.add(new Known(
                        new Example(id, row, row.contentKey(), new RevisionId(1), Instant.EPOCH), encoded.get(i)));
            }
            return all;
        }

        private void run() {
            Ledgers ledgers = new Ledgers();
            Ensemble before = means.learner().learn(lesson(known), ledgers).ensemble();
            for (int taken = 1; taken <= TAKEN_OUT; taken++) {
                Lesson left = lesson(known.subList(taken, known.size()));
                SumsAlone.bringUpToDate(means.learner(), left, ledgers);
                if (FITTED_AFTER.contains(taken)) {
                    Ensemble unlearnt = means.learner().learn(left, ledgers).ensemble();
                    Ensemble never = means.learner().learn(left, new Ledgers()).ensemble();
                    System.out.printf(
                            "  %d of %d taken out: probabilities of %d questions within %.2e of never taught, "
                                    + "parameters equal: %s; within %.2e of before%n",
                            taken,
                            known.size(),
                            test.size(),
                            furthest(unlearnt, never),
                            unlearnt.headDigest().equals(never.headDigest()),
                            furthest(unlearnt, before));
                }
            }
        }

        private Lesson lesson(List<Known> rows) {
            return new Lesson(
                    task,
                    new RevisionId(1),
                    members,
                    means.spreads().featureMap(InputKind.TEXT, members),
                    rows,
                    descriptions,
                    Set.of(),
                    Recency.NONE);
        }

        private double furthest(Ensemble some, Ensemble others) {
            return test.parallelStream()
                    .mapToDouble(question -> furthest(answer(some, question), answer(others, question)))
                    .max()
                    .orElseThrow();
        }

        private static double[] answer(Ensemble ensemble, Known question) {
            return ensemble.voices().full().combined(ensemble.answers(question.encoded()), part -> true);
        }

        private static double furthest(double[] some, double[] others) {
            double furthest = 0;
            for (int c = 0; c < some.length; c++) {
                furthest = Math.max(furthest, Math.abs(some[c] - others[c]));
            }
            return furthest;
        }
    }

    private void byTheService(List<Teaching> taught, List<Teaching> test) {
        try (StreamService lived = new StreamService(means);
                StreamService never = new StreamService(means)) {
            lived.define(task);
            never.define(task);
            List<String> ids = lived.teach(task.id(), taught);
            for (String id : ids.subList(0, BY_THE_SERVICE)) {
                lived.forget(task.id(), id);
            }
            never.teach(task.id(), taught.subList(BY_THE_SERVICE, taught.size()));
            List<StreamService.Answered> some = lived.answers(task.id(), test);
            List<StreamService.Answered> others = never.answers(task.id(), test);
            double furthest = 0;
            for (int i = 0; i < some.size(); i++) {
                furthest = Math.max(furthest, some.get(i).furthest(others.get(i)));
            }
            System.out.printf(
                    "  %d of %d forgotten by the service: within %.2e of never taught, parameters equal: %s%n",
                    BY_THE_SERVICE,
                    taught.size(),
                    furthest,
                    lived.digest(task.id()).equals(never.digest(task.id())));
        }
    }
}
