// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.kge.GraphModel;
import dev.perennial.kge.TrainingSettings;
import dev.perennial.knowledge.GraphId;
import dev.perennial.knowledge.KnowledgeEncoder;
import dev.perennial.knowledge.WordVectorsFile.Format;
import dev.perennial.refresh.GraphEvaluationJob;
import dev.perennial.refresh.GraphVectorsJob;
import dev.perennial.refresh.GraphVectorsOrder;
import dev.perennial.refresh.Job;
import dev.perennial.refresh.Jobs;
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
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
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

/** Gives the entities of a graph vectors, and says how good trained ones are. */
@Path("/v1/graphs/{graph}")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Knowledge")
public final class GraphVectorsResource {
    private static final String KEY = "Idempotency-Key";
    private static final String TSV = "text/tab-separated-values";
    private static final int ACCEPTED = 202;

    private final ServingGate gate;
    private final Limits limits;
    private final Bodies bodies;
    private final Replies replies;
    private final IdempotentRequests idempotentRequests;

    public GraphVectorsResource(
            ServingGate gate, Limits limits, Bodies bodies, Replies replies, IdempotentRequests idempotentRequests) {
        this.gate = gate;
        this.limits = limits;
        this.bodies = bodies;
        this.replies = replies;
        this.idempotentRequests = idempotentRequests;
    }

    /** Which vectors to make; what each member is stands in its schema. */
    @Schema(
            name = "GraphVectors",
            description = "Whatever is left out is as suits the model and the size of the graph. A setting that the "
                    + "model does not use is refused.")
    public record VectorsBody(
            @Schema(
                    required = true,
                    enumeration = {"complex", "distmult", "rotate", "transe", "textual"},
                    description = "The first four are learnt from how entities stand to one another; textual is an "
                            + "encoder's embeddings of what is said of each entity")
            @Nullable
            String model,

            @Schema(description = "textual alone: id of the encoder that reads; the static member when it is left out")
            @Nullable
            String member,

            @Schema(
                    minimum = "2",
                    maximum = "2048",
                    description = "Numbers of a vector, even for complex and rotate; by default complex 400, distmult "
                            + "and rotate 200, transe 100")
            @Nullable
            Integer dimension,

            @Schema(
                    minimum = "1",
                    maximum = "10000",
                    description = "How often every triple is seen; by default complex and distmult 30, rotate and "
                            + "transe 50")
            @Nullable
            Integer epochs,

            @Schema(
                    minimum = "1",
                    maximum = "10000",
                    defaultValue = "256",
                    description = "Questions of a step, head and relation or relation and tail, each with all answers")
            @Nullable
            Integer batch,

            @Schema(
                    minimum = "0",
                    maximum = "100000",
                    description = "Entities that the questions of a step are compared with; 0, all, for complex and "
                            + "distmult alone. By default complex and distmult 1024, rotate and transe 256")
            @Nullable
            Integer negatives,

            @Schema(
                    minimum = "0",
                    exclusiveMinimum = true,
                    maximum = "10",
                    defaultValue = "0.1",
                    description = "Of Adagrad")
            @Nullable
            Float learningRate,

            @Schema(
                    minimum = "0",
                    maximum = "1000",
                    description = "complex and distmult alone: weight of the cubed moduli (N3); by default 0.02 for a "
                            + "graph of at most 500 entities, 0.05 for others. The first thing to try other values of")
            @Nullable
            Float regularization,

            @Schema(
                    minimum = "0",
                    maximum = "1000",
                    defaultValue = "0.05",
                    description = "complex and distmult alone: weight of guessing the relation of two entities")
            @Nullable
            Float relationWeight,

            @Schema(
                    minimum = "0",
                    maximum = "1000",
                    defaultValue = "9",
                    description = "rotate and transe alone: distance up to which a triple is likely")
            @Nullable
            Float margin,

            @Schema(defaultValue = "1", description = "Of all chance; the same seed gives the same vectors") @Nullable
            Long seed) {}

