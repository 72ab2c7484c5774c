// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.learn.Quarantine;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.Idempotency;
import dev.perennial.task.Quarantined;
import dev.perennial.task.TaskId;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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

/** The examples of a task that are set apart: kept, and not learnt from. */
@Path("/v1/tasks/{task}/quarantine")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Examples")
public final class QuarantineResource {
    private static final int OK = 200;

    private final ServingGate gate;
    private final Limits limits;
    private final Bodies bodies;
    private final Replies replies;
    private final IdempotentRequests idempotentRequests;
    private final Admission admission;
    /** What they choose by is computed of a whole task. */
    private final Admission choices;

    public QuarantineResource(
            ServingGate gate, Limits limits, Bodies bodies, Replies replies, IdempotentRequests idempotentRequests) {
        this.gate = gate;
        this.choices = new Admission(gate, "choices of what to set apart", 1);
        this.limits = limits;
        this.bodies = bodies;
        this.replies = replies;
        this.idempotentRequests = idempotentRequests;
        this.admission = new Admission(gate, "changes of a quarantine", limits.concurrentTeachings());
    }

    /**
     * What to set apart; one of the three.
     *
     * @param exampleIds examples by their ids
     * @param suspectsAbove those whose score as suspects is above this, from 0 to 1
     * @param leverageAbove those whose leverage is above this, from 0 to 1
     */
    @Schema(name = "QuarantineRequest")
    public record QuarantineBody(
            @Nullable List<@Nullable String> exampleIds,
            @Nullable Double suspectsAbove,
            @Nullable Double leverageAbove) {}

    /** What to bring back. */
    @Schema(name = "ReleaseRequest")
    public record ReleaseBody(@Nullable List<@Nullable String> exampleIds) {}

    /** What a change of the quarantine did. */
    @Schema(name = "QuarantineReply")
    public record QuarantineReply(
            String revision, List<String> exampleIds, String headDigestBefore, String headDigestAfter) {
        static QuarantineReply of(Quarantine.Receipt receipt) {
            return new QuarantineReply(
                    receipt.revision().toString(),
                    receipt.exampleIds(),
                    receipt.headDigestBefore(),
                    receipt.headDigestAfter());
        }
    }

    /**
     * An example that is set apart.
     *
     * @param reason {@code named}, {@code suspect} or {@code leverage}
     * @param degree how suspect it was, or its leverage, when it was set apart; null where it was named
     */
    @Schema(name = "Quarantined")
    public record QuarantinedView(
            ExampleView example, String reason, @Nullable Double degree) {
        static QuarantinedView of(Quarantined quarantined) {
            return new QuarantinedView(
                    ExampleView.of(quarantined.example()),
                    Choice.word(quarantined.reason().cause()),
                    quarantined.reason().degree().isPresent()
                            ? (Double) quarantined.reason().degree().getAsDouble()
                            : null);
        }
    }

    /** One page of what is set apart. */
    @Schema(name = "QuarantinePage")
    public record QuarantinePage(
            List<QuarantinedView> items, @Nullable String nextCursor) {}

    @GET
    @RolesAllowed(Roles.READER)
    @Operation(summary = "The examples that are set apart, in the order of teaching, and why")
    @APIResponseSchema(QuarantinePage.class)
    public Response list(
            @PathParam("task") String task,
            @QueryParam("limit") @Nullable String limit,
            @QueryParam("cursor") @Nullable String cursor) {
        Serving serving = gate.serving();
        TaskId id = PathIds.task(task);
        serving.stored(id);
        Page<Quarantined> page = Page.of(
                new Page.Asked(limit, cursor),
                limits.pageItems(),
                (after, items) -> serving.store().quarantined(id, after, items),
                quarantined -> quarantined.example().id());
        return replies.ok(page.map(QuarantinedView::of));
    }

