// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.encode.Encoder;
import dev.perennial.ensemble.ActiveEnsembles;
import dev.perennial.knowledge.LinkingEncoder;
import dev.perennial.task.StoredTask;
import dev.perennial.task.TaskId;
import dev.perennial.task.TaskStore;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;

/** How encoders come to serve tasks, and go. Each has read every example before anything answers by it. */
record Joining(
        TaskStore store,
        TaskMembers members,
        ActiveEnsembles active,
        Classrooms classrooms,
        TaskLearning learning,
        LiveVectors vectors,
        TaskChanges changes,
        Rehearsals rehearsals) {

    /** Has every task learn with an encoder if it is admitted; whether it is. Else nothing has changed. */
    boolean adopt(Encoder encoder, Admittance admittance) {
        AtomicBoolean admitted = new AtomicBoolean();
        vectors.joining(encoder, () -> admitted.set(adoptJoining(encoder, admittance)));
        if (!admitted.get()) {
            retainVectors(tasks());
        }
        return admitted.get();
    }

    private boolean adoptJoining(Encoder encoder, Admittance admittance) {
        for (StoredTask stored : store.tasks()) {
            List<Encoder> readers =
                    PrecisionChoice.of(stored.task(), List.of(encoder)).readers();
            encodeMissing(stored.task().id(), readers, admittance);
        }
        TaskMembers.Cast cast = members.with(encoder, tasks());
        if (!admittance.admits(cast.tasks(), id -> rehearsals.of(id, cast))) {
            return false;
        }
        members.encoders().add(encoder);
        members.releaseVoid();
        for (TaskId id : tasks()) {
            admittance.goesOn();
            classrooms.enter(id, classroom -> {
                learning.learnWith(encoder, id, classroom);
                vectors.retain(id, classroom);
            });
        }
        return true;
    }

    private void encodeMissing(TaskId id, List<Encoder> readers, Admittance admittance) {
        ExampleVectors exampleVectors = new ExampleVectors(store, members.encoders());
        ExampleVectors.Keeper keeper = (reader, fresh) -> {
            store.putVectors(id, reader.info().digest(), fresh);
            admittance.goesOn();
        };
        classrooms.enter(id, classroom -> exampleVectors.encodeMissing(classroom, readers, keeper));
    }

    private Set<TaskId> tasks() {
        return store.tasks().stream().map(stored -> stored.task().id()).collect(Collectors.toSet());
    }

    private void retainVectors(Set<TaskId> tasks) {
        tasks.forEach(id -> classrooms.enter(id, classroom -> vectors.retain(id, classroom)));
    }

    /** Has every task learn without the encoder of an id; {@code goesOn} is told before each. */
    void dismiss(String encoder, Runnable goesOn) {
        members.encoders().remove(encoder);
        members.releaseVoid();
        for (TaskId id : tasks()) {
            goesOn.run();
            classrooms.enter(id, classroom -> {
                learning.learnWithout(encoder, id, classroom);
                vectors.retain(id, classroom);
            });
        }
    }

    /**
     * Has the tasks of an adaptation learn with it if it is admitted, and has learnt from nothing that was erased;
     * whether it serves. Else nothing has changed.
     */
    boolean adapt(Adaptation adaptation, Prospect prospect, Admittance admittance) {
        List<Encoder> readers = List.of(adaptation.encoder());
        AtomicBoolean added = new AtomicBoolean();
        vectors.joining(adaptation.encoder(), () -> {
            adaptation.tasks().stream().filter(active::isKnown).forEach(id -> encodeMissing(id, readers, admittance));
            TaskMembers.Cast cast = members.with(adaptation);
            if (admittance.admits(cast.tasks(), id -> rehearsals.of(id, cast))) {
                members.add(adaptation, prospect).ifPresent(concerned -> {
                    added.set(true);
                    changes.learnAnew(concerned, admittance::goesOn);
                });
            }
        });
        if (!added.get()) {
            retainVectors(adaptation.tasks());
        }
        return added.get();
    }

    /** Whether tasks may be learnt with a graph as it would be; nothing is changed by asking. */
    boolean admits(LinkingEncoder graph, Admittance admittance) {
        Rehearsals with = rehearsals.with(graph);
        TaskMembers.Cast cast = members.cast();
        return admittance.admits(tasks(), id -> with.of(id, cast));
    }
}
