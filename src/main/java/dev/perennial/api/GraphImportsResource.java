// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import static org.eclipse.microprofile.openapi.annotations.enums.ParameterIn.HEADER;
import static org.eclipse.microprofile.openapi.annotations.enums.ParameterIn.QUERY;

import dev.perennial.knowledge.GraphForm;
import dev.perennial.knowledge.GraphId;
import dev.perennial.refresh.GraphImport;
import dev.perennial.refresh.GraphImportJob;
import dev.perennial.refresh.Job;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.Idempotency;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.NotSupportedException;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Takes files into knowledge graphs. */
@Path("/v1/graphs/{graph}/imports")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Knowledge")
public final class GraphImportsResource {
    private static final String TURTLE = "text/turtle";
    private static final String N_TRIPLES = "application/n-triples";
    private static final String N_QUADS = "application/n-quads";
    private static final String TRIG = "application/trig";
    private static final String RDF_XML = "application/rdf+xml";
    private static final String JSON_LD = "application/ld+json";
    private static final String TSV = "text/tab-separated-values";
    private static final String CSV = "text/csv";
    private static final Map<String, GraphForm> FORM_BY_TYPE = Map.of(
            TURTLE, GraphForm.TURTLE,
            N_TRIPLES, GraphForm.N_TRIPLES,
            N_QUADS, GraphForm.N_QUADS,
            TRIG, GraphForm.TRIG,
            RDF_XML, GraphForm.RDF_XML,
            JSON_LD, GraphForm.JSON_LD,
            TSV, GraphForm.TSV,
            CSV, GraphForm.CSV);

    private static final String DESCRIPTION =
            "Accepted as a job; nothing is seen before all of it is. RDF: labels, aliases and descriptions are recognised "
                    + "by their predicates, other literals are attributes; named graphs are joined; no context, DTD or "
                    + "entity is fetched. TSV: head, relation, tail; the relations label, alias and description, also as "
                    + "label@en, give names. CSV: a header row, one entity a record with its id in the column id (or "
                    + "entity_column), or the columns head, relation, tail; columns that are neither names nor relations "
                    + "are attributes. WordNet: a JSON body. The job's result: "
                    + "{revision, statements, repeated, skipped, faults: [{line, detail}]}.";

    private static final String KEY = "Idempotency-Key";
    private static final int ACCEPTED = 202;

    private final ServingGate gate;
    private final Limits limits;
    private final Bodies bodies;
    private final Replies replies;
    private final IdempotentRequests idempotentRequests;

    public GraphImportsResource(
            ServingGate gate, Limits limits, Bodies bodies, Replies replies, IdempotentRequests idempotentRequests) {
        this.gate = gate;
        this.limits = limits;
        this.bodies = bodies;
        this.replies = replies;
        this.idempotentRequests = idempotentRequests;
    }

    /**
     * Something inside the service to import.
     *
     * @param bundled {@code wordnet-3.1}
     */
    @Schema(name = "BundledImport")
    public record BundledBody(
            @Schema(
                    required = true,
                    enumeration = {GraphImportQuery.WORDNET})
            @Nullable
            String bundled) {}

