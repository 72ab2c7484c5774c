// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.evaluate.GateReport;
import dev.perennial.evaluate.RevisionGate;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.RevisionId;
import dev.perennial.task.TaskId;
import jakarta.inject.Singleton;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Asks gates for requests, of which only a few may do so at once. Thread-safe. */
@Singleton
public final class GateRequests {
    private static final int AT_ONCE = 2;
    private static final int MOST_OBJECTIONS = 5;
    private static final String CAUSE = "revision";

    private final Admission admission;

    public GateRequests(ServingGate gate) {
        this.admission = new Admission(gate, "gates", AT_ONCE);
    }

    /** Whether a revision may serve. */
    GateReport judge(Serving serving, TaskId id, RevisionId revision) {
        return admission.admit(() -> gate(serving).judge(CAUSE, id, revision));
    }

    /**
     * Promotes a revision that its gate lets pass.
     *
     * @throws Refusal.Conflict when it does not
     */
    <T> RevisionGate.Decided<T> promote(Serving serving, TaskId id, RevisionId revision, Supplier<T> promotion) {
        RevisionGate.Decided<T> decided = admission.admit(() -> gate(serving).promote(CAUSE, id, revision, promotion));
        if (decided.promotion().isEmpty()) {
            throw new Refusal.Conflict("The gate keeps this revision from serving: "
                    + decided.report().verdict().objections().stream()
                            .limit(MOST_OBJECTIONS)
                            .collect(Collectors.joining("; "))
                    + ". GET …/gates/" + decided.report().id() + " tells everything.");
        }
        return decided;
    }

    private static RevisionGate gate(Serving serving) {
        return new RevisionGate(serving.evaluations().gatekeeper(), serving.teacher(), serving.active());
    }
}
