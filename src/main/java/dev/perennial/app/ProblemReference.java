// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.api.Problem;
import dev.perennial.api.ProblemType;
import io.quarkus.smallrye.openapi.OpenApiFilter;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.responses.APIResponse;
import org.eclipse.microprofile.openapi.models.responses.APIResponses;
import org.eclipse.microprofile.openapi.models.security.SecurityRequirement;
import org.eclipse.microprofile.openapi.models.security.SecurityScheme;
import org.jspecify.annotations.Nullable;

/** Adds to the reference what every operation may answer: a problem, and its types. */
@OpenApiFilter(stages = OpenApiFilter.RunStage.BUILD)
public final class ProblemReference implements OASFilter {
    private static final Set<String> BY_ITSELF = Set.of("Bad Request", "Not Authorized", "Not Allowed");
    private static final String NAME = "Problem";
    /** As the configuration has operations refer to it. */
    private static final String KEY = "Key";

    private static final String TOKEN = "Token";

    @Override
    public void filterOpenAPI(OpenAPI reference) {
        if (reference.getComponents() == null) {
            reference.setComponents(OASFactory.createComponents());
        }
        reference
                .getComponents()
                .addSchema(NAME, problem())
                .addResponse(NAME, response())
                .addSecurityScheme(
                        KEY,
                        bearer("A key of POST /v1/keys. An operation names the role that its key must have, or one"
                                + " above: reader, teacher, operator. None is needed on the service's own machine while"
                                + " nobody has made one and no issuer of tokens is configured."))
                .addSecurityScheme(
                        TOKEN,
                        bearer("A signed token of the OpenID Connect provider that perennial.security.oidc.issuer"
                                        + " names; without that, none is taken. It has to name the role in the claim of"
                                        + " perennial.security.oidc.roles-claim, and its tenant in that of tenant-claim"
                                        + " where this is configured.")
                                .bearerFormat("JWT"));
        if (reference.getPaths() == null) {
            return;
        }
        reference
                .getPaths()
                .getPathItems()
                .forEach((path, item) -> item.getOperations().forEach((method, operation) -> {
                    answers(operation.getResponses(), AnsweredProblems.of(method, path, operation));
                    admitTokens(operation);
                }));
        Arrays.stream(ProblemType.values())
                .map(ProblemType::status)
                .distinct()
                .forEach(status -> reference.getComponents().addResponse(NAME + status, response(status)));
    }

    private static SecurityScheme bearer(String description) {
        return OASFactory.createSecurityScheme()
                .type(SecurityScheme.Type.HTTP)
                .scheme("bearer")
                .description(description);
    }

    /** Whatever a key lets in to, a token does that has the same role. */
    private static void admitTokens(Operation operation) {
        List<SecurityRequirement> keys = operation.getSecurity() == null ? List.of() : operation.getSecurity();
        List.copyOf(keys).stream()
                .filter(key -> key.hasScheme(KEY))
                .map(key -> OASFactory.createSecurityRequirement().addScheme(TOKEN, key.getScheme(KEY)))
                .forEach(operation::addSecurityRequirement);
    }

    /** What is said of a status already stays; a façade tells failures in its own words. */
    private static void answers(APIResponses responses, Collection<Integer> statuses) {
        if (responses.getDefaultValue() != null) {
            return;
        }
        responses.addAPIResponse("default", referredTo(NAME));
        statuses.stream()
                .filter(status -> !isToldBy(responses.getAPIResponse(String.valueOf(status))))
                .forEach(status -> responses.addAPIResponse(String.valueOf(status), referredTo(NAME + status)));
    }

    /** What Quarkus adds by itself says nothing of a body. */
    private static boolean isToldBy(@Nullable APIResponse response) {
        return response != null && !BY_ITSELF.contains(String.valueOf(response.getDescription()));
    }

    private static APIResponse referredTo(String response) {
        return OASFactory.createAPIResponse().ref("#/components/responses/" + response);
    }

    private static APIResponse response() {
        return problem("A problem (RFC 9457). 429 and 503 carry Retry-After. Types: " + types(type -> true));
    }

    private static APIResponse response(int status) {
        return problem("A problem (RFC 9457): " + types(type -> type.status() == status));
    }

    private static APIResponse problem(String description) {
        Schema schema = OASFactory.createSchema().ref("#/components/schemas/" + NAME);
        return OASFactory.createAPIResponse()
                .description(description)
                .content(OASFactory.createContent()
                        .addMediaType(
                                Problem.MEDIA_TYPE, OASFactory.createMediaType().schema(schema)));
    }

    private static String types(Predicate<ProblemType> which) {
        return String.join(
                ", ",
                Arrays.stream(ProblemType.values())
                        .filter(which)
                        .map(type -> type.status() + " /problems/" + type.slug())
                        .toList());
    }

    private static Schema problem() {
        Schema fault = object(Map.of(
                "pointer", text("JSON Pointer (RFC 6901) of the member at fault"),
                "detail", text("What is wrong with it and what to send instead")));
        Schema type = text("URI of the page that explains the problem")
                .enumeration(List.copyOf(Arrays.stream(ProblemType.values())
                        .map(one -> "/problems/" + one.slug())
                        .toList()));
        return object(Map.of(
                        "type", type,
                        "title", text("The same for every problem of a type"),
                        "status", of(Schema.SchemaType.INTEGER, "The HTTP status"),
                        "detail", text("What is wrong with this request and what to do next"),
                        "instance", text("The path that was asked for"),
                        "trace_id", text("Finds the request in the logs of the service"),
                        "retryable", of(Schema.SchemaType.BOOLEAN, "Whether the same request may succeed later"),
                        "errors",
                                of(Schema.SchemaType.ARRAY, "Members at fault").items(fault),
                        "limit",
                                of(
                                        Schema.SchemaType.INTEGER,
                                        "Largest accepted value, for 413; what may be asked for, for 429"),
                        "actual", of(Schema.SchemaType.INTEGER, "Value that came, for 413")))
                .required(List.of("type", "title", "status", "detail", "instance", "trace_id", "retryable"));
    }

    private static Schema object(Map<String, Schema> members) {
        return OASFactory.createSchema().type(List.of(Schema.SchemaType.OBJECT)).properties(members);
    }

    private static Schema text(String description) {
        return of(Schema.SchemaType.STRING, description);
    }

    private static Schema of(Schema.SchemaType type, String description) {
        return OASFactory.createSchema().type(List.of(type)).description(description);
    }
}
