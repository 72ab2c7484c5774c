// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import dev.perennial.failpoint.Failpoint;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.AuditEvent.Counts;
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
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;

/** Tasks and examples in a {@link Database}. Thread-safe; holds nothing in memory. */
public final class SqlTaskStore implements TaskStore {
    private final Database database;
    private final InstantSource clock;

    public SqlTaskStore(Database database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    @Override
    public long latestRevision() {
        return database.read(handle -> handle.createQuery("SELECT last_value FROM sequences WHERE name = 'revision'")
                .mapTo(long.class)
                .one());
    }

    @Override
    public List<StoredTask> tasks() {
        return tasks("", Integer.MAX_VALUE);
    }

    @Override
    public List<StoredTask> tasks(String after, int limit) {
        return database.read(handle -> new TaskTable(handle).page(after, limit));
    }

    @Override
    public Optional<StoredTask> task(TaskId id) {
        return database.read(handle -> new TaskTable(handle).find(id));
    }

    @Override
    public Defined define(Task task) {
        return database.write(change -> defined(change, task));
    }

    private Defined defined(Change change, Task task) {
        TaskTable tasks = new TaskTable(change.handle());
        Optional<StoredTask> present = tasks.find(task.id());
        if (present.isPresent() && present.get().task().equals(task)) {
            return new Defined(present.get(), false);
        }
        Instant now = now();
        RevisionId revision = change.revise(task.id(), cause(present, task), now);
        StoredTask stored = present.map(old -> new StoredTask(task, revision, old.createdAt(), old.examples()))
                .orElseGet(() -> new StoredTask(task, revision, now, 0));
        tasks.put(stored);
        new DefinitionTable(change.handle()).note(present, task, revision);
        return new Defined(stored, present.isEmpty());
    }

    @Override
    public Optional<StoredTask> renew(TaskId id) {
        Optional<Optional<StoredTask>> renewed = database.writeDerived(change -> {
            TaskTable tasks = new TaskTable(change.handle());
            return tasks.find(id).map(present -> {
                tasks.touch(id, change.revise(id, "renew", now()), present.examples());
                return tasks.find(id).orElseThrow();
            });
        });
        return renewed.isPresent() ? renewed.get() : task(id);
    }

    @Override
    public Optional<RevisionId> remove(TaskId id) {
        return database.write(change -> removed(change, id));
    }

    private Optional<RevisionId> removed(Change change, TaskId id) {
        TaskTable tasks = new TaskTable(change.handle());
        return tasks.find(id).map(present -> {
            RevisionId revision = change.revise(id, "remove", now(), new Counts(0, present.examples()));
            // First, so that nothing is left to be looked for one by one.
            change.erasesBytes(SqlFeedbackStore.removeAll(change.handle(), id));
            empty(change, new PastExamples(change.handle()).numbers(id), revision);
            forgetHistory(change.handle(), id);
            change.erasesBytes(new LabelVectorTable(change.handle()).retain(id, Set.of()));
            change.erasesBytes(new SuiteTable(change.handle()).remove(id));
            SqlReportStore.removeAll(change.handle(), id);
            SqlGateStore.removeAll(change.handle(), id);
            new ShadowTable(change.handle()).removeAll(id);
            SqlApprenticeshipStore.remove(change.handle(), id);
            new ReplyTable(change.handle(), now()).dropOfTask(id);
            tasks.delete(id);
            return revision;
        });
    }

    @Override
    public StoredTask replace(WholeTask whole, Idempotency idempotency, Function<StoredTask, Idempotency.Reply> reply) {
        return database.write(change -> {
            Instant now = now();
            TaskId id = whole.task().id();
            ReplyTable replies = new ReplyTable(change.handle(), now);
            replies.refuseRepeated(idempotency);
            Optional<RevisionId> unused = removed(change, id);
            Defined unusedTask = defined(change, whole.task());
            StoredTask stored = new WholeTaskRows(change, id, now).write(whole);
            replies.keep(new Idempotency.Entry(idempotency, reply.apply(stored)), now);
            return stored;
        });
    }

    @Override
    public Expiring expiring(TaskId id, Instant endedBefore) {
        return database.read(handle -> RevisionLoss.of(handle, id, endedBefore)
                .map(loss -> new Expiring(loss.revisions().size(), List.copyOf(loss.read(handle, id))))
                .orElse(Expiring.NOTHING));
    }

    @Override
    public void expire(TaskId id, Instant endedBefore) {
        database.write(change -> {
            RevisionLoss.of(change.handle(), id, endedBefore).ifPresent(loss -> {
                Counts counts = new Counts(0, loss.examples().size());
                loss.carryOut(change, id, change.reviseBeside(id, "expire", now(), counts));
            });
            return id;
        });
    }

    private static void forgetHistory(Handle handle, TaskId id) {
        new PastExamples(handle).delete(id);
        new QuarantineTable(handle).delete(id);
        new DefinitionTable(handle).delete(id);
        new RevisionTable(handle).delete(id);
        new PinTable(handle).delete(id);
        new AliasTable(handle).delete(id);
    }

    @Override
    public List<Example> examples(TaskId id) {
        return examples(id, "", Integer.MAX_VALUE);
    }

    @Override
    public List<Example> examples(TaskId id, String after, int limit) {
        OptionalLong number = after.isEmpty() ? OptionalLong.of(0) : ExampleId.parse(after);
        if (number.isEmpty()) {
            return List.of();
        }
        return database.read(handle -> new ExampleTable(handle).page(id, number.getAsLong(), limit));
    }

    @Override
    public List<Example> examples(TaskId id, SourceName source, String after, int limit) {
        OptionalLong number = after.isEmpty() ? OptionalLong.of(0) : ExampleId.parse(after);
        if (number.isEmpty()) {
            return List.of();
        }
        return database.read(handle -> new ExampleTable(handle).page(id, source, number.getAsLong(), limit));
    }

    @Override
    public List<Example> kept(TaskId id, SourceName source) {
        return database.read(handle -> new PastExamples(handle).of(id, source));
    }

    @Override
    public List<SourceShare> sources(TaskId id) {
        return database.read(handle -> new ExampleTable(handle).sources(id));
    }

    @Override
    public Optional<Example> example(TaskId id, String exampleId) {
        return database.read(handle -> find(handle, id, exampleId));
    }

    @Override
    public List<Example> outdated(TaskId id, List<Teaching> teachings) {
        return database.read(handle -> new PastExamples(handle).outdated(id, teachings));
    }

    @Override
    public Optional<Example> kept(TaskId id, String exampleId) {
        return database.read(handle -> findKept(handle, id, exampleId));
    }

    @Override
    public void requireTeachable(int teachings) {
        database.write(change -> {
            change.requireTeachable(teachings, now());
            return teachings;
        });
    }

    @Override
    public TeachingOutcome teach(
            TaskId id,
            List<EncodedTeaching> teachings,
            Optional<Idempotency> idempotency,
            Function<TeachingOutcome, Idempotency.Reply> reply) {
        TeachingOutcome taught = database.write(change -> {
            Instant now = now();
            ReplyTable replies = new ReplyTable(change.handle(), now);
            idempotency.ifPresent(replies::refuseRepeated);
            change.countTaught(teachings.size(), now);
            TeachingOutcome outcome = new Teachings(change, Teachings.Replaced.ERASED).teach(id, teachings, now);
            idempotency.ifPresent(request -> replies.keep(new Idempotency.Entry(request, reply.apply(outcome)), now));
            Failpoint.TEACHING_WRITTEN.pass();
            return outcome;
        });
        Failpoint.TEACHING_COMMITTED.pass();
        return taught;
    }

    @Override
    public Forgotten forget(TaskId id, String exampleId) {
        return database.write(change -> {
            StoredTask task = requireTask(change.handle(), id);
            Example example = findKept(change.handle(), id, exampleId)
                    .orElseThrow(() -> new Refusal.NotFound("example", exampleId));
            boolean isLive = find(change.handle(), id, exampleId).isPresent();
            RevisionId revision = change.revise(id, "forget", now(), new Counts(0, isLive ? 1 : 0));
            Set<Long> erased = new HashSet<>(Set.of(ExampleId.numberOf(example)));
            erased.addAll(new PastExamples(change.handle())
                    .setAsideAbout(id, example.teaching().input()));
            erase(change, erased, revision);
            long remaining = task.examples() - (isLive ? 1 : 0);
            new TaskTable(change.handle()).touch(id, revision, remaining);
            return new Forgotten(revision, example, remaining);
        });
    }

    @Override
    public Undone undo(TaskId id, SourceName source) {
        return database.write(change -> {
            StoredTask task = requireTask(change.handle(), id);
            List<Example> kept = new PastExamples(change.handle()).of(id, source);
            Set<Long> live = new HashSet<>(new ExampleTable(change.handle()).numbers(id));
            Set<Long> held = new HashSet<>(live);
            held.addAll(new QuarantineTable(change.handle()).now(id).keySet());
            List<Example> removed = kept.stream()
                    .filter(example -> held.contains(ExampleId.numberOf(example)))
                    .toList();
            if (kept.isEmpty()) {
                return new Undone(task.revision(), removed, task.examples());
            }
            RevisionId revision = change.revise(id, "undo", now(), new Counts(0, removed.size()));
            erase(change, kept.stream().map(ExampleId::numberOf).toList(), revision);
            long remaining = task.examples()
                    - removed.stream()
                            .filter(example -> live.contains(ExampleId.numberOf(example)))
                            .count();
            new TaskTable(change.handle()).touch(id, revision, remaining);
            return new Undone(revision, removed, remaining);
        });
    }

    @Override
    public Moved quarantine(
            TaskId id,
            Map<String, QuarantineReason> reasonByExample,
            Optional<Idempotency> idempotency,
            Function<Moved, Idempotency.Reply> reply) {
        return database.write(change -> new Quarantining(change)
                .once(idempotency, reply, now(), (one, now) -> one.setApart(id, reasonByExample, now)));
    }

    @Override
    public Moved release(
            TaskId id,
            Set<String> exampleIds,
            Optional<Idempotency> idempotency,
            Function<Moved, Idempotency.Reply> reply) {
        return database.write(change -> new Quarantining(change)
                .once(idempotency, reply, now(), (one, now) -> one.bringBack(id, exampleIds, now)));
    }

    @Override
    public Map<String, float[]> vectorsApart(TaskId id, String memberDigest) {
        return database.read(handle -> new VectorTable(handle)
                .read(memberDigest, new QuarantineTable(handle).now(id).keySet()));
    }

    @Override
    public List<Quarantined> quarantined(TaskId id, String after, int limit) {
        OptionalLong number = after.isEmpty() ? OptionalLong.of(0) : ExampleId.parse(after);
        return number.isEmpty()
                ? List.of()
                : database.read(handle -> new QuarantineTable(handle).page(id, number.getAsLong(), limit));
    }

    @Override
    public Map<String, float[]> vectors(TaskId id, String memberDigest) {
        return database.read(handle -> new VectorTable(handle).read(id, memberDigest));
    }

    @Override
    public void putVectors(TaskId id, String memberDigest, Map<String, float[]> vectorByExample) {
        Optional<Integer> unused = database.writeDerived(change -> {
            Map<Long, Map<String, float[]>> vectors = new LinkedHashMap<>();
            for (long number : new ExampleTable(change.handle()).numbers(id)) {
                float[] vector = vectorByExample.get(ExampleId.of(number));
                if (vector != null) {
                    vectors.put(number, Map.of(memberDigest, vector));
                }
            }
            new VectorTable(change.handle()).put(change, vectors);
            return vectors.size();
        });
    }

    @Override
    public void retainVectors(TaskId id, Set<String> memberDigests) {
        Optional<Integer> unused = database.writeDerived(change -> {
            int emptied = new VectorTable(change.handle()).retain(id, memberDigests)
                    + new LabelVectorTable(change.handle()).retainMembers(id, memberDigests);
            if (emptied > 0) {
                change.erasesBytes(emptied);
            }
            return emptied;
        });
    }

    @Override
    public Map<String, float[]> labelVectors(TaskId id, String memberDigest) {
        return database.read(handle -> new LabelVectorTable(handle).read(id, memberDigest));
    }

    @Override
    public void putLabelVectors(TaskId id, String memberDigest, Map<String, float[]> vectorByDigest) {
        Optional<Integer> unused = database.writeDerived(change -> {
            if (new TaskTable(change.handle()).find(id).isPresent()) {
                new LabelVectorTable(change.handle()).put(change, id, memberDigest, vectorByDigest);
            }
            return vectorByDigest.size();
        });
    }

    @Override
    public void retainLabelVectors(TaskId id, Set<String> digests) {
        Optional<Integer> unused = database.writeDerived(change -> {
            int emptied = new LabelVectorTable(change.handle()).retain(id, digests);
            if (emptied > 0) {
                change.erasesBytes(emptied);
            }
            return emptied;
        });
    }

    @Override
    public Optional<Idempotency.Entry> reply(String idempotencyKey) {
        return database.read(handle -> new ReplyTable(handle, now()).find(idempotencyKey));
    }

    @Override
    public void keepReply(Idempotency idempotency, Idempotency.Reply reply) {
        database.write(change -> {
            Instant now = now();
            Idempotency.Entry entry = new Idempotency.Entry(idempotency, reply);
            new ReplyTable(change.handle(), now).keep(entry, now);
            return entry;
        });
    }

    @Override
    public OptionalLong sizeInBytes() {
        return database.sizeInBytes();
    }

    private static String cause(Optional<StoredTask> present, Task wished) {
        boolean policyAlone = present.map(StoredTask::task)
                .filter(old -> old.withPolicy(wished.policy()).equals(wished))
                .isPresent();
        return policyAlone ? "policy" : "define";
    }

    /** Erases examples, and what is kept of answers about the same. */
    static void erase(Change change, Collection<Long> examples, RevisionId revision) {
        if (!examples.isEmpty()) {
            change.erasesBytes(SqlFeedbackStore.removeAbout(change.handle(), examples));
        }
        empty(change, examples, revision);
    }

    /** Erases examples whose time is over; what was asked and is about the same has a time of its own. */
    static void eraseExpired(Change change, Collection<Long> examples, RevisionId revision) {
        change.erasesBytes(new MistakeTable(change.handle()).emptyOf(examples));
        empty(change, examples, revision);
    }

    private static void empty(Change change, Collection<Long> examples, RevisionId revision) {
        if (!examples.isEmpty()) {
            new ExampleTable(change.handle()).empty(examples, revision);
            new VectorTable(change.handle()).empty(examples);
            new QuarantineTable(change.handle()).delete(examples);
            change.erasesBytes(examples.size());
        }
    }

    private static StoredTask requireTask(Handle handle, TaskId id) {
        return new TaskTable(handle).find(id).orElseThrow(() -> new Refusal.NotFound("task", id.value()));
    }

    private static Optional<Example> find(Handle handle, TaskId id, String exampleId) {
        OptionalLong number = ExampleId.parse(exampleId);
        return number.isPresent() ? new ExampleTable(handle).find(id, number.getAsLong()) : Optional.empty();
    }

    private static Optional<Example> findKept(Handle handle, TaskId id, String exampleId) {
        OptionalLong number = ExampleId.parse(exampleId);
        return number.isPresent() ? new PastExamples(handle).find(id, number.getAsLong()) : Optional.empty();
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }
}
