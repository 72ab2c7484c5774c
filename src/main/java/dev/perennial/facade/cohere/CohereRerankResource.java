// SPDX-License-Identifier: Apache-2.0
package dev.perennial.facade.cohere;

import dev.perennial.api.ClientWatch;
import dev.perennial.api.RerankResource;
import dev.perennial.api.Roles;
import dev.perennial.facade.FacadeExamples;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The same reranking at the path that Cohere's second version has. */
@Path("/v2/rerank")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@Tag(name = "Façades")
public final class CohereRerankResource {
    private final RerankResource first;

    public CohereRerankResource(RerankResource first) {
        this.first = first;
    }

    @POST
    @RolesAllowed(Roles.READER)
    @Operation(summary = "Orders documents by their relevance to a query (Cohere's second version)")
    @RequestBody(
            content =
                    @Content(
                            schema = @Schema(implementation = RerankResource.RerankBody.class),
                            examples = @ExampleObject(name = "Cohere's own", value = FacadeExamples.COHERE_RERANK)))
    @APIResponseSchema(RerankResource.RankingView.class)
    @APIResponse(
            responseCode = "default",
            description = "A failure in Cohere's words",
            content = @Content(schema = @Schema(implementation = CohereDialect.Failure.class)))
    @Parameter(name = ClientWatch.TIMEOUT, in = ParameterIn.HEADER, description = ClientWatch.TIMEOUT_MEANS)
    public Response rank(@Context HttpHeaders headers, InputStream body) {
        return first.rank(headers, body);
    }
}
