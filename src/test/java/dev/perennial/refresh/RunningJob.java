// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import java.time.Instant;
import java.util.Optional;

/** Jobs that have begun. */
final class RunningJob {
    private RunningJob() {}

    static Job of(String id, String kind, String subject, Instant began) {
        return new Job(
                id,
                kind,
                subject,
                Job.Status.RUNNING,
                new Job.Progress(0, 1, "steps", ""),
                began,
                Optional.of(began),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }
}
