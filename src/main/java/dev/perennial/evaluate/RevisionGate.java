// SPDX-License-Identifier: Apache-2.0
package dev.perennial.evaluate;

import dev.perennial.ensemble.ActiveEnsembles;
import dev.perennial.ensemble.Ensemble;
import dev.perennial.learn.Rehearsal;
import dev.perennial.learn.Teacher;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.RevisionId;
import dev.perennial.task.TaskId;
import java.util.Optional;
import java.util.function.Supplier;

/** Has the gates of tasks decide whether revisions may serve. Thread-safe. */
public final class RevisionGate {
    /** A task that is taught meanwhile is judged again so many times in all. */
    private static final int ATTEMPTS = 2;

    private final Gatekeeper gatekeeper;
    private final Teacher teacher;
    private final ActiveEnsembles active;

    public RevisionGate(Gatekeeper gatekeeper, Teacher teacher, ActiveEnsembles active) {
        this.gatekeeper = gatekeeper;
        this.teacher = teacher;
        this.active = active;
    }

    /**
     * What a gate decided, and what came of it.
     *
     * @param promotion empty when the gate refused
     */
    public record Decided<T>(GateReport report, Optional<T> promotion) {}

    /**
     * Whether a revision may serve.
     *
     * @param cause what wants it
     * @throws Refusal.NotFound when the task has no suite
     * @throws Refusal.Conflict when its suite is not of its kind
     */
    public GateReport judge(String cause, TaskId id, RevisionId revision) {
        if (!gatekeeper.isAsked(id)) {
            throw noSuite(id);
        }
        Rehearsal present = teacher.insight().serving(id);
        Rehearsal candidate =
                present.ensemble().answerRevision().equals(revision) ? present : teacher.rehearsal(id, revision);
        return gatekeeper
                .judge(new Candidacy(cause, revision.toString(), new Paired<>(present, candidate)))
                .orElseThrow(() -> noSuite(id));
    }

    private static Refusal.NotFound noSuite(TaskId id) {
        return new Refusal.NotFound("suite of the task", id.value());
    }

    /**
     * Promotes a revision if its gate lets it, in the place of the very one that it was compared with. Where another
     * one serves by then, it is judged again, once.
     *
     * @param promotion has it serve; nobody else changes the task meanwhile
     * @throws Refusal.NotFound when the task has no suite
     * @throws Refusal.Conflict when its suite is not of its kind
     * @throws Refusal.InProgress when what serves was changed each time
     */
    public <T> Decided<T> promote(String cause, TaskId id, RevisionId revision, Supplier<T> promotion) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            GateReport report = judge(cause, id, revision);
            if (!report.verdict().passed()) {
                return new Decided<>(report, Optional.empty());
            }
            Optional<T> done = teacher.alone(
                    id, () -> isServing(id, report.serving()) ? Optional.of(promotion.get()) : Optional.empty());
            if (done.isPresent()) {
                return new Decided<>(report, done);
            }
        }
        throw new Refusal.InProgress(
                "What serves was changed while the gate compared this revision with it, twice. "
                        + "Nothing was promoted; try again when the task is not being taught.",
                5);
    }

    private boolean isServing(TaskId id, RevisionId revision) {
        return active.find(id).map(Ensemble::answerRevision).equals(Optional.of(revision));
    }
}
