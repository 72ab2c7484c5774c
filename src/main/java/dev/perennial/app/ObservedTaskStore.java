// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.task.ContentKey;
import dev.perennial.task.EncodedTeaching;
import dev.perennial.task.Example;
import dev.perennial.task.Idempotency;
import dev.perennial.task.QuarantineReason;
import dev.perennial.task.Quarantined;
import dev.perennial.task.RevisionId;
import dev.perennial.task.SourceName;
import dev.perennial.task.SourceShare;
import dev.perennial.task.StoredTask;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import dev.perennial.task.TaskStore;
import dev.perennial.task.Teaching;
import dev.perennial.task.TeachingOutcome;
import dev.perennial.task.WholeTask;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/** A store whose changes are told once they are on disk, whoever made them. Thread-safe. */
final class ObservedTaskStore implements TaskStore {
    private static final String TAUGHT = "taught";
    private static final String UNTAUGHT = "untaught";

    private final TaskStore store;
    private final ServiceMetrics metrics;
    private final Consumer<TaskId> changed;
    private final Consumer<TaskId> erasing;
    private final Consumer<TaskId> erased;
    private final TaskSuccession succession;

    /**
     * Observes a store.
     *
     * @param changed told of every task that was defined or taught
     * @param erasing told of the task before a text may be erased
     * @param erased told of the task whenever a text may have been erased, also when that failed half way
     * @param succession told of the task when it is gone, or another has come in its place
     */
    ObservedTaskStore(
            TaskStore store,
            ServiceMetrics metrics,
            Consumer<TaskId> changed,
            Consumer<TaskId> erasing,
            Consumer<TaskId> erased,
            TaskSuccession succession) {
        this.store = store;
        this.metrics = metrics;
        this.changed = changed;
        this.erasing = erasing;
        this.erased = erased;
        this.succession = succession;
    }

    @Override
    public Defined define(Task task) {
        Defined defined = store.define(task);
        changed.accept(task.id());
        return defined;
    }

    @Override
    public Optional<RevisionId> remove(TaskId id) {
        long examples = examples(store.task(id));
        erasing.accept(id);
        try {
            Optional<RevisionId> removed = store.remove(id);
            removed.ifPresent(revision -> {
                succession.gone(id, revision);
                metrics.examples(id, UNTAUGHT, examples);
            });
            return removed;
        } finally {
            erased.accept(id);
        }
    }

    @Override
    public StoredTask replace(WholeTask whole, Idempotency idempotency, Function<StoredTask, Idempotency.Reply> reply) {
        TaskId id = whole.task().id();
        Optional<StoredTask> before = store.task(id);
        // The former task is not changed meanwhile, and its successor's revisions are later ones.
        RevisionId last = new RevisionId(store.latestRevision());
        boolean isKnown = false;
        erasing.accept(id);
        try {
            StoredTask stored = store.replace(whole, idempotency, reply);
            before.ifPresent(former -> succession.gone(id, last));
            succession.arrived(whole, stored);
            isKnown = true;
            before.ifPresent(former -> metrics.examples(id, UNTAUGHT, former.examples()));
            metrics.examples(id, TAUGHT, stored.examples());
            changed.accept(id);
            return stored;
        } finally {
            if (before.isPresent() || !isKnown) {
                erased.accept(id);
            }
        }
    }

    @Override
    public Expiring expiring(TaskId id, Instant endedBefore) {
        return store.expiring(id, endedBefore);
    }

    @Override
    public void expire(TaskId id, Instant endedBefore) {
        try {
            store.expire(id, endedBefore);
        } finally {
            erased.accept(id);
        }
    }

    @Override
    public void requireTeachable(int teachings) {
        store.requireTeachable(teachings);
    }

    @Override
    public TeachingOutcome teach(
            TaskId id,
            List<EncodedTeaching> teachings,
            Optional<Idempotency> idempotency,
            Function<TeachingOutcome, Idempotency.Reply> reply) {
        boolean outdates = false;
        boolean mayHaveErased = teachings.stream().anyMatch(ObservedTaskStore::mayReplaceAnotherText);
        if (mayHaveErased) {
            erasing.accept(id);
            outdates = !store.outdated(
                            id,
                            teachings.stream().map(EncodedTeaching::teaching).toList())
                    .isEmpty();
        }
        try {
            TeachingOutcome outcome = store.teach(id, teachings, idempotency, reply);
            long others = outcome.rows().stream()
                    .filter(row -> row.replaced().isPresent())
                    .count();
            mayHaveErased = outdates || others > 0;
            metrics.examples(id, TAUGHT, outcome.taught());
            metrics.examples(id, UNTAUGHT, others);
            changed.accept(id);
            return outcome;
        } finally {
            if (mayHaveErased) {
                erased.accept(id);
            }
        }
    }

    /** How many a task learns from. */
    private static long examples(Optional<StoredTask> stored) {
        return stored.map(StoredTask::examples).orElse(0L);
    }

