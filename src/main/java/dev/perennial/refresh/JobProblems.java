// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

/** Port: says why a job failed, as clients see it. */
public interface JobProblems {

    /**
     * The problem (RFC 9457) of a failed job, a JSON object.
     *
     * @param jobId the job
     * @param failure a refusal, or a bug
     */
    String problem(String jobId, Throwable failure);
}
