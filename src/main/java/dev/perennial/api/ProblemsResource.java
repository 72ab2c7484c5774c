// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.refusal.Refusal;
import jakarta.annotation.security.PermitAll;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The pages that problem types point to. */
@Path("/problems/{name}")
@Tag(name = "Operations")
public final class ProblemsResource {

    @GET
    @PermitAll
    @Produces("text/markdown; charset=utf-8")
    @Operation(summary = "What a problem type means and what to do about it")
    @APIResponse(responseCode = "200", description = "A page in Markdown")
    public Response page(@PathParam("name") String name) throws IOException {
        boolean known =
                Arrays.stream(ProblemType.values()).anyMatch(type -> type.slug().equals(name));
        if (!known) {
            throw new Refusal.NotFound("problem type", "of this name");
        }
        try (InputStream page = ProblemsResource.class.getResourceAsStream("/problems/" + name + ".md")) {
            if (page == null) {
                throw new IllegalStateException("a problem type has no page");
            }
            return Response.ok(new String(page.readAllBytes(), StandardCharsets.UTF_8))
                    .build();
        }
    }
}
