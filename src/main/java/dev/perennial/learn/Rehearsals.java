// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.encode.Encoder;
import dev.perennial.ensemble.Ensemble;
import dev.perennial.knowledge.LinkingEncoder;
import dev.perennial.knowledge.LiveGraph;
import dev.perennial.knowledge.LiveGraphs;
import dev.perennial.task.Example;
import dev.perennial.task.RevisionId;
import dev.perennial.task.StoredTask;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import dev.perennial.task.TaskStore;
import dev.perennial.task.Teaching;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Learns tasks as they are stored with members that need not be theirs, aside: nothing is stored and nothing serves by
 * it. Safe for concurrent use.
 */
final class Rehearsals {
    private final TaskStore store;
    private final Learner learner;
    private final Spreads spreads;
    private final ExampleVectors exampleVectors;
    private final LabelDescriptions labelDescriptions;
    private final LiveGraphs graphs;
    private final GraphReadings readings;

    Rehearsals(TaskStore store, TaskMembers members, Teacher.Tools tools) {
        this.store = store;
        this.learner = tools.learner();
        this.spreads = tools.spreads();
        this.exampleVectors = new ExampleVectors(store, members.encoders());
        this.labelDescriptions = new LabelDescriptions(store, members);
        this.graphs = tools.graphs();
        this.readings = new GraphReadings(graphs, exampleVectors, labelDescriptions);
    }

    private Rehearsals(Rehearsals other, LiveGraphs graphs) {
        this.store = other.store;
        this.learner = other.learner;
        this.spreads = other.spreads;
        this.exampleVectors = other.exampleVectors;
        this.labelDescriptions = other.labelDescriptions;
        this.graphs = graphs;
        this.readings = new GraphReadings(graphs, exampleVectors, labelDescriptions);
    }

    /** The same with a graph as it would be. */
    Rehearsals with(LinkingEncoder graph) {
        LiveGraphs all = new LiveGraphs();
        graphs.all().forEach(all::add);
        all.add(new LiveGraph(graph));
        return new Rehearsals(this, all);
    }

    /**
     * A state of a task.
     *
     * @param classroom of it alone, with what members have read of it
     */
    record Setting(StoredTask stored, Classroom classroom) {}

    /** Learns a task as it is stored; empty when there is no such task. */
    Optional<Rehearsal> of(TaskId id, TaskMembers.Cast cast) {
        return store.task(id).map(stored -> {
            Classroom classroom = new Classroom();
            store.examples(id).forEach(classroom::add);
            PrecisionChoice.of(stored.task(), cast.members().apply(id))
                    .readers()
                    .forEach(reader -> classroom
                            .vectors(reader)
                            .putAll(store.vectors(id, reader.info().digest())));
            Setting setting = new Setting(stored, classroom);
            return of(learnt(setting, cast), setting, cast);
        });
    }

    /** Learns a task that is not stored from what is not either, and with no graph; nothing is kept of it. */
    Ensemble improvised(Task task, List<Teaching> teachings, TaskMembers.Cast cast) {
        Classroom classroom = new Classroom();
        int taught = 0;
        for (Teaching teaching : classroom.after(teachings)) {
            String id = String.format(Locale.ROOT, "new_%016d", taught++);
            classroom.add(new Example(id, teaching, teaching.contentKey(), new RevisionId(0), Instant.EPOCH));
        }
        Setting setting = new Setting(new StoredTask(task, new RevisionId(0), Instant.EPOCH, taught), classroom);
        try {
            return choice(setting, cast)
                    .made(lineup -> learner.learn(lesson(setting, lineup, cast), List.of(), classroom.ledgers(lineup)))
                    .ensemble();
        } finally {
            classroom.allLedgers().forEach(Ledgers::clear);
        }
    }

    /** What was learnt before of a state of a task. */
    Rehearsal of(Ensemble ensemble, Setting setting, TaskMembers.Cast cast) {
        return new Rehearsal(ensemble, latest -> heldOut(ensemble, setting, cast, latest));
    }

    private Ensemble learnt(Setting setting, TaskMembers.Cast cast) {
        Classroom classroom = setting.classroom();
        try {
            List<GraphReading> read = readings.of(setting.stored().task(), classroom);
            return choice(setting, cast)
                    .made(lineup -> learner.learn(lesson(setting, lineup, cast), read, classroom.ledgers(lineup)))
                    .ensemble();
        } finally {
            classroom.allLedgers().forEach(Ledgers::clear);
        }
    }

    private List<Learner.HeldOutAnswer> heldOut(Ensemble ensemble, Setting setting, TaskMembers.Cast cast, int latest) {
        if (setting.classroom().size() == 0) {
            return List.of();
        }
        PrecisionChoice.Lineup lineup = choice(setting, cast)
                .of(ensemble.members().stream()
                        .filter(member -> !Activation.isGraph(member))
                        .toList());
        return learner.heldOut(
                lesson(setting, lineup, cast),
                readings.of(setting.stored().task(), setting.classroom()),
                new Learner.Wanted(latest, () -> {}));
    }

    private static PrecisionChoice choice(Setting setting, TaskMembers.Cast cast) {
        Task task = setting.stored().task();
        return PrecisionChoice.of(task, cast.members().apply(task.id()));
    }

    private Lesson lesson(Setting setting, PrecisionChoice.Lineup lineup, TaskMembers.Cast cast) {
        Task task = setting.stored().task();
        List<Encoder> readers = lineup.members();
        exampleVectors.encodeMissing(setting.classroom(), readers, (member, fresh) -> {});
        return new Lesson(
                task,
                setting.stored().revision(),
                readers,
                spreads.featureMap(task.input(), readers),
                setting.classroom().known(readers),
                labelDescriptions.unstored(task, setting.classroom(), readers),
                cast.learntFrom().apply(task.id(), readers),
                Recency.NONE);
    }
}
