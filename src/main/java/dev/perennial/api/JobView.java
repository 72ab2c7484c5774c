// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import com.fasterxml.jackson.annotation.JsonRawValue;
import dev.perennial.refresh.Job;
import java.time.Instant;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A job in a reply.
 *
 * @param id {@code job_...}
 * @param kind what kind of work
 * @param subject what it works on, e.g. a task
 * @param status queued, running, succeeded, failed or cancelled
 * @param progress how far it got; its total is 0 while that is not known
 * @param createdAt when it was accepted
 * @param startedAt when it first ran
 * @param finishedAt when it reached its end
 * @param result what came of it; when it failed or was cancelled, what it had done until then
 * @param problem why it failed (RFC 9457)
 */
@Schema(name = "Job")
public record JobView(
        String id,
        String kind,
        String subject,

        @Schema(enumeration = {"queued", "running", "succeeded", "failed", "cancelled"})
        String status,

        Job.Progress progress,
        Instant createdAt,
        @Nullable Instant startedAt,
        @Nullable Instant finishedAt,

        @JsonRawValue @Schema(implementation = Object.class) @Nullable
        String result,

        @JsonRawValue @Schema(implementation = Object.class) @Nullable
        String problem) {

    static JobView of(Job job) {
        return new JobView(
                job.id(),
                job.kind(),
                job.subject(),
                Choice.word(job.status()),
                job.progress(),
                job.createdAt(),
                job.startedAt().orElse(null),
                job.finishedAt().orElse(null),
                job.result().orElse(null),
                job.problem().orElse(null));
    }
}
