// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import dev.perennial.store.ExampleTable.Held;
import dev.perennial.task.ContentKey;
import dev.perennial.task.EncodedTeaching;
import dev.perennial.task.Input;
import dev.perennial.task.Teaching;
import dev.perennial.task.TeachingIdentity;
import dev.perennial.task.TeachingOutcome.Row;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What a list of teachings does to a task, worked out before anything is written. Confined to one thread.
 *
 * <p>Teachings take effect in order, so a later one may replace an earlier one of the same list; the earlier one is
 * then never written.
 */
final class TeachingPlan {

    /** An example to insert. */
    record Addition(long number, EncodedTeaching encoded, ContentKey key) {}

    private final Map<TeachingIdentity, Held> heldByIdentity;
    private final Map<Long, Addition> additions = new LinkedHashMap<>();
    private final Map<Long, Long> successors = new HashMap<>();
    private final List<Row> rows = new ArrayList<>();
    private long nextNumber;

    /** The map holds what the task has already, and is changed. */
    TeachingPlan(Map<TeachingIdentity, Held> heldByIdentity, long firstNumber) {
        this.heldByIdentity = heldByIdentity;
        this.nextNumber = firstNumber;
    }

    void add(EncodedTeaching encoded, ContentKey key) {
        Teaching teaching = encoded.teaching();
        TeachingIdentity identity = TeachingIdentity.of(teaching.source(), teaching.externalId(), () -> key);
        Held held = heldByIdentity.get(identity);
        if (held != null && held.contentKey().equals(key.hex())) {
            rows.add(new Row(ExampleId.of(held.number()), true, Optional.empty()));
            return;
        }
        long number = nextNumber++;
        additions.put(number, new Addition(number, encoded, key));
        if (held != null && additions.remove(held.number()) == null) {
            successors.put(held.number(), number);
        } else if (held != null) {
            successors.replaceAll((stored, successor) -> successor == held.number() ? number : successor);
        }
        heldByIdentity.put(identity, new Held(number, key.hex()));
        rows.add(new Row(
                ExampleId.of(number),
                false,
                Optional.ofNullable(held).map(Held::number).map(ExampleId::of)));
    }

    boolean changesNothing() {
        return additions.isEmpty();
    }

    /** Whether it is feedback, by which one input is corrected. */
    boolean isCorrection() {
        return !additions.isEmpty()
                && additions.values().stream()
                        .allMatch(addition -> addition.encoded().teaching().isCorrection());
    }

    /** What is written. */
    List<Teaching> taught() {
        return additions.values().stream()
                .map(addition -> addition.encoded().teaching())
                .toList();
    }

    Collection<Addition> additions() {
        return additions.values();
    }

    /** The stored examples that make way, by their numbers, and the inputs of those that they make way for. */
    Map<Long, Input> successors() {
        Map<Long, Input> inputs = new HashMap<>();
        successors.forEach((stored, successor) -> inputs.put(
                stored,
                Objects.requireNonNull(additions.get(successor))
                        .encoded()
                        .teaching()
                        .input()));
        return inputs;
    }

    List<Row> rows() {
        return rows;
    }
}