    @POST
    @RolesAllowed(Roles.OPERATOR)
    @Path("/embeddings")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            summary = "Makes vectors of a graph's entities",
            description =
                    "As a job, with progress by epoch. The graph serves with the vectors it had until all is done; "
                            + "then tasks that listen to it are learnt anew. A cancelled job changes nothing.")
    @RequestBody(
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = VectorsBody.class),
                            examples = {
                                @ExampleObject(
                                        name = "trained",
                                        value = "{\"model\": \"complex\", \"dimension\": 128}"),
                                @ExampleObject(name = "textual", value = "{\"model\": \"textual\"}")
                            }))
    @APIResponse(
            responseCode = "202",
            description = "Accepted as a job; Location names it",
            content = @Content(schema = @Schema(implementation = JobView.class)))
    @Parameter(name = KEY, in = ParameterIn.HEADER, description = "Repeats the reply, not the work")
    public Response train(@PathParam("graph") String graph, @Context HttpHeaders headers, InputStream body) {
        Serving serving = gate.serving();
        GraphId id = live(serving, graph);
        byte[] bytes = bodies.bytes(headers, body, new Bodies.Limit("body_bytes", limits.bodyBytes()));
        return once(
                new Asked(serving, id, "embeddings", true),
                headers,
                bytes,
                () -> GraphVectorsJob.order(id, order(bodies.json(bytes, VectorsBody.class), serving, id)));
    }

    @POST
    @RolesAllowed(Roles.OPERATOR)
    @Path("/vectors")
    @Consumes({MediaType.TEXT_PLAIN, MediaType.APPLICATION_OCTET_STREAM})
    @Operation(
            summary = "Imports vectors of a graph's entities",
            description = "A file of word2vec or Wikipedia2Vec: text/plain with a row a line, or "
                    + "application/octet-stream with little-endian floats. Rows are taken whose names are ids of "
                    + "entities, or, as ENTITY/Some_name, their labels.")
    @APIResponse(
            responseCode = "202",
            description = "Accepted as a job; Location names it",
            content = @Content(schema = @Schema(implementation = JobView.class)))
    @Parameter(name = KEY, in = ParameterIn.HEADER, description = "Repeats the reply, not the work")
    public Response importVectors(@PathParam("graph") String graph, @Context HttpHeaders headers, InputStream body) {
        Serving serving = gate.serving();
        GraphId id = live(serving, graph);
        MediaType type = headers.getMediaType();
        if (type == null) {
            throw new NotSupportedException();
        }
        Format format = type.isCompatible(MediaType.TEXT_PLAIN_TYPE) ? Format.TEXT : Format.BINARY;
        MessageDigest sha256 = IdempotentRequests.sha256();
        BoundedInput sent =
                new BoundedInput(Bodies.stream(headers, body), "graph_import_bytes", limits.graphImportBytes());
        String upload = serving.uploads().stage(new SentInput(new DigestInputStream(sent, sha256)));
        byte[] content = (format + " " + HexFormat.of().formatHex(sha256.digest())).getBytes(StandardCharsets.UTF_8);
        boolean taken = false;
        try {
            IdempotentRequests.Outcome outcome = outcome(
                    new Asked(serving, id, "vectors", true),
                    headers,
                    content,
                    () -> GraphVectorsJob.order(id, new GraphVectorsOrder.Imported(upload, format)));
            taken = !outcome.replayed();
            return replies.of(outcome);
        } finally {
            if (!taken) {
                serving.uploads().discard(upload);
            }
        }
    }

    /** Triples to rank, and what to filter by; what each member is stands in its schema. */
    @Schema(name = "GraphEvaluation")
    public record EvaluationBody(
            @Schema(
                    required = true,
                    description = "What was held out: lines of head, relation and tail, separated by tabs")
            @Nullable
            String triples,

            @Schema(
                    description = "Such lines of what is right as well and neither trained nor held out, as a rule the "
                            + "development set; none when it is left out")
            @Nullable
            String filter) {}

    @POST
    @RolesAllowed(Roles.OPERATOR)
    @Path("/evaluations")
    @Consumes(TSV)
    @Operation(
            summary = "Ranks triples that were held out by a graph's trained vectors",
            description = "Lines of head, relation and tail, separated by tabs; or, as JSON, such lines as `triples`, "
                    + "and as `filter` those of what is right as well and neither trained nor held out. Ranks are "
                    + "filtered by all of them, in both directions, with ties at their mean rank; figures of others "
                    + "are mostly filtered by the development set too. Lines that name what was not trained are "
                    + "counted as `unknown` (`filter_unknown`) and left out. The job's result: {mrr, hits_at_1, "
                    + "hits_at_3, hits_at_10, triples, unknown, filter, filter_unknown}.")
    @RequestBody(
            content = {
                @Content(mediaType = TSV, schema = @Schema(implementation = String.class)),
                @Content(
                        mediaType = MediaType.APPLICATION_JSON,
                        schema = @Schema(implementation = EvaluationBody.class),
                        examples =
                                @ExampleObject(
                                        name = "with a filter",
                                        value = "{\"triples\": \"oslo\\tcapital_of\\tnorway\\n\", "
                                                + "\"filter\": \"oslo\\tlies_in\\tnorway\\n\"}"))
            })
    @APIResponse(
            responseCode = "202",
            description = "Accepted as a job; Location names it",
            content = @Content(schema = @Schema(implementation = JobView.class)))
    @Parameter(name = KEY, in = ParameterIn.HEADER, description = "Repeats the reply, not the work")
    public Response evaluate(@PathParam("graph") String graph, @Context HttpHeaders headers, InputStream body) {
        Serving serving = gate.serving();
        GraphId id = live(serving, graph);
        byte[] bytes = bodies.bytes(headers, body, new Bodies.Limit("body_bytes", limits.bodyBytes()));
        if (bytes.length == 0) {
            throw new Refusal.Invalid("", "must be at least one line of head, relation and tail");
        }
        String triples = new String(bytes, StandardCharsets.UTF_8);
        return once(evaluation(serving, id), headers, bytes, () -> GraphEvaluationJob.order(id, triples, ""));
    }

    @POST
    @RolesAllowed(Roles.OPERATOR)
    @Path("/evaluations")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(hidden = true)
    public Response evaluateFiltered(@PathParam("graph") String graph, @Context HttpHeaders headers, InputStream body) {
        Serving serving = gate.serving();
        GraphId id = live(serving, graph);
        byte[] bytes = bodies.bytes(headers, body, new Bodies.Limit("body_bytes", limits.bodyBytes()));
        EvaluationBody asked = bodies.json(bytes, EvaluationBody.class);
        String triples = asked.triples();
        if (triples == null || triples.isEmpty()) {
            throw new Refusal.Invalid("/triples", "must be at least one line of head, relation and tail");
        }
        String filter = Objects.requireNonNullElse(asked.filter(), "");
        return once(evaluation(serving, id), headers, bytes, () -> GraphEvaluationJob.order(id, triples, filter));
    }

    private static Asked evaluation(Serving serving, GraphId id) {
        return new Asked(serving, id, "evaluations", false);
    }

    private static GraphId live(Serving serving, String graph) {
        GraphId id = GraphIds.inPath(graph);
        serving.live(id);
        return id;
    }

    /**
     * What a job is asked for.
     *
     * @param alone whether one such job at a time may go on for a graph
     */
    private record Asked(Serving serving, GraphId graph, String what, boolean alone) {

        Job accept(Jobs.Order order, Function<Job, Optional<Idempotency.Entry>> kept) {
            return alone
                    ? serving.jobs().acceptAlone(order, kept)
                    : serving.jobs().accept(order, kept);
        }
    }

    private Response once(Asked asked, HttpHeaders headers, byte[] bytes, Supplier<Jobs.Order> order) {
        return replies.of(outcome(asked, headers, bytes, order));
    }

    private IdempotentRequests.Outcome outcome(
            Asked asked, HttpHeaders headers, byte[] bytes, Supplier<Jobs.Order> order) {
        IdempotentRequests.Call call = new IdempotentRequests.Call(
                headers.getHeaderString(KEY), "POST /v1/graphs/" + asked.graph() + "/" + asked.what(), bytes);
        return idempotentRequests.once(
                asked.serving().store(),
                call,
                idempotency -> reply(asked.accept(
                        order.get(), job -> idempotency.map(key -> new Idempotency.Entry(key, reply(job))))));
    }

    private Idempotency.Reply reply(Job job) {
        return replies.keepable(ACCEPTED, JobView.of(job));
    }

    private static GraphVectorsOrder order(VectorsBody asked, Serving serving, GraphId id) {
        if ("textual".equals(asked.model())) {
            GraphTrainings.requireUnused("textual", GraphTrainings.ofTrainings(asked));
            return new GraphVectorsOrder.Textual(member(asked, serving));
        }
        KnowledgeEncoder graph = (KnowledgeEncoder) serving.live(id).snapshot();
        TrainingSettings usual =
                TrainingSettings.of(model(asked.model()), graph.graph().entities());
        return new GraphVectorsOrder.Trained(GraphTrainings.settings(usual, asked));
    }

    private static String member(VectorsBody asked, Serving serving) {
        if (asked.member() == null) {
            return serving.encoders().some().get(0).info().id();
        }
        String member = MemberIds.inBody("/member", asked.member());
        if (serving.encoders().find(member).isEmpty()) {
            throw new Refusal.Invalid("/member", "is not a member that reads texts; GET /v1/members lists them");
        }
        return member;
    }

    private static GraphModel model(@Nullable String name) {
        for (GraphModel model : GraphModel.values()) {
            if (model.name().toLowerCase(Locale.ROOT).equals(name)) {
                return model;
            }
        }
        throw new Refusal.Invalid("/model", "must be complex, distmult, rotate, transe or textual");
    }
}
