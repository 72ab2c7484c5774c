// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.encode.Encoder;
import dev.perennial.ensemble.ActiveEnsembles;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.ContentKey;
import dev.perennial.task.Example;
import dev.perennial.task.Idempotency;
import dev.perennial.task.QuarantineReason;
import dev.perennial.task.QuarantineReason.Cause;
import dev.perennial.task.QuarantineStore.Moved;
import dev.perennial.task.Quarantined;
import dev.perennial.task.RevisionId;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import dev.perennial.task.TaskStore;
import dev.perennial.task.Teaching;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Sets examples apart, from which a task then does not learn, and brings them back; after that the task is what it was.
 * Safe for concurrent use.
 */
public final class Quarantine {
    /** Where more examples than this share have such a leverage, it is no mark of an outlier. */
    private static final double USUAL = 0.1;

    private final TaskStore store;
    private final ActiveEnsembles active;
    private final TaskLearning learning;
    private final TaskChanges changes;
    private final TaskInsight insight;
    private final TaskRules rules;
    private final Keeping keeping;

    Quarantine(
            TaskStore store,
            ActiveEnsembles active,
            TaskLearning learning,
            TaskChanges changes,
            TaskInsight insight,
            TaskRules rules) {
        this.store = store;
        this.active = active;
        this.learning = learning;
        this.changes = changes;
        this.insight = insight;
        this.rules = rules;
        this.keeping = new Keeping(Optional.empty(), receipt -> {
            throw new IllegalStateException("nobody asked for a reply");
        });
    }

    private Quarantine(Quarantine other, Keeping keeping) {
        this.store = other.store;
        this.active = other.active;
        this.learning = other.learning;
        this.changes = other.changes;
        this.insight = other.insight;
        this.rules = other.rules;
        this.keeping = keeping;
    }

    /**
     * What is kept of a change for the repetition of its request.
     *
     * @param idempotency under what; empty: nothing is
     * @param reply to the request
     */
    private record Keeping(Optional<Idempotency> idempotency, Function<Receipt, Idempotency.Reply> reply) {}

    /**
     * The same, keeping the reply to a request in the transaction of its change. What the task answers by afterwards is
     * learnt aside before it, so that the reply can tell.
     */
    public Quarantine keeping(Optional<Idempotency> idempotency, Function<Receipt, Idempotency.Reply> reply) {
        return new Quarantine(this, new Keeping(idempotency, reply));
    }

    /**
     * What a change of the quarantine did.
     *
     * @param revision that it made; the present one when nothing changed
     * @param exampleIds that it concerned
     * @param headDigestBefore digest of everything that decided answers before
     * @param headDigestAfter digest of the same afterwards
     */
    public record Receipt(
            RevisionId revision, List<String> exampleIds, String headDigestBefore, String headDigestAfter) {
        public Receipt {
            exampleIds = List.copyOf(exampleIds);
        }
    }

    /**
     * Sets examples apart; those that are stay so.
     *
     * @throws Refusal.NotFound when the task keeps no such example
     */
    public Receipt named(TaskId id, Set<String> exampleIds) {
        return changes.changing(id, classroom -> {
            Set<String> apart = quarantined(id).keySet();
            exampleIds.stream()
                    .filter(example -> !classroom.holds(example) && !apart.contains(example))
                    .findFirst()
                    .ifPresent(example -> {
                        throw new Refusal.NotFound("example", example);
                    });
            return setApart(
                    id,
                    classroom,
                    exampleIds.stream()
                            .collect(Collectors.toMap(example -> example, example -> QuarantineReason.NAMED)));
        });
    }

    /**
     * Sets the examples apart that were probably taught wrongly, by a score above this.
     *
     * @param score in [0, 1); see {@link Suspect}
     */
    public Receipt suspects(TaskId id, double score) {
        Map<String, Double> degrees = insight.suspects(id).stream()
                .filter(suspect -> suspect.score() > score)
                .collect(Collectors.toMap(Suspect::exampleId, Suspect::score));
        return chosen(id, Cause.SUSPECT, degrees);
    }

    /**
     * Sets the examples apart that decide most of what is said of themselves.
     *
     * @param leverage in [0, 1); see {@link Leverages}
     * @throws Refusal.Conflict when so much leverage is usual in the task, as it is where examples are few
     */
    public Receipt influential(TaskId id, double leverage) {
        Map<String, Double> all = insight.leverages(id);
        Map<String, Double> degrees = all.entrySet().stream()
                .filter(each -> each.getValue() > leverage)
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
        if (degrees.size() > USUAL * all.size()) {
            throw new Refusal.Conflict("Of the " + all.size() + " different examples " + degrees.size()
                    + " have a leverage above this, so that it is no mark of an outlier here; choose a higher one, or"
                    + " teach more.");
        }
        return chosen(id, Cause.LEVERAGE, degrees);
    }

