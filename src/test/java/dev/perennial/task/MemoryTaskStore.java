// SPDX-License-Identifier: Apache-2.0
package dev.perennial.task;

import dev.perennial.refusal.Refusal;
import dev.perennial.revision.AliasChange;
import dev.perennial.revision.Revision;
import dev.perennial.revision.RevisionStore;
import dev.perennial.revision.Served;
import dev.perennial.revision.Served.MemberPin;
import dev.perennial.revision.TaskState;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A task store in plain collections: the model that real stores are compared with, and a fast store for tests. Every
 * method is synchronized.
 */
public final class MemoryTaskStore implements TaskStore, RevisionStore {
    private static final Duration REPLIES_KEPT = Duration.ofHours(24);

    private record Kept(Idempotency.Entry entry, Instant at) {}

    private record Snapshot(
            String cause,
            Optional<RevisionId> restored,
            Task task,
            List<String> examples,
            Map<String, QuarantineReason> apart,
            Instant at) {}

    private final Map<TaskId, List<MemberPin>> pins = new HashMap<>();

    private static final class Shelf {
        private StoredTask task;
        private final TreeMap<String, Example> examples = new TreeMap<>();
        private final Map<String, Map<String, float[]>> vectors = new HashMap<>();
        private final Map<String, Map<String, float[]>> labelVectors = new HashMap<>();
        private final TreeMap<String, Example> kept = new TreeMap<>();
        private final TreeMap<String, QuarantineReason> apart = new TreeMap<>();
        private final TreeMap<RevisionId, Snapshot> history = new TreeMap<>();
        private final Map<RevisionId, Served> served = new HashMap<>();
        private final List<AliasChange> aliases = new ArrayList<>();
        private final Set<RevisionId> lost = new HashSet<>();

        private Shelf(StoredTask task) {
            this.task = task;
        }

        private void note(String cause, Optional<RevisionId> restored, Instant at) {
            kept.putAll(examples);
            history.put(
                    task.revision(),
                    new Snapshot(cause, restored, task.task(), List.copyOf(examples.keySet()), Map.copyOf(apart), at));
        }
    }

    private final InstantSource clock;
    private final TreeMap<TaskId, Shelf> shelves = new TreeMap<>();
    private final Map<String, Kept> replies = new HashMap<>();
    private long revisions;
    private long exampleNumbers;
    private long aliasNumbers;
    private boolean staging;

