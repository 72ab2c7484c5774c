// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import dev.perennial.revision.Revision;
import dev.perennial.revision.RevisionStore;
import dev.perennial.task.Example;
import dev.perennial.task.RevisionId;
import dev.perennial.task.StoredTask;
import dev.perennial.task.TaskId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/**
 * Which revisions of a task are let go, and which examples only they have. Belongs to one transaction.
 *
 * @param first the first revision that is kept, with all later ones
 * @param named the earlier ones that are kept, because they are named or answer
 * @param revisions those that are let go
 * @param examples numbers of those that no revision needs that is kept
 */
record RevisionLoss(RevisionId first, Set<RevisionId> named, List<RevisionId> revisions, Set<Long> examples) {

    /** Of those that ended before a time; empty when there is none. */
    static Optional<RevisionLoss> of(Handle handle, TaskId id, Instant endedBefore) {
        Optional<StoredTask> present = new TaskTable(handle).find(id);
        return present.flatMap(stored -> new RevisionTable(handle)
                .firstAfter(id, endedBefore)
                .map(first -> of(handle, stored, first))
                .filter(loss -> !loss.revisions().isEmpty()));
    }

    private static RevisionLoss of(Handle handle, StoredTask stored, RevisionId first) {
        TaskId id = stored.task().id();
        RevisionTable table = new RevisionTable(handle);
        List<RevisionId> lost = new ArrayList<>(table.keptBefore(id, first));
        Set<RevisionId> named = named(handle, stored);
        named.retainAll(lost);
        lost.removeAll(named);
        PastExamples past = new PastExamples(handle);
        Set<Long> examples = new HashSet<>(past.setAsideSince(id, first));
        QuarantineTable quarantines = new QuarantineTable(handle);
        examples.removeAll(quarantines.now(id).keySet());
        named.forEach(revision -> {
            examples.removeAll(past.numbersAt(id, revision));
            examples.removeAll(quarantines.at(id, revision).keySet());
        });
        return new RevisionLoss(first, named, lost, examples);
    }

    /** What serving once named is no matter: what answers does. */
    private static Set<RevisionId> named(Handle handle, StoredTask stored) {
        TaskId id = stored.task().id();
        Set<RevisionId> named = new HashSet<>();
        new AliasTable(handle).present(id).forEach((alias, revision) -> {
            if (!alias.equals(RevisionStore.SERVING)) {
                named.add(revision);
            }
        });
        new RevisionTable(handle)
                .find(id, stored.revision())
                .flatMap(Revision::restored)
                .ifPresent(named::add);
        return named;
    }

    /** The examples themselves. */
    Collection<Example> read(Handle handle, TaskId id) {
        PastExamples past = new PastExamples(handle);
        return examples.stream()
                .flatMap(number -> past.find(id, number).stream())
                .toList();
    }

    /** Erases, for good. */
    void carryOut(Change change, TaskId id, RevisionId revision) {
        SqlTaskStore.eraseExpired(change, examples, revision);
        // They hold descriptions of labels, in the words of clients.
        change.erasesBytes(new DefinitionTable(change.handle()).retain(id, first, named));
        new RevisionTable(change.handle()).lose(revisions);
    }
}
