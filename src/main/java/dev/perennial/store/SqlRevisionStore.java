// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import dev.perennial.failpoint.Failpoint;
import dev.perennial.refusal.Refusal;
import dev.perennial.revision.AliasChange;
import dev.perennial.revision.Revision;
import dev.perennial.revision.RevisionStore;
import dev.perennial.revision.Served;
import dev.perennial.revision.Served.MemberPin;
import dev.perennial.revision.TaskState;
import dev.perennial.task.AuditEvent.Counts;
import dev.perennial.task.AuditEvent.Subject;
import dev.perennial.task.EncodedTeaching;
import dev.perennial.task.Example;
import dev.perennial.task.QuarantineReason;
import dev.perennial.task.RevisionId;
import dev.perennial.task.StoredTask;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import dev.perennial.task.TeachingOutcome;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/** The history of the tasks in a {@link Database}. Thread-safe; holds nothing in memory. */
public final class SqlRevisionStore implements RevisionStore {
    private static final String STAGE = "stage";

    private final Database database;
    private final InstantSource clock;

    public SqlRevisionStore(Database database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    @Override
    public List<Revision> page(TaskId id, RevisionId before, int limit) {
        return database.read(handle -> new TaskTable(handle).find(id).isEmpty()
                ? List.of()
                : new RevisionTable(handle).page(id, before, limit));
    }

    @Override
    public Optional<Revision> find(TaskId id, RevisionId revision) {
        return database.read(handle -> find(handle, id, revision));
    }

    @Override
    public Optional<TaskState> state(TaskId id, RevisionId revision) {
        return database.read(handle -> find(handle, id, revision).map(found -> state(handle, id, revision)));
    }

    @Override
    public Map<String, float[]> vectors(TaskId id, RevisionId revision, String memberDigest) {
        return database.read(handle -> new PastExamples(handle).vectors(id, revision, memberDigest));
    }

    @Override
    public void keep(TaskId id, RevisionId revision, Served served) {
        database.writeUnforced(change -> new RevisionTable(change.handle()).keep(id, revision, served));
    }

    @Override
    public Restored restore(TaskId id, RevisionId target, Optional<RevisionId> named, List<MemberPin> pins) {
        Restored shifted = database.write(change -> {
            Shift shift = new Shift(requireRevision(change.handle(), id, target), named, "restore");
            Restored restored = shifted(change, id, shift);
            RevisionId serving = named.orElse(restored.task().revision());
            new AliasTable(change.handle()).add(change, id, new AliasChange(0, SERVING, Optional.of(serving), now()));
            new PinTable(change.handle()).put(id, pins);
            return restored;
        });
        Failpoint.ALIAS_MOVED.pass();
        return shifted;
    }

    @Override
    public Map<TaskId, List<MemberPin>> pins() {
        return database.read(handle -> new PinTable(handle).all());
    }

    @Override
    public void unpin(Set<TaskId> tasks) {
        Set<TaskId> unused = database.write(change -> {
            tasks.forEach(new PinTable(change.handle())::delete);
            return tasks;
        });
    }

    @Override
    public Set<String> membersThen(TaskId id) {
        return database.read(handle -> new RevisionTable(handle)
                .membersThen(id).stream().map(MemberPin::digest).collect(Collectors.toSet()));
    }

    @Override
    public Staged stage(TaskId id, List<EncodedTeaching> teachings, Optional<RevisionId> base, RevisionId serving) {
        return database.write(change -> {
            RevisionId before = requireTask(change.handle(), id).revision();
            base.ifPresent(other -> {
                Shift there = new Shift(requireRevision(change.handle(), id, other), Optional.of(other), STAGE);
                Restored unused = shifted(change, id, there);
            });
            change.countTaught(teachings.size(), now());
            TeachingOutcome outcome = new Teachings(change, Teachings.Replaced.SET_ASIDE).teach(id, teachings, now());
            Shift back = new Shift(before, Optional.of(serving), STAGE);
            Restored restored = shifted(change, id, back);
            AliasChange candidate = new AliasChange(0, CANDIDATE, Optional.of(outcome.revision()), now());
            new AliasTable(change.handle()).add(change, id, candidate);
            return new Staged(restored.task(), outcome);
        });
    }

    private static RevisionId requireRevision(Handle handle, TaskId id, RevisionId revision) {
        StoredTask unused = requireTask(handle, id);
        return find(handle, id, revision)
                .map(Revision::id)
                .orElseThrow(() -> new Refusal.NotFound("revision", revision.toString()));
    }

    /**
     * Going to another state.
     *
     * @param target whose state
     * @param named what answers by it
     * @param cause why
     */
    private record Shift(RevisionId target, Optional<RevisionId> named, String cause) {}

    private Restored shifted(Change change, TaskId id, Shift shift) {
        Handle handle = change.handle();
        StoredTask present = requireTask(handle, id);
        TaskState past = state(handle, id, shift.target());
        Set<Long> live = new HashSet<>(new ExampleTable(handle).numbers(id));
        Map<Long, Example> wanted =
                past.examples().stream().collect(Collectors.toMap(ExampleId::numberOf, example -> example));
        Set<Long> goes = new HashSet<>(live);
        goes.removeAll(wanted.keySet());
        Set<Long> comes = new HashSet<>(wanted.keySet());
        comes.removeAll(live);
        QuarantineTable quarantines = new QuarantineTable(handle);
        Map<Long, QuarantineReason> before = quarantines.now(id);
        Map<Long, QuarantineReason> after = quarantines.at(id, shift.target());
        RevisionId revision = change.revise(id, shift.cause(), now(), new Counts(comes.size(), goes.size()));
        shift.named().ifPresent(same -> new RevisionTable(handle).restores(revision, same));
        PastExamples examples = new PastExamples(handle);
        examples.setAside(goes, revision);
        examples.bringBack(comes, revision);
        Set<Long> otherwiseAbsent = new HashSet<>(before.keySet());
        otherwiseAbsent.addAll(after.keySet());
        otherwiseAbsent.removeIf(number -> (before.containsKey(number) && after.containsKey(number))
                || goes.contains(number)
                || comes.contains(number));
        examples.renewAbsence(otherwiseAbsent, revision);
        after.keySet().removeIf(number -> !goes.contains(number) && !otherwiseAbsent.contains(number));
        quarantines.insert(id, after, revision);
        StoredTask restored = new StoredTask(past.task(), revision, present.createdAt(), wanted.size());
        if (!past.task().equals(present.task())) {
            new TaskTable(handle).put(restored);
            new DefinitionTable(handle).note(Optional.of(present), past.task(), revision);
        }
        new TaskTable(handle).touch(id, revision, wanted.size());
        return new Restored(
                restored,
                goes.stream().map(ExampleId::of).collect(Collectors.toSet()),
                past.examples().stream()
                        .filter(example -> comes.contains(ExampleId.numberOf(example)))
                        .toList());
    }

    @Override
    public Map<String, RevisionId> aliases(TaskId id) {
        return database.read(handle -> new AliasTable(handle).present(id));
    }

    @Override
    public AliasChange alias(TaskId id, String alias, Optional<RevisionId> revision) {
        return database.write(change -> {
            StoredTask unused = requireTask(change.handle(), id);
            change.tell("task.alias", Subject.task(id), now());
            return new AliasTable(change.handle()).add(change, id, new AliasChange(0, alias, revision, now()));
        });
    }

    @Override
    public List<AliasChange> history(TaskId id, String alias, long before, int limit) {
        return database.read(handle -> new AliasTable(handle).history(id, alias, before, limit));
    }

    private static TaskState state(Handle handle, TaskId id, RevisionId revision) {
        PastExamples examples = new PastExamples(handle);
        Task task = new DefinitionTable(handle)
                .at(id, revision)
                .orElseGet(() -> requireTask(handle, id).task());
        return new TaskState(task, examples.at(id, revision), examples.erasedSince(id, revision));
    }

    private static Optional<Revision> find(Handle handle, TaskId id, RevisionId revision) {
        return new TaskTable(handle).find(id).flatMap(present -> new RevisionTable(handle).find(id, revision));
    }

    private static StoredTask requireTask(Handle handle, TaskId id) {
        return new TaskTable(handle).find(id).orElseThrow(() -> new Refusal.NotFound("task", id.value()));
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }
}
