// SPDX-License-Identifier: Apache-2.0
package dev.perennial.task;

/**
 * A client's promise that two requests with the same key are one.
 *
 * @param key the client's key, with the route it was used on
 * @param requestDigest SHA-256 of the request body, in hex
 */
public record Idempotency(String key, String requestDigest) {
    private static final String OF_A_JOB = "job ";

    /** A step of a job. Its reply is kept until the job ends, however long that takes. */
    public static Idempotency ofJob(String jobId, int position) {
        return new Idempotency(keysOfJob(jobId) + position, "");
    }

    /** How the keys of all steps of a job begin. */
    public static String keysOfJob(String jobId) {
        return OF_A_JOB + jobId + " ";
    }

    /** How the keys of steps of jobs begin, as no client's key does. */
    public static String keysOfJobs() {
        return OF_A_JOB;
    }

    /** How the keys of requests to a task begin, whatever was asked of it. */
    public static String keysOfTask(TaskId task) {
        return "POST /v1/tasks/" + task.value() + "/";
    }

    /** How the keys of requests begin that name a task in their bodies alone. */
    public static String keysOfTraining() {
        return "POST /v1/train ";
    }

    /** What of a reply to such a request says that it is about a task. */
    public static String namedInTraining(TaskId task) {
        return "\"classifier_id\":\"" + task.value() + "\"";
    }

    /** A reply that is kept to be replayed. */
    public record Reply(int status, String body) {}

    /** A stored reply and the request that it answered. */
    public record Entry(Idempotency request, Reply reply) {}
}
