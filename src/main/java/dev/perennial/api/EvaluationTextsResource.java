// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import dev.perennial.document.DocumentStore;
import dev.perennial.document.EvaluationSet;
import dev.perennial.document.EvaluationSetId;
import dev.perennial.document.Library;
import dev.perennial.refusal.Refusal;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** The texts that the service is measured with, which no document may give away. */
@Path("/v1/evaluation-texts")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Documents")
public final class EvaluationTextsResource {
    private final ServingGate gate;
    private final Limits limits;
    private final Bodies bodies;
    private final Replies replies;

    public EvaluationTextsResource(ServingGate gate, Limits limits, Bodies bodies, Replies replies) {
        this.gate = gate;
        this.limits = limits;
        this.bodies = bodies;
        this.replies = replies;
    }

    /** The texts of an evaluation set. */
    @Schema(name = "EvaluationTexts")
    public record TextsBody(
            @Schema(required = true) @Nullable List<@Nullable String> texts) {}

    /**
     * An evaluation set as clients see it.
     *
     * @param id its name
     * @param texts how many texts it was registered with
     * @param windows how many different rows of words are kept of them, as hashes
     * @param leaked how many documents hold one of its texts
     * @param revision that registered it
     * @param createdAt when it was registered first
     */
    @Schema(name = "EvaluationSet")
    public record SetView(String id, long texts, long windows, long leaked, String revision, Instant createdAt) {
        static SetView of(EvaluationSet set) {
            return new SetView(
                    set.id().value(),
                    set.texts(),
                    set.windows(),
                    set.leaked(),
                    set.revision().toString(),
                    set.createdAt());
        }
    }

    /** One page of evaluation sets. */
    @Schema(name = "EvaluationSetPage")
    public record SetPage(List<SetView> items, @Nullable String nextCursor) {}

    /** What a removal did. */
    @Schema(name = "RemovedEvaluationSet")
    public record RemovedSet(String revision, String removed) {}

    @GET
    @RolesAllowed(Roles.READER)
    @Operation(summary = "Lists the evaluation sets, in the order of their ids")
    @APIResponseSchema(SetPage.class)
    public Response list(@QueryParam("limit") @Nullable String limit, @QueryParam("cursor") @Nullable String cursor) {
        Page<EvaluationSet> page = Page.ofAll(
                new Page.Asked(limit, cursor),
                limits.pageItems(),
                gate.serving().library().store().evaluationSets(),
                set -> set.id().value());
        return replies.ok(page.map(SetView::of));
    }

    @GET
    @RolesAllowed(Roles.READER)
    @Path("/{set}")
    @Operation(summary = "An evaluation set: how many texts it has, and how many documents hold one")
    @APIResponseSchema(SetView.class)
    public Response get(@PathParam("set") String set) {
        EvaluationSetId id = PathIds.evaluationSet(set);
        return replies.ok(gate.serving().library().store().evaluationSets().stream()
                .filter(one -> one.id().equals(id))
                .findFirst()
                .map(SetView::of)
                .orElseThrow(() -> new Refusal.NotFound("evaluation set", id.value())));
    }

    @PUT
    @RolesAllowed(Roles.OPERATOR)
    @Path("/{set}")
    @Consumes({MediaType.APPLICATION_JSON, TeachingRequests.NDJSON})
    @Operation(
            summary = "Registers the texts of an evaluation set, or replaces them",
            description = "Only hashes of rows of their words are kept. From then on a document is rejected when it "
                    + "holds any eight words in a row of one of them, all words of one of four to seven, or nothing "
                    + "but one of fewer; documents that are there are marked, and no longer found.")
    @APIResponse(
            responseCode = "201",
            description = "Registered",
            content = @Content(schema = @Schema(implementation = SetView.class)))
    @APIResponse(
            responseCode = "200",
            description = "Replaced",
            content = @Content(schema = @Schema(implementation = SetView.class)))
    @RequestBody(
            content = {
                @Content(
                        mediaType = MediaType.APPLICATION_JSON,
                        schema = @Schema(implementation = TextsBody.class),
                        examples = @ExampleObject(name = "a list", value = DocumentExamples.EVALUATION_TEXTS)),
                @Content(
                        mediaType = TeachingRequests.NDJSON,
                        schema = @Schema(implementation = String.class),
                        examples =
                                @ExampleObject(name = "one per line", value = DocumentExamples.EVALUATION_TEXTS_NDJSON))
            })
    public Response register(
            @Parameter(schema = @Schema(pattern = "[a-z0-9][a-z0-9-]{0,62}")) @PathParam("set") String name,
            @Context HttpHeaders headers,
            InputStream body) {
        Library library = gate.serving().library();
        if (!EvaluationSetId.isValid(name)) {
            throw new Refusal.Invalid("", "the set's id in the path must match [a-z0-9][a-z0-9-]{0,62}");
        }
        byte[] bytes = bodies.bytes(headers, body, new Bodies.Limit("teaching_body_bytes", limits.teachingBodyBytes()));
        List<@Nullable String> texts = DocumentsResource.isNdjson(headers)
                ? lines(bytes)
                : bodies.json(bytes, TextsBody.class).texts();
        DocumentStore.Registered registered = library.register(new EvaluationSetId(name), checked(texts));
        return replies.of(registered.created() ? 201 : 200, SetView.of(registered.set()))
                .build();
    }

    @DELETE
    @RolesAllowed(Roles.OPERATOR)
    @Path("/{set}")
    @Operation(
            summary = "Forgets an evaluation set",
            description = "Documents that only it had marked are found again.")
    @APIResponseSchema(RemovedSet.class)
    public Response remove(@PathParam("set") String set) {
        EvaluationSetId id = PathIds.evaluationSet(set);
        return replies.ok(new RemovedSet(gate.serving().library().unregister(id).toString(), id.value()));
    }

    private List<String> checked(@Nullable List<@Nullable String> texts) {
        if (texts == null || texts.isEmpty()) {
            throw new Refusal.Invalid("/texts", "is missing or empty; send the texts of the set");
        }
        TextChecks checks = new TextChecks(limits.documentChars());
        List<String> checked = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) {
            checked.add(checks.text("/texts/" + i, texts.get(i)));
        }
        checks.requireNone();
        return checked;
    }

    /** Strings, or objects with the one member text. */
    private static List<@Nullable String> lines(byte[] body) {
        ObjectReader json = StrictJson.mapper().reader().with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
        List<@Nullable String> texts = new ArrayList<>();
        try {
            NdjsonLines lines = new NdjsonLines(new ByteArrayInputStream(body));
            for (Optional<NdjsonLines.Line> line = lines.next(); line.isPresent(); line = lines.next()) {
                texts.add(text(line.get(), json));
            }
        } catch (JsonProcessingException notJson) {
            throw new Refusal.Unparsable("A line is not one JSON value; send a string or {\"text\": \"...\"} a line.");
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return texts;
    }

    private static @Nullable String text(NdjsonLines.Line line, ObjectReader json) throws JsonProcessingException {
        Optional<String> chars = line.tooLong() ? Optional.empty() : StrictUtf8.decode(line.bytes());
        if (chars.isEmpty()) {
            throw new Refusal.Unparsable("A line is not UTF-8, or too long.");
        }
        JsonNode value = json.readTree(chars.get());
        JsonNode text = value.isObject() && value.size() == 1 ? value.path("text") : value;
        return text.isTextual() ? text.textValue() : null;
    }
}
