// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import dev.perennial.refresh.AdaptationJob;
import dev.perennial.refresh.Job;
import dev.perennial.refresh.MemberJob;
import dev.perennial.refresh.MemberRemovalJob;
import dev.perennial.refresh.RefreshJob;
import dev.perennial.refresh.RefreshOrder;
import dev.perennial.task.AuditEvent.Subject;
import java.util.Optional;

/**
 * What jobs change outside the tables of tasks, graphs and documents: the members. Such a change counts when its job
 * has succeeded, and is told in the same transaction. Pure.
 */
final class AuditedJobs {
    static final String ACCEPT = "job.accept";
    static final String CANCEL = "job.cancel";

    private static final String PROMOTED = "{\"promoted\":true";

    private AuditedJobs() {}

    static Subject subject(Job job) {
        return new Subject("job", job.id());
    }

    /** A member whose job has reached its end. */
    static Subject member(Job job) {
        return new Subject("member", job.subject());
    }

    /** What a job has done to its member, if it has one and has succeeded. */
    static Optional<String> action(Job job, Optional<byte[]> payload) {
        if (job.status() != Job.Status.SUCCEEDED) {
            return Optional.empty();
        }
        return switch (job.kind()) {
            case MemberJob.KIND -> Optional.of("member.register");
            case MemberRemovalJob.KIND -> Optional.of("member.remove");
            case RefreshJob.KIND, AdaptationJob.KIND -> Optional.of(ofRefresh(job, payload));
            default -> Optional.empty();
        };
    }

    private static String ofRefresh(Job job, Optional<byte[]> payload) {
        boolean goesBack = payload.map(RefreshOrder::of)
                .filter(order -> order.aim() == RefreshOrder.Aim.GO_BACK)
                .isPresent();
        if (goesBack) {
            return job.kind().equals(AdaptationJob.KIND) ? "adaptation.end" : "refresh.revert";
        }
        return job.result().filter(result -> result.startsWith(PROMOTED)).isPresent()
                ? "refresh.promote"
                : "refresh.reject";
    }
}
