// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.revision.RevisionStore;
import dev.perennial.task.ContentKey;
import dev.perennial.task.StoredTask;
import dev.perennial.task.TaskId;
import dev.perennial.task.TaskStore;
import dev.perennial.task.TaskStore.Expiring;
import dev.perennial.task.Teaching;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Lets go of revisions that ended longer ago than they are kept, with the examples that only they have. Safe for
 * concurrent use.
 */
final class RevisionExpiry {
    private static final System.Logger LOG = System.getLogger(RevisionExpiry.class.getName());

    private final TaskStore store;
    private final TaskMembers members;
    private final TaskChanges changes;
    private final TaskLearning learning;
    private final RevisionStore revisions;
    private final Optional<Duration> retention;
    private final InstantSource clock;

    RevisionExpiry(
            TaskStore store, TaskMembers members, TaskChanges changes, TaskLearning learning, Teacher.Tools tools) {
        this.store = store;
        this.members = members;
        this.changes = changes;
        this.learning = learning;
        this.revisions = tools.revisions();
        this.retention = tools.bounds().revisions();
        this.clock = tools.clock();
    }

    /** Does so for all tasks; one that fails keeps no other from it. */
    void run() {
        if (retention.isEmpty()) {
            return;
        }
        Instant endedBefore = clock.instant().minus(retention.get());
        try {
            store.tasks().stream().map(StoredTask::task).forEach(task -> expire(task.id(), endedBefore));
            members.retainPast(revisions::membersThen);
        } catch (RuntimeException unreadable) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "Revisions cannot be let go: {0}",
                    unreadable.getClass().getName());
        }
    }

    private void expire(TaskId id, Instant endedBefore) {
        try {
            long revisions = store.expiring(id, endedBefore).revisions();
            if (revisions > 0) {
                let(id, endedBefore);
                LOG.log(System.Logger.Level.INFO, "Of task {0}, {1} revisions are let go", id, revisions);
            }
        } catch (RuntimeException failure) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "Revisions of task {0} cannot be let go: {1}",
                    id,
                    failure.getClass().getName());
        }
    }

    private void let(TaskId id, Instant endedBefore) {
        Expiring unused = changes.ending(
                id,
                ended -> changes.taking(id, classroom -> {
                    Expiring expiring = store.expiring(id, endedBefore);
                    // Before the examples, so that nothing of them is left whatever fails.
                    learning.recent().remove(id);
                    ended.addAll(members.unlearn(id, erased(expiring, classroom)));
                    store.expire(id, endedBefore);
                    if (ended.contains(id)) {
                        store.task(id).ifPresent(stored -> learning.activate(stored, classroom));
                    }
                    return expiring;
                }));
    }

    /** Inputs of which nothing is left: what is taught about them now stays learnt. */
    private static Set<ContentKey> erased(Expiring expiring, Classroom classroom) {
        Set<ContentKey> erased = expiring.examples().stream()
                .map(example -> ContentKey.of(example.teaching().input()))
                .collect(Collectors.toSet());
        classroom.teachings().stream().map(Teaching::input).map(ContentKey::of).forEach(erased::remove);
        return erased;
    }
}