    @POST
    @RolesAllowed(Roles.TEACHER)
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            summary = "Sets examples apart",
            description = "They are kept and listed here, and not learnt from, until they are released; the digest of "
                    + "before comes back then. What repeats one of them is a duplicate, and what replaces one by its "
                    + "external_id is learnt from. Name examples by example_ids, at most sync_examples; or say suspects_above for those that "
                    + "were probably taught wrongly (score of GET …/suspects), or leverage_above for those that decide "
                    + "more than this share of what is said of themselves. The latter two take time for large tasks; one at a "
                    + "time is done, another one is answered 503 with Retry-After. A "
                    + "leverage that more than a tenth of the examples exceed is refused (409): it is usual then. "
                    + "Revisions of before have what was learnt then; exports leave what is set apart out.")
    @Parameter(name = "Idempotency-Key", in = ParameterIn.HEADER, description = "Repeats the reply, not the change")
    @APIResponseSchema(QuarantineReply.class)
    @RequestBody(
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = QuarantineBody.class),
                            examples = @ExampleObject(name = "suspects", value = "{\"suspects_above\": 0.95}")))
    public Response setApart(@PathParam("task") String task, @Context HttpHeaders headers, InputStream body) {
        TaskId id = PathIds.task(task);
        return answer(new Order(id, ""), headers, body, bytes -> chosen(id, bodies.json(bytes, QuarantineBody.class)));
    }

    @POST
    @RolesAllowed(Roles.TEACHER)
    @Path("/releases")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            summary = "Has examples that are set apart be learnt from again",
            description = "When all are back, the digest is that of before they were set apart, as far as nothing else "
                    + "was changed meanwhile.")
    @Parameter(name = "Idempotency-Key", in = ParameterIn.HEADER, description = "Repeats the reply, not the change")
    @APIResponseSchema(QuarantineReply.class)
    @RequestBody(
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = ReleaseBody.class),
                            examples = @ExampleObject(name = "none", value = "{\"example_ids\": []}")))
    public Response release(@PathParam("task") String task, @Context HttpHeaders headers, InputStream body) {
        TaskId id = PathIds.task(task);
        return answer(new Order(id, "/releases"), headers, body, bytes -> {
            ReleaseBody asked = bodies.json(bytes, ReleaseBody.class);
            if (asked.exampleIds() == null) {
                throw new Refusal.Invalid("/example_ids", "is required: ids of examples");
            }
            Set<String> ids = ids(asked.exampleIds());
            return quarantine -> quarantine.release(id, ids);
        });
    }

    /** @param path after that of the quarantine */
    private record Order(TaskId task, String path) {
        String route() {
            return "POST /v1/tasks/" + task + "/quarantine" + path;
        }
    }

    private Response answer(
            Order order,
            HttpHeaders headers,
            InputStream body,
            Function<byte[], Function<Quarantine, Quarantine.Receipt>> read) {
        Serving serving = gate.serving();
        serving.active().of(order.task());
        byte[] bytes = bodies.bytes(headers, body, new Bodies.Limit("body_bytes", limits.bodyBytes()));
        IdempotentRequests.Call call =
                new IdempotentRequests.Call(headers.getHeaderString("Idempotency-Key"), order.route(), bytes);
        return replies.of(admission.admit(() -> idempotentRequests.once(serving.store(), call, idempotency -> {
            Quarantine quarantine = serving.teacher().quarantine().keeping(idempotency, this::reply);
            return reply(read.apply(bytes).apply(quarantine));
        })));
    }

    private Idempotency.Reply reply(Quarantine.Receipt receipt) {
        return replies.keepable(OK, QuarantineReply.of(receipt));
    }

    private Function<Quarantine, Quarantine.Receipt> chosen(TaskId id, QuarantineBody asked) {
        long members = Stream.of(asked.exampleIds(), asked.suspectsAbove(), asked.leverageAbove())
                .filter(member -> member != null)
                .count();
        if (members != 1) {
            throw new Refusal.Invalid("", "send one of example_ids, suspects_above and leverage_above");
        }
        if (asked.exampleIds() != null) {
            Set<String> ids = ids(asked.exampleIds());
            return quarantine -> quarantine.named(id, ids);
        }
        if (asked.suspectsAbove() != null) {
            double score = share("/suspects_above", asked.suspectsAbove());
            return quarantine -> choices.admit(() -> quarantine.suspects(id, score));
        }
        double leverage = share("/leverage_above", asked.leverageAbove());
        return quarantine -> choices.admit(() -> quarantine.influential(id, leverage));
    }

    private static double share(String pointer, @Nullable Double share) {
        if (share == null || !(share >= 0 && share < 1)) {
            throw new Refusal.Invalid(pointer, "must be at least 0 and below 1");
        }
        return share;
    }

    private Set<String> ids(List<@Nullable String> ids) {
        if (ids.size() > limits.syncExamples()) {
            throw new Refusal.TooLarge("sync_examples", limits.syncExamples(), ids.size());
        }
        for (int i = 0; i < ids.size(); i++) {
            String id = ids.get(i);
            if (id == null || !PathIds.isOpaque("ex_", id)) {
                throw new Refusal.Invalid("/example_ids/" + i, "must be the id of an example, ex_...");
            }
        }
        return ids.stream().filter(Objects::nonNull).collect(Collectors.toSet());
    }
}