    @POST
    @RolesAllowed(Roles.OPERATOR)
    @Consumes({TURTLE, N_TRIPLES, N_QUADS, TRIG, RDF_XML, JSON_LD, TSV, CSV})
    @Operation(summary = "Imports a file into a graph, or WordNet 3.1", description = DESCRIPTION)
    @RequestBody(
            content = {
                @Content(
                        mediaType = MediaType.APPLICATION_JSON,
                        schema = @Schema(implementation = BundledBody.class),
                        examples = @ExampleObject(name = "WordNet 3.1", value = "{\"bundled\": \"wordnet-3.1\"}")),
                @Content(mediaType = TURTLE, schema = @Schema(implementation = String.class)),
                @Content(mediaType = N_TRIPLES, schema = @Schema(implementation = String.class)),
                @Content(mediaType = N_QUADS, schema = @Schema(implementation = String.class)),
                @Content(mediaType = TRIG, schema = @Schema(implementation = String.class)),
                @Content(mediaType = RDF_XML, schema = @Schema(implementation = String.class)),
                @Content(mediaType = JSON_LD, schema = @Schema(implementation = String.class)),
                @Content(mediaType = TSV, schema = @Schema(implementation = String.class)),
                @Content(mediaType = CSV, schema = @Schema(implementation = String.class))
            })
    @APIResponse(
            responseCode = "202",
            description = "Accepted as a job; Location names it",
            content = @Content(schema = @Schema(implementation = JobView.class)))
    @Parameter(name = KEY, in = HEADER, description = "Repeats the reply, not the import")
    @Parameter(name = "source", in = QUERY, description = "Name by which all of it can be removed; upload")
    @Parameter(name = "origin", in = QUERY, description = "Where it was found; an address is the base of relative IRIs")
    @Parameter(name = "licence", in = QUERY, description = "On which terms")
    @Parameter(name = "trust", in = QUERY, description = "How far it is believed, from 0 to 1; 1")
    @Parameter(
            name = "on_error",
            in = QUERY,
            description = "abort undoes all at the first fault; skip leaves faults out")
    @Parameter(name = "language", in = QUERY, description = "Of names and descriptions that do not say theirs")
    @Parameter(name = "label_predicates", in = QUERY, description = "IRIs, in the place of the usual ones")
    @Parameter(name = "alias_predicates", in = QUERY, description = "IRIs, in the place of the usual ones")
    @Parameter(name = "description_predicates", in = QUERY, description = "IRIs, in the place of the usual")
    @Parameter(name = "entity_column", in = QUERY, description = "CSV: the column of ids; id")
    @Parameter(name = "label_columns", in = QUERY, description = "CSV: columns besides label")
    @Parameter(name = "alias_columns", in = QUERY, description = "CSV: columns besides alias; several by |")
    @Parameter(name = "description_columns", in = QUERY, description = "CSV: columns besides description")
    @Parameter(name = "relation_columns", in = QUERY, description = "CSV: ids of others, several by |")
    @ReadsQuery(GraphImportQuery.OF_FILES)
    public Response importFile(
            @PathParam("graph") String graph,
            @Context UriInfo address,
            @Context HttpHeaders headers,
            InputStream body) {
        Serving serving = gate.serving();
        GraphId id = existing(serving, graph);
        GraphImport settings = new GraphImportQuery(address.getQueryParameters(), limits).settings(form(headers));
        MessageDigest sha256 = IdempotentRequests.sha256();
        InputStream sent = new SentInput(new DigestInputStream(
                new BoundedInput(Bodies.stream(headers, body), "graph_import_bytes", limits.graphImportBytes()),
                sha256));
        String upload = serving.uploads().stage(sent);
        String content = address.getRequestUri().getRawQuery() + " " + headers.getHeaderString(HttpHeaders.CONTENT_TYPE)
                + " " + HexFormat.of().formatHex(sha256.digest());
        return accepted(serving, id, settings.of(upload), call(headers, id, content));
    }

    /** A file that is not taken by a job is not kept. */
    private Response accepted(Serving serving, GraphId graph, GraphImport file, IdempotentRequests.Call call) {
        boolean taken = false;
        try {
            IdempotentRequests.Outcome outcome = idempotentRequests.once(
                    serving.store(), call, idempotency -> accepted(serving, graph, file, idempotency));
            taken = !outcome.replayed();
            return replies.of(outcome);
        } finally {
            if (!taken) {
                file.upload().ifPresent(serving.uploads()::discard);
            }
        }
    }

    @POST
    @RolesAllowed(Roles.OPERATOR)
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(hidden = true)
    @ReadsQuery(GraphImportQuery.OF_SOURCES)
    public Response importBundled(
            @PathParam("graph") String graph,
            @Context UriInfo address,
            @Context HttpHeaders headers,
            InputStream body) {
        Serving serving = gate.serving();
        GraphId id = existing(serving, graph);
        BundledBody request =
                bodies.json(headers, body, new Bodies.Limit("body_bytes", limits.bodyBytes()), BundledBody.class);
        if (!GraphImportQuery.WORDNET.equals(request.bundled())) {
            throw new Refusal.Invalid(
                    "/bundled", "must be " + GraphImportQuery.WORDNET + "; other graphs are sent as files");
        }
        GraphImport wordNet = new GraphImportQuery(address.getQueryParameters(), limits).wordNet();
        String content = address.getRequestUri().getRawQuery() + " " + request.bundled();
        return accepted(serving, id, wordNet, call(headers, id, content));
    }

    private static GraphId existing(Serving serving, String graph) {
        GraphId id = GraphIds.inPath(graph);
        if (serving.graphs().store().graph(id).isEmpty()) {
            throw new Refusal.NotFound("graph", id.value());
        }
        return id;
    }

    private static GraphForm form(HttpHeaders headers) {
        MediaType type = headers.getMediaType();
        GraphForm form = FORM_BY_TYPE.get((type.getType() + "/" + type.getSubtype()).toLowerCase(Locale.ROOT));
        if (form == null) {
            throw new NotSupportedException();
        }
        return form;
    }

    private static IdempotentRequests.Call call(HttpHeaders headers, GraphId id, String content) {
        return new IdempotentRequests.Call(
                headers.getHeaderString(KEY),
                "POST /v1/graphs/" + id + "/imports",
                content.getBytes(StandardCharsets.UTF_8));
    }

    private Idempotency.Reply accepted(
            Serving serving, GraphId graph, GraphImport file, Optional<Idempotency> idempotency) {
        Job accepted = serving.jobs()
                .accept(
                        GraphImportJob.order(graph, file),
                        job -> idempotency.map(key -> new Idempotency.Entry(key, reply(job))));
        return reply(accepted);
    }

    private Idempotency.Reply reply(Job job) {
        return replies.keepable(ACCEPTED, JobView.of(job));
    }
}
