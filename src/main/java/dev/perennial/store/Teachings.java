// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import dev.perennial.refusal.Refusal;
import dev.perennial.store.TeachingPlan.Addition;
import dev.perennial.task.AuditEvent.Counts;
import dev.perennial.task.ContentKey;
import dev.perennial.task.EncodedTeaching;
import dev.perennial.task.Example;
import dev.perennial.task.Input;
import dev.perennial.task.RevisionId;
import dev.perennial.task.StoredTask;
import dev.perennial.task.TaskId;
import dev.perennial.task.TeachingOutcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Writes teachings. Belongs to one transaction. */
final class Teachings {

    /** What becomes of an example whose place is taken by one about another input. */
    enum Replaced {
        ERASED,
        SET_ASIDE
    }

    private final Change change;
    private final Replaced replaced;

    Teachings(Change change, Replaced replaced) {
        this.change = change;
        this.replaced = replaced;
    }

    /** Teaches a task; without a revision where that changes nothing. */
    TeachingOutcome teach(TaskId id, List<EncodedTeaching> teachings, Instant now) {
        StoredTask task =
                new TaskTable(change.handle()).find(id).orElseThrow(() -> new Refusal.NotFound("task", id.value()));
        TeachingPlan plan = plan(id, teachings);
        return plan.changesNothing()
                ? new TeachingOutcome(task.revision(), plan.rows(), task.examples())
                : carryOut(task, plan, now);
    }

    private TeachingPlan plan(TaskId id, List<EncodedTeaching> teachings) {
        List<ContentKey> keys = teachings.stream()
                .map(encoded -> encoded.teaching().contentKey())
                .toList();
        Set<String> externalIds = new HashSet<>();
        Set<String> contentKeys = new HashSet<>();
        for (int i = 0; i < teachings.size(); i++) {
            String key = keys.get(i).hex();
            teachings.get(i).teaching().externalId().ifPresentOrElse(externalIds::add, () -> contentKeys.add(key));
        }
        TeachingPlan plan = new TeachingPlan(
                new ExampleTable(change.handle()).held(id, externalIds, contentKeys),
                change.reserve("example", teachings.size()));
        for (int i = 0; i < teachings.size(); i++) {
            plan.add(teachings.get(i), keys.get(i));
        }
        return plan;
    }

    private TeachingOutcome carryOut(StoredTask task, TeachingPlan plan, Instant now) {
        TaskId id = task.task().id();
        Set<Long> apart = new QuarantineTable(change.handle()).now(id).keySet();
        long learntFrom = plan.successors().keySet().stream()
                .filter(number -> !apart.contains(number))
                .count();
        Counts counts = new Counts(plan.additions().size(), learntFrom);
        RevisionId revision = change.revise(id, cause(plan), now, counts);
        giveWay(id, plan, apart, revision);
        List<Example> examples = new ArrayList<>();
        Map<Long, Map<String, float[]>> vectors = new LinkedHashMap<>();
        for (Addition addition : plan.additions()) {
            String exampleId = ExampleId.of(addition.number());
            examples.add(new Example(exampleId, addition.encoded().teaching(), addition.key(), revision, now));
            vectors.put(addition.number(), addition.encoded().vectorByMember());
        }
        new ExampleTable(change.handle()).insert(id, examples);
        new VectorTable(change.handle()).put(change, vectors);
        long total = task.examples() + examples.size() - learntFrom;
        new TaskTable(change.handle()).touch(id, revision, total);
        return new TeachingOutcome(revision, plan.rows(), total);
    }

    private String cause(TeachingPlan plan) {
        if (replaced == Replaced.SET_ASIDE) {
            return "stage";
        }
        return plan.isCorrection() ? "feedback" : "teach";
    }

    /** What was said of the same input before is set aside; another input is erased, because it is wanted no more. */
    private void giveWay(TaskId id, TeachingPlan plan, Set<Long> apart, RevisionId revision) {
        Map<Long, Input> successors = plan.successors();
        PastExamples examples = new PastExamples(change.handle());
        Set<Long> setAside = new HashSet<>();
        Set<Long> erased = new HashSet<>();
        for (Map.Entry<Long, Input> successor : successors.entrySet()) {
            Input before = examples.find(id, successor.getKey())
                    .orElseThrow()
                    .teaching()
                    .input();
            if (replaced == Replaced.SET_ASIDE || before.equals(successor.getValue())) {
                setAside.add(successor.getKey());
            } else {
                erased.add(successor.getKey());
                erased.addAll(examples.setAsideAbout(id, before));
            }
        }
        if (replaced == Replaced.ERASED) {
            examples.outdated(id, plan.taught()).forEach(example -> {
                erased.add(ExampleId.numberOf(example));
                erased.addAll(examples.setAsideAbout(id, example.teaching().input()));
            });
        }
        examples.bringBack(setAside.stream().filter(apart::contains).toList(), revision);
        examples.setAside(setAside, revision);
        SqlTaskStore.erase(change, erased, revision);
    }
}