    /** The external id of a correction is made of its text. */
    private static boolean mayReplaceAnotherText(EncodedTeaching encoded) {
        Teaching teaching = encoded.teaching();
        String correction =
                Teaching.CORRECTION + ContentKey.of(teaching.input()).hex();
        return teaching.externalId().filter(id -> !id.equals(correction)).isPresent();
    }

    @Override
    public Forgotten forget(TaskId id, String exampleId) {
        erasing.accept(id);
        try {
            long before = examples(store.task(id));
            Forgotten forgotten = store.forget(id, exampleId);
            // Nothing, where it was untaught when it was set apart.
            metrics.examples(id, UNTAUGHT, before - forgotten.examplesTotal());
            return forgotten;
        } finally {
            erased.accept(id);
        }
    }

    @Override
    public Undone undo(TaskId id, SourceName source) {
        erasing.accept(id);
        try {
            long before = examples(store.task(id));
            Undone undone = store.undo(id, source);
            metrics.examples(id, UNTAUGHT, before - undone.examplesTotal());
            return undone;
        } finally {
            erased.accept(id);
        }
    }

    @Override
    public Moved quarantine(
            TaskId id,
            Map<String, QuarantineReason> reasonByExample,
            Optional<Idempotency> idempotency,
            Function<Moved, Idempotency.Reply> reply) {
        Moved moved = store.quarantine(id, reasonByExample, idempotency, reply);
        metrics.examples(id, UNTAUGHT, moved.examples().size());
        changed.accept(id);
        return moved;
    }

    @Override
    public Moved release(
            TaskId id,
            Set<String> exampleIds,
            Optional<Idempotency> idempotency,
            Function<Moved, Idempotency.Reply> reply) {
        Moved moved = store.release(id, exampleIds, idempotency, reply);
        metrics.examples(id, TAUGHT, moved.examples().size());
        changed.accept(id);
        return moved;
    }

    @Override
    public Map<String, float[]> vectorsApart(TaskId id, String memberDigest) {
        return store.vectorsApart(id, memberDigest);
    }

    @Override
    public List<Quarantined> quarantined(TaskId id, String after, int limit) {
        return store.quarantined(id, after, limit);
    }

    @Override
    public Optional<StoredTask> renew(TaskId id) {
        return store.renew(id);
    }

    @Override
    public long latestRevision() {
        return store.latestRevision();
    }

    @Override
    public List<StoredTask> tasks() {
        return store.tasks();
    }

    @Override
    public List<StoredTask> tasks(String after, int limit) {
        return store.tasks(after, limit);
    }

    @Override
    public Optional<StoredTask> task(TaskId id) {
        return store.task(id);
    }

    @Override
    public List<Example> examples(TaskId id) {
        return store.examples(id);
    }

    @Override
    public List<Example> examples(TaskId id, String after, int limit) {
        return store.examples(id, after, limit);
    }

    @Override
    public List<Example> examples(TaskId id, SourceName source, String after, int limit) {
        return store.examples(id, source, after, limit);
    }

    @Override
    public List<Example> kept(TaskId id, SourceName source) {
        return store.kept(id, source);
    }

    @Override
    public List<SourceShare> sources(TaskId id) {
        return store.sources(id);
    }

    @Override
    public Optional<Example> example(TaskId id, String exampleId) {
        return store.example(id, exampleId);
    }

    @Override
    public List<Example> outdated(TaskId id, List<Teaching> teachings) {
        return store.outdated(id, teachings);
    }

    @Override
    public Optional<Example> kept(TaskId id, String exampleId) {
        return store.kept(id, exampleId);
    }

    @Override
    public Map<String, float[]> vectors(TaskId id, String memberDigest) {
        return store.vectors(id, memberDigest);
    }

    @Override
    public void putVectors(TaskId id, String memberDigest, Map<String, float[]> vectorByExample) {
        store.putVectors(id, memberDigest, vectorByExample);
    }

    @Override
    public void retainVectors(TaskId id, Set<String> memberDigests) {
        store.retainVectors(id, memberDigests);
    }

    @Override
    public Map<String, float[]> labelVectors(TaskId id, String memberDigest) {
        return store.labelVectors(id, memberDigest);
    }

    @Override
    public void putLabelVectors(TaskId id, String memberDigest, Map<String, float[]> vectorByDigest) {
        store.putLabelVectors(id, memberDigest, vectorByDigest);
    }

    @Override
    public void retainLabelVectors(TaskId id, Set<String> digests) {
        store.retainLabelVectors(id, digests);
    }

    @Override
    public Optional<Idempotency.Entry> reply(String idempotencyKey) {
        return store.reply(idempotencyKey);
    }

    @Override
    public void keepReply(Idempotency idempotency, Idempotency.Reply reply) {
        store.keepReply(idempotency, reply);
    }

    @Override
    public OptionalLong sizeInBytes() {
        return store.sizeInBytes();
    }
}
