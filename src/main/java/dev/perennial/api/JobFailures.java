// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.refresh.JobProblems;
import org.jboss.logging.Logger;

/** Says why a job failed, in the words of {@link Problems}. Thread-safe. */
public final class JobFailures implements JobProblems {
    private static final Logger LOG = Logger.getLogger(JobFailures.class);

    private final Json json;

    public JobFailures(Json json) {
        this.json = json;
    }

    @Override
    public String problem(String jobId, Throwable failure) {
        if (Problems.isUnexpected(failure)) {
            LOG.errorf(Silenced.of(failure), "Job failed, trace_id %s", jobId);
        }
        return json.write(Problems.of(failure, new Problems.Origin("/v1/jobs/" + jobId, jobId)));
    }
}
