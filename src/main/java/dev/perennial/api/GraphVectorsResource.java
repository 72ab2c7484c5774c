// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.kge.GraphModel;
import dev.perennial.knowledge.GraphId;
import dev.perennial.knowledge.WordVectorsFile.Format;
import dev.perennial.refresh.GraphEvaluationJob;
import dev.perennial.refresh.GraphVectorsJob;
import dev.perennial.refresh.GraphVectorsOrder;
import dev.perennial.refresh.Job;
import dev.perennial.refresh.Jobs;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.Idempotency;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.util.Locale;
import java.util.Optional;
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

    /**
     * Which vectors to make. Whatever is missing is as suits the model and graphs of some ten thousand entities.
     *
     * @param model {@code complex}, {@code distmult}, {@code rotate} or {@code transe}, learnt from how entities stand
     *     to one another; or {@code textual}, an encoder's embeddings of what is said of each entity
     * @param member textual: id of the encoder that reads; the static member when it is missing
     * @param dimension numbers of a vector, even for complex and rotate
     * @param epochs how often every triple is seen
     * @param batch questions of a step
     * @param negatives entities that the questions of a step are compared with; 0 for all, complex and distmult alone
     * @param learningRate of Adagrad
     * @param regularization weight of the cubed moduli, complex and distmult alone
     * @param relationWeight weight of guessing the relation, complex and distmult alone
     * @param margin distance up to which a triple is likely, rotate and transe alone
     * @param seed of all chance
     */
    @Schema(name = "GraphVectors")
    public record VectorsBody(
            @Nullable String model,
            @Nullable String member,
            @Nullable Integer dimension,
            @Nullable Integer epochs,
            @Nullable Integer batch,
            @Nullable Integer negatives,
            @Nullable Float learningRate,
            @Nullable Float regularization,
            @Nullable Float relationWeight,
            @Nullable Float margin,
            @Nullable Long seed) {}

    @POST
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
                new Asked(serving, id, "embeddings"),
                headers,
                bytes,
                () -> GraphVectorsJob.order(id, order(bodies.json(bytes, VectorsBody.class), serving)));
    }

    @POST
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
    public Response importVectors(@PathParam("graph") String graph, @Context HttpHeaders headers, InputStream body) {
        Serving serving = gate.serving();
        GraphId id = live(serving, graph);
        Format format = headers.getMediaType().isCompatible(MediaType.TEXT_PLAIN_TYPE) ? Format.TEXT : Format.BINARY;
        String upload = serving.uploads()
                .stage(new SentInput(new BoundedInput(
                        Bodies.stream(headers, body), "graph_import_bytes", limits.graphImportBytes())));
        try {
            Job job = serving.jobs()
                    .acceptAlone(
                            GraphVectorsJob.order(id, new GraphVectorsOrder.Imported(upload, format)),
                            any -> Optional.empty());
            return replies.of(new IdempotentRequests.Outcome(reply(job), false));
        } catch (RuntimeException refused) {
            serving.uploads().discard(upload);
            throw refused;
        }
    }

    @POST
    @Path("/evaluations")
    @Consumes(TSV)
    @Operation(
            summary = "Ranks triples that were held out by a graph's trained vectors",
            description = "Lines of head, relation and tail, separated by tabs. Ranks are filtered by what was trained "
                    + "on and by what was held out, in both directions, with ties at their mean rank. Lines that name "
                    + "what was not trained are counted as `unknown` and left out.")
    @APIResponse(
            responseCode = "202",
            description = "Accepted as a job; Location names it",
            content = @Content(schema = @Schema(implementation = JobView.class)))
    public Response evaluate(@PathParam("graph") String graph, @Context HttpHeaders headers, InputStream body) {
        Serving serving = gate.serving();
        GraphId id = live(serving, graph);
        byte[] bytes = bodies.bytes(headers, body, new Bodies.Limit("body_bytes", limits.bodyBytes()));
        if (bytes.length == 0) {
            throw new Refusal.Invalid("", "must be at least one line of head, relation and tail");
        }
        Job job = serving.jobs().accept(GraphEvaluationJob.order(id, bytes), any -> Optional.empty());
        return replies.of(new IdempotentRequests.Outcome(reply(job), false));
    }

    private static GraphId live(Serving serving, String graph) {
        GraphId id = GraphIds.inPath(graph);
        serving.live(id);
        return id;
    }

    private record Asked(Serving serving, GraphId graph, String what) {}

    private Response once(Asked asked, HttpHeaders headers, byte[] bytes, Supplier<Jobs.Order> order) {
        IdempotentRequests.Call call = new IdempotentRequests.Call(
                headers.getHeaderString(KEY), "POST /v1/graphs/" + asked.graph() + "/" + asked.what(), bytes);
        return replies.of(idempotentRequests.once(
                asked.serving().store(),
                call,
                idempotency -> reply(asked.serving()
                        .jobs()
                        .acceptAlone(
                                order.get(), job -> idempotency.map(key -> new Idempotency.Entry(key, reply(job)))))));
    }

    private Idempotency.Reply reply(Job job) {
        return replies.keepable(ACCEPTED, JobView.of(job));
    }

    private static GraphVectorsOrder order(VectorsBody asked, Serving serving) {
        if ("textual".equals(asked.model())) {
            return new GraphVectorsOrder.Textual(member(asked, serving));
        }
        return new GraphVectorsOrder.Trained(GraphTrainings.settings(model(asked.model()), asked));
    }

    private static String member(VectorsBody asked, Serving serving) {
        if (asked.member() == null) {
            return serving.encoders().ready().get(0).info().id();
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