    /** With all others of the same content, which are learnt from together. */
    private Receipt chosen(TaskId id, Cause cause, Map<String, Double> degrees) {
        return changes.changing(id, classroom -> {
            Map<ContentKey, QuarantineReason> reasons = new HashMap<>();
            classroom
                    .examples()
                    .forEach(example -> Optional.ofNullable(degrees.get(example.id()))
                            .ifPresent(degree -> reasons.put(
                                    example.key(), new QuarantineReason(cause, OptionalDouble.of(degree)))));
            Map<String, QuarantineReason> reasonByExample = new HashMap<>();
            classroom
                    .examples()
                    .forEach(example -> Optional.ofNullable(reasons.get(example.key()))
                            .ifPresent(reason -> reasonByExample.put(example.id(), reason)));
            return setApart(id, classroom, reasonByExample);
        });
    }

    private Receipt setApart(TaskId id, Classroom classroom, Map<String, QuarantineReason> reasons) {
        Supplier<Classroom> afterwards = () -> {
            Classroom aside = copy(changes.definition(id), classroom);
            reasons.keySet().forEach(aside::remove);
            return aside;
        };
        boolean changesNothing = reasons.keySet().stream().noneMatch(classroom::holds);
        Digests digests = digests(id, changesNothing ? Optional.empty() : Optional.of(afterwards));
        Moved moved = store.quarantine(id, reasons, keeping.idempotency(), digests::reply);
        moved.examples().forEach(example -> classroom.remove(example.id()));
        return learnt(id, classroom, moved, digests);
    }

    /**
     * Has examples be learnt from again.
     *
     * @throws Refusal.NotFound when one of them is not set apart
     * @throws Refusal.Conflict when the task's definition does not take them any more
     * @throws Refusal.TooLarge when the task has no room for them
     */
    public Receipt release(TaskId id, Set<String> exampleIds) {
        return changes.changing(id, classroom -> {
            Map<String, Example> apart = quarantined(id);
            exampleIds.stream()
                    .filter(example -> !apart.containsKey(example))
                    .findFirst()
                    .ifPresent(example -> {
                        throw new Refusal.NotFound("example in quarantine", example);
                    });
            Task task = changes.definition(id);
            List<Example> wanted = apart.values().stream()
                    .filter(example -> exampleIds.contains(example.id()))
                    .toList();
            requireWanted(
                    task, classroom, wanted.stream().map(Example::teaching).toList());
            Supplier<Classroom> afterwards = () -> {
                Classroom aside = copy(task, classroom);
                wanted.forEach(aside::add);
                learning.readers(task)
                        .forEach(reader -> aside.vectors(reader)
                                .putAll(store.vectorsApart(id, reader.info().digest())));
                return aside;
            };
            Digests digests = digests(id, wanted.isEmpty() ? Optional.empty() : Optional.of(afterwards));
            Moved moved = store.release(id, exampleIds, keeping.idempotency(), digests::reply);
            moved.examples().forEach(classroom::add);
            for (Encoder reader : learning.readers(task)) {
                Map<String, float[]> vectors = store.vectors(id, reader.info().digest());
                moved.examples()
                        .forEach(example -> Optional.ofNullable(vectors.get(example.id()))
                                .ifPresent(vector -> classroom.vectors(reader).put(example.id(), vector)));
            }
            return learnt(id, classroom, moved, digests);
        });
    }

    /**
     * Digests of everything that decides answers.
     *
     * @param before a change
     * @param after it, as far as a reply has to tell before it is made
     */
    private record Digests(String before, Optional<String> after, Function<Receipt, Idempotency.Reply> reply) {
        Receipt receipt(Moved moved, String after) {
            return new Receipt(
                    moved.revision(), moved.examples().stream().map(Example::id).toList(), before, after);
        }

        Idempotency.Reply reply(Moved moved) {
            return reply.apply(receipt(moved, after.orElseThrow()));
        }
    }

    /** @param afterwards what would be learnt from; empty where nothing changes */
    private Digests digests(TaskId id, Optional<Supplier<Classroom>> afterwards) {
        String before = active.of(id).headDigest();
        if (keeping.idempotency().isEmpty()) {
            return new Digests(before, Optional.empty(), keeping.reply());
        }
        String after = afterwards
                .flatMap(made -> store.task(id).map(stored -> learning.aside(stored, made.get())))
                .map(learnt -> learnt.ensemble().headDigest())
                .orElse(before);
        return new Digests(before, Optional.of(after), keeping.reply());
    }

    private Classroom copy(Task task, Classroom classroom) {
        Classroom copy = new Classroom();
        classroom.examples().forEach(copy::add);
        learning.readers(task).forEach(reader -> copy.vectors(reader).putAll(classroom.vectors(reader)));
        return copy;
    }

    private void requireWanted(Task task, Classroom classroom, List<Teaching> teachings) {
        try {
            TaskRules.requireFitting(task, teachings);
        } catch (Refusal.Invalid otherKind) {
            throw new Refusal.Conflict(
                    "The task was defined anew since, and does not take these examples; forget them instead.");
        }
        rules.requireRoom(task, classroom, teachings);
    }

    private Receipt learnt(TaskId id, Classroom classroom, Moved moved, Digests digests) {
        if (!moved.examples().isEmpty()) {
            store.task(id).ifPresent(stored -> learning.activate(stored, classroom));
        }
        return digests.receipt(moved, active.of(id).headDigest());
    }

    private Map<String, Example> quarantined(TaskId id) {
        return store.quarantined(id, "", Integer.MAX_VALUE).stream()
                .map(Quarantined::example)
                .collect(Collectors.toMap(Example::id, example -> example));
    }
}
