// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import dev.perennial.evaluate.SuiteStore;
import dev.perennial.revision.AliasChange;
import dev.perennial.shadow.Apprenticeship;
import dev.perennial.task.EncodedTeaching;
import dev.perennial.task.QuarantineReason;
import dev.perennial.task.SetApart;
import dev.perennial.task.StoredTask;
import dev.perennial.task.TaskId;
import dev.perennial.task.TaskSettings;
import dev.perennial.task.TeachingOutcome;
import dev.perennial.task.WholeTask;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes all that belongs to a task which was just defined. Belongs to one transaction. */
final class WholeTaskRows {
    private final Change change;
    private final TaskId id;
    private final Instant now;

    WholeTaskRows(Change change, TaskId id, Instant now) {
        this.change = change;
        this.id = id;
        this.now = now;
    }

    StoredTask write(WholeTask whole) {
        teach(whole);
        StoredTask stored = new TaskTable(change.handle()).find(id).orElseThrow();
        if (!whole.suite().isEmpty()) {
            SuiteStore.Placed unusedSuite = SqlSuiteStore.placed(change, id, whole.suite(), now);
        }
        whole.names().forEach(name -> {
            AliasChange naming = new AliasChange(0, name, Optional.of(stored.revision()), now);
            new AliasTable(change.handle()).add(change, id, naming);
        });
        set(whole.settings(), stored.createdAt());
        return stored;
    }

    /** In one revision, so that none was ever learnt from what is set apart. */
    private void teach(WholeTask whole) {
        List<EncodedTeaching> rows = new ArrayList<>();
        Map<Integer, QuarantineReason> reasonByRow = new HashMap<>();
        Iterator<SetApart> apart = whole.apart().stream()
                .sorted((one, other) -> Integer.compare(one.before(), other.before()))
                .iterator();
        SetApart next = apart.hasNext() ? apart.next() : null;
        for (int taught = 0; taught <= whole.examples().size(); taught++) {
            for (; next != null && next.before() == taught; next = apart.hasNext() ? apart.next() : null) {
                reasonByRow.put(rows.size(), next.reason());
                rows.add(new EncodedTeaching(next.teaching(), Map.of()));
            }
            if (taught < whole.examples().size()) {
                rows.add(whole.examples().get(taught));
            }
        }
        TeachingOutcome outcome = new Teachings(change, Teachings.Replaced.ERASED).teach(id, rows, now);
        Map<Long, QuarantineReason> reasons = new HashMap<>();
        reasonByRow.forEach((row, reason) ->
                reasons.put(ExampleId.parse(outcome.rows().get(row).exampleId()).orElseThrow(), reason));
        if (!reasons.isEmpty()) {
            new PastExamples(change.handle()).setAside(reasons.keySet(), outcome.revision());
            new QuarantineTable(change.handle()).insert(id, reasons, outcome.revision());
            new TaskTable(change.handle()).touch(id, outcome.revision(), outcome.examplesTotal() - reasons.size());
        }
    }

    /** @param at when the task was made, which is what those in memory go by as well */
    private void set(TaskSettings settings, Instant at) {
        if (!settings.gateBounds().isEmpty()) {
            SqlGateStore.set(change, id, settings.gateBounds(), now);
        }
        if (settings.keepsTexts()) {
            SqlPredictionStore.keepTexts(change, id, now);
        }
        settings.apprentice().ifPresent(bar -> {
            Apprenticeship.Bar wanted = new Apprenticeship.Bar(bar.accuracy(), bar.answers(), bar.gate());
            SqlApprenticeshipStore.insert(change, Apprenticeship.begun(id, wanted, at), now);
        });
    }
}
