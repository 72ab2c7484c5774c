// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import dev.perennial.refresh.AdaptationJob;
import dev.perennial.refresh.ExportJob;
import dev.perennial.refresh.Job;
import dev.perennial.refresh.MemberJob;
import dev.perennial.refresh.MemberRemovalJob;
import dev.perennial.refresh.RefreshJob;
import dev.perennial.refresh.RefreshOrder;
import dev.perennial.task.AuditEvent.Subject;
import java.util.List;
import java.util.Optional;

/**
 * What jobs do outside the tables of tasks, graphs and documents: they change members, and write texts into files. That
 * counts when the job has succeeded, and is told in the same transaction. Pure.
 */
final class AuditedJobs {
    static final String ACCEPT = "job.accept";
    static final String CANCEL = "job.cancel";

    private static final String PROMOTED = "{\"promoted\":true";

    private AuditedJobs() {}

    /** Something to tell. */
    record Told(String action, Subject subject) {}

    static Subject subject(Job job) {
        return new Subject("job", job.id());
    }

    /** What a job has done, when it has reached its end. */
    static List<Told> told(Job job, Optional<byte[]> payload) {
        return switch (job.status()) {
            case SUCCEEDED -> done(job, payload);
            case CANCELLED -> List.of(new Told(CANCEL, subject(job)));
            default -> List.of();
        };
    }

    private static List<Told> done(Job job, Optional<byte[]> payload) {
        Subject member = new Subject("member", job.subject());
        return switch (job.kind()) {
            case MemberJob.KIND -> List.of(new Told("member.register", member));
            case MemberRemovalJob.KIND -> List.of(new Told("member.remove", member));
            case RefreshJob.KIND, AdaptationJob.KIND -> List.of(new Told(ofRefresh(job, payload), member));
            case ExportJob.KIND ->
                payload.map(ExportJob::tasks).orElse(List.of()).stream()
                        .map(task -> new Told("export.make", Subject.task(task)))
                        .toList();
            default -> List.of();
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
