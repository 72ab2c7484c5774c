// SPDX-License-Identifier: Apache-2.0
package dev.perennial.benchmark;

import dev.perennial.blas.OpenBlas;
import dev.perennial.encode.Encoded;
import dev.perennial.encode.Encoder;
import dev.perennial.encode.Encoders;
import dev.perennial.ensemble.Ensemble;
import dev.perennial.ensemble.Known;
import dev.perennial.ensemble.Predictor;
import dev.perennial.learn.FitSettings;
import dev.perennial.learn.Learner;
import dev.perennial.learn.Ledgers;
import dev.perennial.learn.Lesson;
import dev.perennial.learn.Recency;
import dev.perennial.learn.ReferenceSentences;
import dev.perennial.learn.Spreads;
import dev.perennial.task.Answer;
import dev.perennial.task.Example;
import dev.perennial.task.Input;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.MemoryDerivedCache;
import dev.perennial.task.Policy;
import dev.perennial.task.RevisionId;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import dev.perennial.task.Teaching;
import dev.perennial.text.Text;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ForkJoinPool;

/** Sets of the evaluation data, encoded and learnt by any encoders in this process. For one thread. */
final class Course {
    private final Path data;
    private final Encoders encoders;
    private final CachedVectors vectors;
    private final Learner learner;
    private final Spreads spreads;
    private final Map<String, Encoded> described = new HashMap<>();

    /** @param cache keeps vectors of texts over runs */
    Course(Path data, Path cache, Encoders encoders) {
        this.data = data;
        this.encoders = encoders;
        this.vectors = new CachedVectors(encoders, cache);
        this.learner = new Learner(new OpenBlas(1L << 30), FitSettings.DEFAULT, new ForkJoinPool());
        this.spreads = new Spreads(ReferenceSentences.read(), new MemoryDerivedCache());
    }

    Spreads spreads() {
        return spreads;
    }

    List<Encoded> encoded(String name, List<Input> inputs) throws Exception {
        return vectors.of(name, inputs);
    }

    /** The rows of a split with their vectors. */
    List<Known> known(DataSet set, DataSet.Split split) throws Exception {
        List<Teaching> teachings = split.read(data, set.kind());
        List<Encoded> encoded =
                encoded(split.file(), teachings.stream().map(Teaching::input).toList());
        List<Known> known = new ArrayList<>();
        for (int i = 0; i < teachings.size(); i++) {
            Teaching teaching = teachings.get(i);
            String id = String.format("ex_%016d", i);
            Example example = new Example(id, teaching, teaching.contentKey(), new RevisionId(1), Instant.EPOCH);
            known.add(new Known(example, encoded.get(i)));
        }
        return known;
    }

    /** What all the encoders together learn of a set. */
    Ensemble learn(DataSet set, List<Known> known) {
        return learnt(set, known).ensemble();
    }

    /** The same with what it says of held-out rows. */
    Learner.Learnt learnt(DataSet set, List<Known> known) {
        return learnt(set, known, Policy.DEFAULT);
    }

    Learner.Learnt learnt(DataSet set, List<Known> known, Policy policy) {
        Task task = new Task(new TaskId(set.name()), set.kind(), set.input(), "", List.of(), set.scoreRange(), policy);
        List<Encoder> members = encoders.ready();
        Map<String, Encoded> descriptions = new HashMap<>();
        if (set.input() == InputKind.TEXT && set.kind() == Kind.CLASSIFICATION) {
            known.forEach(each -> descriptions.computeIfAbsent(
                    ((Answer.OneLabel) each.example().teaching().answer()).label(), this::describe));
        }
        Lesson lesson = new Lesson(
                task,
                new RevisionId(1),
                members,
                spreads.featureMap(set.input(), members),
                known,
                descriptions,
                Set.of(),
                Recency.NONE);
        return learner.learn(lesson, new Ledgers());
    }

    private Encoded describe(String label) {
        return described.computeIfAbsent(
                label.replace('_', ' ').strip(),
                text -> Predictor.encode(encoders, encoders.ready(), List.of(Input.of(new Text(text))))
                        .get(0));
    }
}
