// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import dev.perennial.refusal.Refusal;
import dev.perennial.task.AuditEvent.Counts;
import dev.perennial.task.Example;
import dev.perennial.task.Idempotency;
import dev.perennial.task.QuarantineReason;
import dev.perennial.task.QuarantineStore.Moved;
import dev.perennial.task.RevisionId;
import dev.perennial.task.StoredTask;
import dev.perennial.task.TaskId;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;

/** Sets examples apart, and brings them back. Belongs to one transaction. */
final class Quarantining {
    private final Change change;
    private final PastExamples examples;
    private final QuarantineTable quarantines;

    Quarantining(Change change) {
        this.change = change;
        this.examples = new PastExamples(change.handle());
        this.quarantines = new QuarantineTable(change.handle());
    }

    /** Makes a change, and keeps the reply to the request that asked for it, which is not one that was answered. */
    Moved once(
            Optional<Idempotency> idempotency,
            Function<Moved, Idempotency.Reply> reply,
            Instant now,
            BiFunction<Quarantining, Instant, Moved> work) {
        ReplyTable replies = new ReplyTable(change.handle(), now);
        idempotency.ifPresent(replies::refuseRepeated);
        Moved moved = work.apply(this, now);
        idempotency.ifPresent(request -> replies.keep(new Idempotency.Entry(request, reply.apply(moved)), now));
        return moved;
    }

    Moved setApart(TaskId id, Map<String, QuarantineReason> reasonByExample, Instant now) {
        StoredTask task = requireTask(id);
        Map<Long, QuarantineReason> reasons = new HashMap<>();
        for (long number : new ExampleTable(change.handle()).numbers(id)) {
            QuarantineReason reason = reasonByExample.get(ExampleId.of(number));
            if (reason != null) {
                reasons.put(number, reason);
            }
        }
        if (reasons.isEmpty()) {
            return nothing(task);
        }
        RevisionId revision = change.revise(id, "quarantine", now, new Counts(0, reasons.size()));
        examples.setAside(reasons.keySet(), revision);
        quarantines.insert(id, reasons, revision);
        return moved(task, revision, reasons.keySet(), -reasons.size());
    }

    Moved bringBack(TaskId id, Set<String> exampleIds, Instant now) {
        StoredTask task = requireTask(id);
        Set<Long> numbers = new HashSet<>();
        exampleIds.forEach(example -> {
            OptionalLong number = ExampleId.parse(example);
            number.ifPresent(numbers::add);
        });
        numbers.retainAll(quarantines.now(id).keySet());
        if (numbers.isEmpty()) {
            return nothing(task);
        }
        RevisionId revision = change.revise(id, "release", now, new Counts(numbers.size(), 0));
        examples.bringBack(numbers, revision);
        return moved(task, revision, numbers, numbers.size());
    }

    private Moved moved(StoredTask task, RevisionId revision, Set<Long> numbers, int more) {
        TaskId id = task.task().id();
        long total = task.examples() + more;
        new TaskTable(change.handle()).touch(id, revision, total);
        List<Example> moved = numbers.stream()
                .sorted()
                .map(number -> examples.find(id, number).orElseThrow())
                .toList();
        return new Moved(revision, moved, total);
    }

    private static Moved nothing(StoredTask task) {
        return new Moved(task.revision(), List.of(), task.examples());
    }

    private StoredTask requireTask(TaskId id) {
        return new TaskTable(change.handle()).find(id).orElseThrow(() -> new Refusal.NotFound("task", id.value()));
    }
}
