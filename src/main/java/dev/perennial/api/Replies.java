// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.task.Idempotency;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Replies in JSON. Thread-safe. */
public final class Replies {
    private static final Pattern JOB_ID = Pattern.compile("\"id\":\"(job_[A-Za-z0-9]+)\"");

    private final Json json;

    public Replies(Json json) {
        this.json = json;
    }

    public Response ok(Object body) {
        return of(200, body).build();
    }

    public Response.ResponseBuilder of(int status, Object body) {
        return Response.status(status).type(MediaType.APPLICATION_JSON).entity(json.write(body));
    }

    /** A reply in the form in which it is kept for repetitions. */
    public Idempotency.Reply keepable(int status, Object body) {
        return new Idempotency.Reply(status, json.write(body));
    }

    /** A kept reply; 202 leads to its job. */
    public Response of(IdempotentRequests.Outcome outcome) {
        Response.ResponseBuilder reply = Response.status(outcome.reply().status())
                .type(MediaType.APPLICATION_JSON)
                .entity(outcome.reply().body());
        Matcher job = JOB_ID.matcher(outcome.reply().body());
        if (outcome.reply().status() == 202 && job.find()) {
            reply.header("Location", "/v1/jobs/" + job.group(1)).header("Retry-After", 1);
        }
        if (outcome.replayed()) {
            reply.header("Idempotent-Replayed", "true");
        }
        return reply.build();
    }
}
