// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import dev.perennial.document.DocumentStore.Fate;
import dev.perennial.document.DocumentStore.Row;
import dev.perennial.document.Draft;
import dev.perennial.store.DocumentTable.Held;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What becomes of the drafts of one request, given what is there. Confined to one transaction. */
final class DraftPlan {
    private final Map<String, Held> heldByExternalId = new HashMap<>();
    private final Map<String, Held> heldByContent = new HashMap<>();
    private final Map<Long, Draft> additions = new LinkedHashMap<>();
    private final List<Long> replaced = new ArrayList<>();
    private final List<Row> rows = new ArrayList<>();
    private long next;

    /** @param firstNumber of the numbers that new documents may have */
    DraftPlan(List<Held> held, long firstNumber) {
        held.forEach(this::keep);
        this.next = firstNumber;
    }

    void add(Draft draft) {
        String content = draft.contentKey().hex();
        Held held = draft.externalId().map(heldByExternalId::get).orElse(null);
        if (draft.externalId().isEmpty()) {
            held = heldByContent.get(content);
        }
        if (held != null && held.contentKey().equals(content)) {
            rows.add(new Row(DocumentId.of(held.number()), Fate.DUPLICATE));
            return;
        }
        if (held != null && additions.remove(held.number()) == null) {
            replaced.add(held.number());
        }
        long number = next++;
        additions.put(number, draft);
        keep(new Held(number, content, draft.externalId()));
        rows.add(new Row(DocumentId.of(number), held == null ? Fate.ADDED : Fate.REPLACED));
    }

    boolean changesNothing() {
        return additions.isEmpty();
    }

    /** New documents by their numbers. */
    Map<Long, Draft> additions() {
        return additions;
    }

    /** Numbers of documents that are to be erased. */
    List<Long> replaced() {
        return replaced;
    }

    List<Row> rows() {
        return rows;
    }

    private void keep(Held held) {
        held.externalId()
                .ifPresentOrElse(
                        id -> heldByExternalId.put(id, held), () -> heldByContent.put(held.contentKey(), held));
    }
}
