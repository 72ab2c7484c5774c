// SPDX-License-Identifier: Apache-2.0
package dev.perennial.facade;

import com.fasterxml.jackson.databind.JsonNode;
import dev.perennial.api.Asking;
import dev.perennial.api.Bodies;
import dev.perennial.api.ClientWatch;
import dev.perennial.api.Dialect;
import dev.perennial.api.LabelledTexts;
import dev.perennial.api.Limits;
import dev.perennial.api.Roles;
import dev.perennial.api.Serving;
import dev.perennial.api.ServingGate;
import dev.perennial.facade.cohere.CohereClassification;
import dev.perennial.facade.cohere.CohereDialect;
import dev.perennial.facade.jina.JinaClassification;
import dev.perennial.facade.jina.JinaDialect;
import dev.perennial.refusal.Refusal;
import io.vertx.ext.web.RoutingContext;
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
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** The path at which both Cohere's clients and Jina's classify: those send {@code inputs}, these {@code input}. */
@Path("/v1/classify")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@Tag(name = "Façades")
public final class ClassifyResource {
    private final ServingGate gate;
    private final Bodies.Limit limit;
    private final Bodies bodies;
    private final Asking asking;
    private final Protocols protocols;

    public ClassifyResource(ServingGate gate, Limits limits, Bodies bodies, Asking asking, Protocols protocols) {
        this.gate = gate;
        this.limit = new Bodies.Limit("teaching_body_bytes", limits.teachingBodyBytes());
        this.bodies = bodies;
        this.asking = asking;
        this.protocols = protocols;
    }

    /**
     * What is to be classified, and by what.
     *
     * @param inputs Cohere's: texts
     * @param examples Cohere's: what is learnt for this request alone
     * @param model Cohere's, without examples: the id of a task; without effect otherwise
     * @param preset Cohere's; refused
     * @param truncate Cohere's: END, or NONE to refuse what is longer than a member can read
     * @param input Jina's: a text, or an array of texts and of objects with text
     * @param labels Jina's: names to choose from, or several such arrays by names of their own
     * @param classifierId Jina's: the id of a task
     */
    @Schema(name = "ClassifyRequest")
    public record ClassifyBody(
            @Schema(implementation = String[].class) @Nullable
            JsonNode inputs,

            @Nullable List<LabelledTexts.@Nullable Row> examples,
            @Nullable String model,
            @Nullable String preset,
            @Schema(enumeration = {"END", "NONE"}) @Nullable String truncate,

            @Schema(implementation = String[].class) @Nullable
            JsonNode input,

            @Schema(implementation = String[].class) @Nullable
            JsonNode labels,

            @Nullable String classifierId) {

        private boolean isCoheres() {
            return inputs != null || examples != null || preset != null || truncate != null;
        }

        private boolean isJinas() {
            return input != null || labels != null || classifierId != null;
        }
    }

    @POST
    @RolesAllowed(Roles.READER)
    @Operation(
            summary = "Classifies texts (Cohere's shape and Jina's)",
            description =
                    "With inputs, as Cohere: by the examples of the request, which are learnt for it alone, or by "
                            + "the task that model names. With input, as Jina: over labels, or by the task of classifier_id.")
    @RequestBody(
            content =
                    @Content(
                            schema = @Schema(implementation = ClassifyBody.class),
                            examples = {
                                @ExampleObject(name = "Cohere's own", value = FacadeExamples.COHERE_CLASSIFY),
                                @ExampleObject(name = "Jina's own", value = FacadeExamples.JINA_CLASSIFY)
                            }))
    @APIResponse(
            responseCode = "200",
            description = "OK",
            content =
                    @Content(
                            schema =
                                    @Schema(
                                            oneOf = {
                                                CohereClassification.Answers.class,
                                                JinaClassification.Answers.class
                                            })))
    @APIResponse(
            responseCode = "default",
            description = "A failure in the words of whose request it is; a problem with both where that is not known",
            content = @Content(schema = @Schema(oneOf = {CohereDialect.Failure.class, JinaDialect.Failure.class})))
    @Parameter(name = ClientWatch.TIMEOUT, in = ParameterIn.HEADER, description = ClientWatch.TIMEOUT_MEANS)
    public Response classify(@Context HttpHeaders headers, @Context RoutingContext context, InputStream body) {
        Serving serving = gate.serving();
        ClassifyBody sent = bodies.json(headers, body, limit, ClassifyBody.class);
        if (sent.isCoheres() == sent.isJinas()) {
            throw new Refusal.Invalid(
                    "", "send inputs with examples, as Cohere's clients do, or input with labels, as Jina's do");
        }
        return sent.isCoheres() ? ofCohere(serving, sent, context) : ofJina(serving, sent, context);
    }

    private Response ofCohere(Serving serving, ClassifyBody sent, RoutingContext context) {
        context.put(Dialect.CONTEXT, protocols.coheres());
        CohereClassification.Question question = protocols
                .cohere()
                .read(
                        serving,
                        new CohereClassification.Sent(
                                sent.inputs(), sent.examples(), sent.model(), sent.preset(), sent.truncate()));
        return asking.admit(question.task(), () -> protocols.cohere().answer(serving, question));
    }

    private Response ofJina(Serving serving, ClassifyBody sent, RoutingContext context) {
        context.put(Dialect.CONTEXT, protocols.jinas());
        JinaClassification.Question question = protocols
                .jina()
                .read(serving, new JinaClassification.Sent(sent.input(), sent.labels(), sent.classifierId()));
        return asking.admit(question.task(), () -> protocols.jina().answer(serving, question));
    }
}
