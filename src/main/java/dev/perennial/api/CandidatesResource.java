// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.refusal.Refusal;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.io.InputStream;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Teaching what does not serve yet. */
@Path("/v1/tasks/{task}/candidates")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Revisions")
public final class CandidatesResource {
    private final ServingGate gate;
    private final Replies replies;
    private final TeachingRequests teaching;

    public CandidatesResource(ServingGate gate, Replies replies, TeachingRequests teaching) {
        this.gate = gate;
        this.replies = replies;
        this.teaching = teaching;
    }

    @POST
    @RolesAllowed(Roles.TEACHER)
    @Consumes({MediaType.APPLICATION_JSON, TeachingRequests.NDJSON, TeachingRequests.CSV})
    @Operation(
            summary = "Teaches a candidate, which serves nothing until it is promoted",
            description =
                    "The body is that of a teaching, of at most sync_examples rows. It makes a revision that is called "
                            + "candidate: what serves, and these examples. Answers stay as they are. Evaluate it by "
                            + "POST …/revisions/candidate/gates, compare it by …/revisions/serving/diff/candidate, and promote it by "
                            + "having the alias serving name it. Nothing is erased: what an external_id replaces is set aside.")
    @Parameter(
            name = "onward",
            in = ParameterIn.QUERY,
            description = "true goes on from the candidate that there is, false begins with what serves")
    @Parameter(name = "source", in = ParameterIn.QUERY, description = ExampleSources.DEFAULT)
    @Parameter(name = "Idempotency-Key", in = ParameterIn.HEADER, description = "Repeats the reply, not the teaching")
    @APIResponseSchema(TaughtView.class)
    @RequestBody(
            content = {
                @Content(
                        mediaType = MediaType.APPLICATION_JSON,
                        schema = @Schema(implementation = TeachBody.class),
                        examples = @ExampleObject(name = "four examples", value = Examples.TEACHING)),
                @Content(mediaType = TeachingRequests.NDJSON, schema = @Schema(implementation = String.class)),
                @Content(mediaType = TeachingRequests.CSV, schema = @Schema(implementation = String.class))
            })
    @ReadsQuery("onward,source")
    public Response stage(
            @PathParam("task") String task, @Context UriInfo uri, @Context HttpHeaders headers, InputStream body) {
        MultivaluedMap<String, String> asked = uri.getQueryParameters();
        TeachingRequests.Candidate candidate = new TeachingRequests.Candidate(
                TeachingRequests.Assignment.of(task, asked.getFirst("source")), isTrue(asked.getFirst("onward")));
        return replies.of(teaching.stage(gate.serving(), candidate, headers, body));
    }

    private static boolean isTrue(@Nullable String onward) {
        if (onward == null || onward.equals("false")) {
            return false;
        }
        if (onward.equals("true")) {
            return true;
        }
        throw new Refusal.Invalid("", "the query parameter onward must be true or false");
    }
}
