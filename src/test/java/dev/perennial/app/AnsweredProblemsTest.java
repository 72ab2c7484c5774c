// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import static org.assertj.core.api.Assertions.assertThat;

import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.PathItem;
import org.eclipse.microprofile.openapi.models.PathItem.HttpMethod;
import org.junit.jupiter.api.Test;

/** What the reference says of failures. That all is there is tested with the service. */
final class AnsweredProblemsTest {

    private static PathItem item(HttpMethod method, Operation operation) {
        PathItem item = OASFactory.createPathItem();
        item.setOperation(method, operation.responses(OASFactory.createAPIResponses()));
        return item;
    }

    private static Operation bare() {
        return OASFactory.createOperation();
    }

    @Test
    void reading_failsWithoutAKey_andWhereThereIsNoSuchThing() {
        assertThat(AnsweredProblems.of(HttpMethod.GET, "/v1/tasks", bare())).containsExactly(401, 403, 422, 429, 503);
        assertThat(AnsweredProblems.of(HttpMethod.GET, "/v1/tasks/{task}", bare()))
                .containsExactly(401, 403, 404, 422, 429, 503);
        assertThat(AnsweredProblems.of(HttpMethod.GET, "/problems/{name}", bare()))
                .containsExactly(404);
    }

    @Test
    void body_mayBeTooLargeOrOfAnotherType() {
        Operation operation = bare().requestBody(OASFactory.createRequestBody());
        assertThat(AnsweredProblems.of(HttpMethod.POST, "/v1/rerank", operation))
                .containsExactly(400, 401, 403, 413, 415, 422, 429, 503);
    }

    @Test
    void creation_findsNothingMissing_andMayConflict() {
        assertThat(AnsweredProblems.of(HttpMethod.PUT, "/v1/tasks/{task}", bare()))
                .containsExactly(401, 403, 409, 412, 422, 429, 503);
    }

    @Test
    void idempotencyKey_mayBeInUse() {
        Operation operation = bare().addParameter(OASFactory.createParameter().name("Idempotency-Key"));
        assertThat(AnsweredProblems.of(HttpMethod.POST, "/v1/exports", operation))
                .contains(409);
    }

    @Test
    void reference_keepsWhatAnOperationSays_andRefersToTheRest() {
        Operation own = bare();
        PathItem item = item(HttpMethod.GET, own);
        own.getResponses().addAPIResponse("404", OASFactory.createAPIResponse().description("its own"));
        OpenAPI reference =
                OASFactory.createOpenAPI().paths(OASFactory.createPaths().addPathItem("/v1/tasks/{task}", item));

        new ProblemReference().filterOpenAPI(reference);

        assertThat(own.getResponses().getAPIResponses().keySet())
                .containsExactlyInAnyOrder("404", "default", "401", "403", "422", "429", "503");
        assertThat(own.getResponses().getAPIResponse("404").getDescription()).isEqualTo("its own");
        assertThat(own.getResponses().getAPIResponse("503").getRef()).isEqualTo("#/components/responses/Problem503");
        assertThat(reference.getComponents().getResponses().get("Problem503").getDescription())
                .contains("/problems/saturated", "/problems/not-ready")
                .doesNotContain("/problems/conflict");
    }
}