    public MemoryTaskStore(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public synchronized long latestRevision() {
        return revisions;
    }

    @Override
    public synchronized List<StoredTask> tasks() {
        return shelves.values().stream().map(shelf -> shelf.task).toList();
    }

    @Override
    public synchronized List<StoredTask> tasks(String after, int limit) {
        return tasks().stream()
                .filter(stored -> stored.task().id().value().compareTo(after) > 0)
                .limit(limit)
                .toList();
    }

    @Override
    public synchronized Optional<StoredTask> task(TaskId id) {
        return Optional.ofNullable(shelves.get(id)).map(shelf -> shelf.task);
    }

    @Override
    public synchronized Defined define(Task task) {
        Shelf shelf = shelves.get(task.id());
        if (shelf != null && shelf.task.task().equals(task)) {
            return new Defined(shelf.task, false);
        }
        RevisionId revision = nextRevision();
        if (shelf == null) {
            Shelf created = new Shelf(new StoredTask(task, revision, now(), 0));
            created.note("define", Optional.empty(), now());
            shelves.put(task.id(), created);
            return new Defined(created.task, true);
        }
        shelf.task = new StoredTask(task, revision, shelf.task.createdAt(), shelf.task.examples());
        shelf.note("define", Optional.empty(), now());
        return new Defined(shelf.task, false);
    }

    @Override
    public synchronized Optional<StoredTask> renew(TaskId id) {
        Shelf shelf = shelves.get(id);
        if (shelf == null) {
            return Optional.empty();
        }
        shelf.task = new StoredTask(shelf.task.task(), nextRevision(), shelf.task.createdAt(), shelf.task.examples());
        shelf.note("renew", Optional.empty(), now());
        return Optional.of(shelf.task);
    }

    @Override
    public synchronized Optional<RevisionId> remove(TaskId id) {
        replies.keySet().removeIf(key -> key.startsWith(Idempotency.keysOfTask(id)));
        replies.values()
                .removeIf(kept -> kept.entry().request().key().startsWith(Idempotency.keysOfTraining())
                        && kept.entry().reply().body().contains(Idempotency.namedInTraining(id)));
        pins.remove(id);
        return Optional.ofNullable(shelves.remove(id)).map(shelf -> nextRevision());
    }

    @Override
    public synchronized StoredTask replace(
            WholeTask whole, Idempotency idempotency, Function<StoredTask, Idempotency.Reply> reply) {
        refuseRepeated(idempotency);
        TaskId id = whole.task().id();
        Optional<RevisionId> unused = remove(id);
        Defined unusedTask = define(whole.task());
        StoredTask stored = teach(whole);
        for (String name : whole.names()) {
            AliasChange unusedName = alias(id, name, Optional.of(stored.revision()));
        }
        keepReply(idempotency, reply.apply(stored));
        return stored;
    }

    private StoredTask teach(WholeTask whole) {
        TaskId id = whole.task().id();
        List<EncodedTeaching> rows = new ArrayList<>(whole.examples());
        List<Integer> places = new ArrayList<>();
        for (int i = 0; i < whole.apart().size(); i++) {
            int place = whole.apart().get(i).before() + i;
            places.add(place);
            rows.add(place, new EncodedTeaching(whole.apart().get(i).teaching(), Map.of()));
        }
        TeachingOutcome outcome = teach(id, rows, Optional.empty(), taught -> {
            throw new IllegalStateException("no reply is kept of a part");
        });
        Shelf shelf = require(id);
        for (int i = 0; i < places.size(); i++) {
            String example = outcome.rows().get(places.get(i)).exampleId();
            shelf.examples.remove(example);
            shelf.apart.put(example, whole.apart().get(i).reason());
        }
        shelf.task =
                new StoredTask(shelf.task.task(), shelf.task.revision(), shelf.task.createdAt(), shelf.examples.size());
        shelf.note("teach", Optional.empty(), now());
        return shelf.task;
    }

    @Override
    public synchronized Expiring expiring(TaskId id, Instant endedBefore) {
        Shelf shelf = shelves.get(id);
        Set<RevisionId> lost = shelf == null ? Set.of() : losing(shelf, endedBefore);
        if (lost.isEmpty()) {
            return Expiring.NOTHING;
        }
        Set<String> needed = new HashSet<>(shelf.examples.keySet());
        needed.addAll(shelf.apart.keySet());
        shelf.history.forEach((revision, snapshot) -> {
            if (!lost.contains(revision) && !shelf.lost.contains(revision)) {
                needed.addAll(snapshot.examples());
            }
        });
        return new Expiring(
                lost.size(),
                shelf.kept.values().stream()
                        .filter(example -> !needed.contains(example.id()))
                        .toList());
    }

    private Set<RevisionId> losing(Shelf shelf, Instant endedBefore) {
        Set<RevisionId> losing = new HashSet<>();
        shelf.history.forEach((revision, snapshot) -> {
            RevisionId next = shelf.history.higherKey(revision);
            if (next != null && shelf.history.get(next).at().isBefore(endedBefore)) {
                losing.add(revision);
            }
        });
        losing.removeAll(shelf.lost);
        aliases(shelf.task.task().id()).forEach((alias, revision) -> {
            if (!alias.equals(SERVING)) {
                losing.remove(revision);
            }
        });
        shelf.history.lastEntry().getValue().restored().ifPresent(losing::remove);
        return losing;
    }

    @Override
    public synchronized void expire(TaskId id, Instant endedBefore) {
        Expiring expiring = expiring(id, endedBefore);
        if (expiring.revisions() > 0) {
            Shelf shelf = require(id);
            shelf.lost.addAll(losing(shelf, endedBefore));
            expiring.examples().forEach(example -> {
                shelf.kept.remove(example.id());
                shelf.vectors.remove(example.id());
            });
            RevisionId unused = nextRevision();
        }
    }

    @Override
    public synchronized List<Example> examples(TaskId id) {
        return examples(id, "", Integer.MAX_VALUE);
    }

    @Override
    public synchronized List<Example> examples(TaskId id, String after, int limit) {
        Shelf shelf = shelves.get(id);
        return shelf == null
                ? List.of()
                : shelf.examples.tailMap(after, false).values().stream()
                        .limit(limit)
                        .toList();
    }

    @Override
    public synchronized List<Example> examples(TaskId id, SourceName source, String after, int limit) {
        return examples(id, after, Integer.MAX_VALUE).stream()
                .filter(example -> isFrom(source, example))
                .limit(limit)
                .toList();
    }

    @Override
    public synchronized List<Example> kept(TaskId id, SourceName source) {
        Shelf shelf = shelves.get(id);
        return shelf == null
                ? List.of()
                : shelf.kept.values().stream()
                        .filter(example -> isFrom(source, example))
                        .toList();
    }

    private static boolean isFrom(SourceName source, Example example) {
        return example.teaching().source().equals(Optional.of(source));
    }

    @Override
    public synchronized List<SourceShare> sources(TaskId id) {
        Map<String, List<Example>> bySource = new TreeMap<>();
        examples(id)
                .forEach(example -> bySource.computeIfAbsent(
                                example.teaching()
                                        .source()
                                        .map(SourceName::value)
                                        .orElse(""),
                                name -> new ArrayList<>())
                        .add(example));
        return bySource.values().stream()
                .map(examples -> new SourceShare(
                        examples.get(0).teaching().source(),
                        examples.size(),
                        examples.stream()
                                .mapToDouble(example -> example.teaching().weight())
                                .sum()))
                .toList();
    }

    @Override
    public synchronized Undone undo(TaskId id, SourceName source) {
        Shelf shelf = require(id);
        List<Example> kept = kept(id, source);
        if (kept.isEmpty()) {
            return new Undone(shelf.task.revision(), List.of(), shelf.examples.size());
        }
        List<Example> removed = kept.stream()
                .filter(example -> shelf.examples.containsKey(example.id()) || shelf.apart.containsKey(example.id()))
                .toList();
        for (Example example : kept) {
            shelf.apart.remove(example.id());
            shelf.examples.remove(example.id());
            shelf.kept.remove(example.id());
            shelf.vectors.remove(example.id());
        }
        shelf.task = new StoredTask(shelf.task.task(), nextRevision(), shelf.task.createdAt(), shelf.examples.size());
        shelf.note("undo", Optional.empty(), now());
        return new Undone(shelf.task.revision(), removed, shelf.examples.size());
    }

    @Override
    public synchronized Optional<Example> example(TaskId id, String exampleId) {
        return Optional.ofNullable(shelves.get(id)).map(shelf -> shelf.examples.get(exampleId));
    }

    /** Bounds nobody. */
    @Override
    public void requireTeachable(int teachings) {}

    @Override
    public synchronized TeachingOutcome teach(
            TaskId id,
            List<EncodedTeaching> teachings,
            Optional<Idempotency> idempotency,
            Function<TeachingOutcome, Idempotency.Reply> reply) {
        idempotency.ifPresent(this::refuseRepeated);
        Shelf shelf = require(id);
        RevisionId revision = new RevisionId(revisions + 1);
        Shelf draft = new Shelf(shelf.task);
        draft.examples.putAll(shelf.examples);
        draft.vectors.putAll(shelf.vectors);
        draft.labelVectors.putAll(shelf.labelVectors);
        draft.kept.putAll(shelf.kept);
        draft.apart.putAll(shelf.apart);
        draft.history.putAll(shelf.history);
        draft.served.putAll(shelf.served);
        draft.aliases.addAll(shelf.aliases);
        draft.lost.addAll(shelf.lost);
        List<TeachingOutcome.Row> rows = new ArrayList<>();
        long number = exampleNumbers;
        for (EncodedTeaching encoded : teachings) {
            rows.add(teachOne(draft, encoded, String.format("ex_%016d", ++number), revision));
        }
        boolean changed = rows.stream().anyMatch(row -> !row.duplicate());
        TeachingOutcome outcome =
                new TeachingOutcome(changed ? revision : shelf.task.revision(), rows, draft.examples.size());
        idempotency.ifPresent(request -> keepReply(request, reply.apply(outcome)));
        if (changed) {
            revisions++;
            exampleNumbers = number;
            draft.task = new StoredTask(shelf.task.task(), revision, shelf.task.createdAt(), draft.examples.size());
            if (!staging) {
                outdated(
                                draft,
                                teachings.stream()
                                        .map(EncodedTeaching::teaching)
                                        .toList())
                        .forEach(example -> erase(draft, example));
            }
            draft.note(staging ? "stage" : "teach", Optional.empty(), now());
            shelves.put(id, draft);
        }
        return outcome;
    }

    private TeachingOutcome.Row teachOne(Shelf shelf, EncodedTeaching encoded, String exampleId, RevisionId revision) {
        Teaching teaching = encoded.teaching();
        Optional<Example> held = Stream.concat(
                        shelf.examples.values().stream(),
                        shelf.apart.keySet().stream().map(shelf.kept::get))
                .filter(example -> example.identity().equals(teaching.identity()))
                .findFirst();
        if (held.isPresent() && held.get().key().equals(teaching.contentKey())) {
            return new TeachingOutcome.Row(held.get().id(), true, Optional.empty());
        }
        held.ifPresent(example -> {
            shelf.examples.remove(example.id());
            shelf.apart.remove(example.id());
            if (!staging && !example.teaching().input().equals(teaching.input())) {
                erase(shelf, example);
            }
        });
        shelf.examples.put(exampleId, new Example(exampleId, teaching, teaching.contentKey(), revision, now()));
        shelf.vectors.put(exampleId, new HashMap<>(encoded.vectorByMember()));
        return new TeachingOutcome.Row(exampleId, false, held.map(Example::id));
    }

    @Override
    public synchronized Forgotten forget(TaskId id, String exampleId) {
        Shelf shelf = require(id);
        Example example = Optional.ofNullable(shelf.kept.get(exampleId))
                .orElseThrow(() -> new Refusal.NotFound("example", exampleId));
        shelf.examples.remove(exampleId);
        shelf.apart.remove(exampleId);
        erase(shelf, example);
        RevisionId revision = nextRevision();
        shelf.task = new StoredTask(shelf.task.task(), revision, shelf.task.createdAt(), shelf.examples.size());
        shelf.note("forget", Optional.empty(), now());
        return new Forgotten(revision, example, shelf.examples.size());
    }

    @Override
    public synchronized Moved quarantine(
            TaskId id,
            Map<String, QuarantineReason> reasonByExample,
            Optional<Idempotency> idempotency,
            Function<Moved, Idempotency.Reply> reply) {
        idempotency.ifPresent(this::refuseRepeated);
        Shelf shelf = require(id);
        List<Example> moved = shelf.examples.values().stream()
                .filter(example -> reasonByExample.containsKey(example.id()))
                .toList();
        Moved done = moved(shelf, moved, shelf.examples.size() - moved.size());
        idempotency.ifPresent(request -> keepReply(request, reply.apply(done)));
        if (!moved.isEmpty()) {
            moved.forEach(example -> {
                shelf.examples.remove(example.id());
                shelf.apart.put(example.id(), reasonByExample.get(example.id()));
            });
            changed(shelf, "quarantine");
        }
        return done;
    }

    @Override
    public synchronized Moved release(
            TaskId id,
            Set<String> exampleIds,
            Optional<Idempotency> idempotency,
            Function<Moved, Idempotency.Reply> reply) {
        idempotency.ifPresent(this::refuseRepeated);
        Shelf shelf = require(id);
        List<Example> moved = shelf.apart.keySet().stream()
                .filter(exampleIds::contains)
                .map(shelf.kept::get)
                .toList();
        Moved done = moved(shelf, moved, shelf.examples.size() + moved.size());
        idempotency.ifPresent(request -> keepReply(request, reply.apply(done)));
        if (!moved.isEmpty()) {
            moved.forEach(example -> {
                shelf.apart.remove(example.id());
                shelf.examples.put(example.id(), example);
            });
            changed(shelf, "release");
        }
        return done;
    }

    private Moved moved(Shelf shelf, List<Example> examples, long total) {
        return new Moved(examples.isEmpty() ? shelf.task.revision() : new RevisionId(revisions + 1), examples, total);
    }

    @Override
    public synchronized Map<String, float[]> vectorsApart(TaskId id, String memberDigest) {
        Map<String, float[]> found = new LinkedHashMap<>();
        Shelf shelf = require(id);
        for (String example : shelf.apart.keySet()) {
            float[] vector = shelf.vectors.get(example).get(memberDigest);
            if (vector != null) {
                found.put(example, vector.clone());
            }
        }
        return found;
    }

    private void changed(Shelf shelf, String cause) {
        shelf.task = new StoredTask(shelf.task.task(), nextRevision(), shelf.task.createdAt(), shelf.examples.size());
        shelf.note(cause, Optional.empty(), now());
    }

    @Override
    public synchronized List<Quarantined> quarantined(TaskId id, String after, int limit) {
        Shelf shelf = shelves.get(id);
        return shelf == null
                ? List.of()
                : shelf.apart.tailMap(after, false).entrySet().stream()
                        .limit(limit)
                        .map(each -> new Quarantined(shelf.kept.get(each.getKey()), each.getValue()))
                        .toList();
    }

    @Override
    public synchronized Map<String, float[]> vectors(TaskId id, String memberDigest) {
        Map<String, float[]> found = new LinkedHashMap<>();
        for (Example example : examples(id)) {
            float[] vector = shelves.get(id).vectors.get(example.id()).get(memberDigest);
            if (vector != null) {
                found.put(example.id(), vector.clone());
            }
        }
        return found;
    }

    @Override
    public synchronized void putVectors(TaskId id, String memberDigest, Map<String, float[]> vectorByExample) {
        for (Example example : examples(id)) {
            float[] vector = vectorByExample.get(example.id());
            if (vector != null) {
                shelves.get(id).vectors.get(example.id()).put(memberDigest, vector.clone());
            }
        }
    }

    @Override
    public synchronized void retainVectors(TaskId id, Set<String> memberDigests) {
        Shelf shelf = shelves.get(id);
        if (shelf != null) {
            shelf.vectors.values().forEach(vectors -> vectors.keySet().retainAll(memberDigests));
            shelf.labelVectors.keySet().retainAll(memberDigests);
        }
    }

    @Override
    public synchronized Map<String, float[]> labelVectors(TaskId id, String memberDigest) {
        Shelf shelf = shelves.get(id);
        return shelf == null ? Map.of() : Map.copyOf(shelf.labelVectors.getOrDefault(memberDigest, Map.of()));
    }

    @Override
    public synchronized void putLabelVectors(TaskId id, String memberDigest, Map<String, float[]> vectorByDigest) {
        Optional.ofNullable(shelves.get(id)).ifPresent(shelf -> {
            Map<String, float[]> held = shelf.labelVectors.computeIfAbsent(memberDigest, digest -> new HashMap<>());
            vectorByDigest.forEach((text, vector) -> held.putIfAbsent(text, vector.clone()));
        });
    }

    @Override
    public synchronized void retainLabelVectors(TaskId id, Set<String> digests) {
        Optional.ofNullable(shelves.get(id))
                .ifPresent(shelf -> shelf.labelVectors
                        .values()
                        .forEach(vectors -> vectors.keySet().retainAll(digests)));
    }

    @Override
    public synchronized Optional<Idempotency.Entry> reply(String idempotencyKey) {
        return Optional.ofNullable(replies.get(idempotencyKey))
                .filter(kept -> idempotencyKey.startsWith(Idempotency.keysOfJobs())
                        || !kept.at().isBefore(now().minus(REPLIES_KEPT)))
                .map(Kept::entry);
    }

    @Override
    public synchronized void keepReply(Idempotency idempotency, Idempotency.Reply reply) {
        if (reply(idempotency.key()).isEmpty()) {
            replies.put(idempotency.key(), new Kept(new Idempotency.Entry(idempotency, reply), now()));
        }
    }

    @Override
    public OptionalLong sizeInBytes() {
        return OptionalLong.empty();
    }

    /** With all that was said of the same input and is not taught any more. */
    private static void erase(Shelf shelf, Example erased) {
        Input input = erased.teaching().input();
        List<String> gone = shelf.kept.values().stream()
                .filter(example -> example.id().equals(erased.id())
                        || (example.teaching().input().equals(input)
                                && !shelf.examples.containsKey(example.id())
                                && !shelf.apart.containsKey(example.id())))
                .map(Example::id)
                .toList();
        shelf.apart.remove(erased.id());
        gone.forEach(shelf.kept::remove);
        gone.forEach(shelf.vectors::remove);
        shelf.vectors.remove(erased.id());
    }

    @Override
    public synchronized List<Example> outdated(TaskId id, List<Teaching> teachings) {
        Shelf shelf = shelves.get(id);
        return shelf == null ? List.of() : outdated(shelf, teachings);
    }

    private static List<Example> outdated(Shelf shelf, List<Teaching> teachings) {
        return shelf.kept.values().stream()
                .filter(example -> !shelf.examples.containsKey(example.id()))
                .filter(example -> teachings.stream()
                        .anyMatch(teaching -> teaching.externalId().isPresent()
                                && teaching.identity().equals(example.identity())
                                && !teaching.input().equals(example.teaching().input())))
                .toList();
    }

    @Override
    public synchronized Optional<Example> kept(TaskId id, String exampleId) {
        return Optional.ofNullable(shelves.get(id)).map(shelf -> shelf.kept.get(exampleId));
    }

    @Override
    public synchronized List<Revision> page(TaskId id, RevisionId before, int limit) {
        return Optional.ofNullable(shelves.get(id)).stream()
                .flatMap(shelf -> shelf.history.headMap(before, false).descendingMap().keySet().stream()
                        .limit(limit)
                        .map(revision -> revision(shelf, revision)))
                .toList();
    }

    @Override
    public synchronized Optional<Revision> find(TaskId id, RevisionId revision) {
        return Optional.ofNullable(shelves.get(id))
                .filter(shelf -> shelf.history.containsKey(revision))
                .map(shelf -> revision(shelf, revision));
    }

    private static Revision revision(Shelf shelf, RevisionId revision) {
        Snapshot snapshot = shelf.history.get(revision);
        return new Revision(
                snapshot.task().id(),
                revision,
                snapshot.cause(),
                snapshot.at(),
                Optional.ofNullable(shelf.history.lowerKey(revision)),
                snapshot.restored(),
                Optional.ofNullable(shelf.served.get(revision)),
                shelf.lost.contains(revision));
    }

    @Override
    public synchronized Optional<TaskState> state(TaskId id, RevisionId revision) {
        return Optional.ofNullable(shelves.get(id))
                .filter(shelf -> shelf.history.containsKey(revision))
                .map(shelf -> state(shelf, shelf.history.get(revision)));
    }

    private static TaskState state(Shelf shelf, Snapshot snapshot) {
        List<Example> examples = snapshot.examples().stream()
                .map(shelf.kept::get)
                .filter(Objects::nonNull)
                .toList();
        return new TaskState(snapshot.task(), examples, snapshot.examples().size() - examples.size());
    }

    @Override
    public synchronized Map<String, float[]> vectors(TaskId id, RevisionId revision, String memberDigest) {
        Map<String, float[]> found = new HashMap<>();
        Shelf shelf = shelves.get(id);
        state(id, revision).stream().flatMap(state -> state.examples().stream()).forEach(example -> {
            float[] vector = shelf.vectors.get(example.id()).get(memberDigest);
            if (vector != null) {
                found.put(example.id(), vector.clone());
            }
        });
        return found;
    }

    @Override
    public synchronized void keep(TaskId id, RevisionId revision, Served served) {
        Optional.ofNullable(shelves.get(id)).ifPresent(shelf -> shelf.served.putIfAbsent(revision, served));
    }

    @Override
    public synchronized Map<TaskId, List<MemberPin>> pins() {
        return Map.copyOf(pins);
    }

    @Override
    public synchronized void unpin(Set<TaskId> tasks) {
        pins.keySet().removeAll(tasks);
    }

    @Override
    public synchronized Set<String> membersThen(TaskId id) {
        Set<String> digests = new HashSet<>();
        Optional.ofNullable(shelves.get(id))
                .ifPresent(shelf -> shelf.served.forEach((revision, served) -> {
                    if (!shelf.lost.contains(revision)) {
                        served.members().forEach(member -> digests.add(member.digest()));
                    }
                }));
        return digests;
    }

    @Override
    public synchronized Restored restore(
            TaskId id, RevisionId target, Optional<RevisionId> named, List<MemberPin> own) {
        Restored restored = shifted(id, target, named, "restore");
        AliasChange unused =
                alias(id, SERVING, Optional.of(named.orElse(restored.task().revision())));
        pins.remove(id);
        if (!own.isEmpty()) {
            pins.put(id, own);
        }
        return restored;
    }

    @Override
    public synchronized Staged stage(
            TaskId id, List<EncodedTeaching> teachings, Optional<RevisionId> base, RevisionId serving) {
        RevisionId before = require(id).task.revision();
        base.ifPresent(other -> shifted(id, other, base, "stage"));
        staging = true;
        TeachingOutcome outcome = teach(id, teachings, Optional.empty(), taught -> {
            throw new AssertionError("no reply was asked for");
        });
        staging = false;
        Restored restored = shifted(id, before, Optional.of(serving), "stage");
        AliasChange unused = alias(id, CANDIDATE, Optional.of(outcome.revision()));
        return new Staged(restored.task(), outcome);
    }

    private Restored shifted(TaskId id, RevisionId target, Optional<RevisionId> named, String cause) {
        Shelf shelf = require(id);
        TaskState past = state(id, target).orElseThrow(() -> new Refusal.NotFound("revision", target.toString()));
        Map<String, Example> wanted = new TreeMap<>();
        past.examples().forEach(example -> wanted.put(example.id(), example));
        Set<String> removed = new HashSet<>(shelf.examples.keySet());
        removed.removeAll(wanted.keySet());
        List<Example> returned = wanted.values().stream()
                .filter(example -> !shelf.examples.containsKey(example.id()))
                .toList();
        shelf.examples.clear();
        shelf.examples.putAll(wanted);
        shelf.apart.clear();
        shelf.history.get(target).apart().forEach((example, reason) -> {
            if (shelf.kept.containsKey(example)) {
                shelf.apart.put(example, reason);
            }
        });
        shelf.task = new StoredTask(past.task(), nextRevision(), shelf.task.createdAt(), wanted.size());
        shelf.note(cause, named, now());
        return new Restored(shelf.task, removed, returned);
    }

    @Override
    public synchronized Map<String, RevisionId> aliases(TaskId id) {
        Map<String, RevisionId> present = new TreeMap<>();
        Optional.ofNullable(shelves.get(id))
                .ifPresent(shelf -> shelf.aliases.forEach(change -> change.revision()
                        .ifPresentOrElse(
                                revision -> present.put(change.alias(), revision),
                                () -> present.remove(change.alias()))));
        return present;
    }

    @Override
    public synchronized AliasChange alias(TaskId id, String alias, Optional<RevisionId> revision) {
        AliasChange change = new AliasChange(++aliasNumbers, alias, revision, now());
        require(id).aliases.add(change);
        return change;
    }

    @Override
    public synchronized List<AliasChange> history(TaskId id, String alias, long before, int limit) {
        List<AliasChange> changes = new ArrayList<>(Optional.ofNullable(shelves.get(id)).stream()
                .flatMap(shelf -> shelf.aliases.stream())
                .filter(change -> change.alias().equals(alias) && change.number() < before)
                .toList());
        Collections.reverse(changes);
        return changes.subList(0, Math.min(limit, changes.size()));
    }

    private void refuseRepeated(Idempotency request) {
        reply(request.key()).ifPresent(entry -> {
            if (!entry.request().requestDigest().equals(request.requestDigest())) {
                throw new Refusal.IdempotencyMismatch();
            }
            throw new Refusal.InProgress("answered already", 1);
        });
    }

    private Shelf require(TaskId id) {
        return Optional.ofNullable(shelves.get(id)).orElseThrow(() -> new Refusal.NotFound("task", id.value()));
    }

    private RevisionId nextRevision() {
        return new RevisionId(++revisions);
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }
}
