// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.encode.EncoderInfo;
import dev.perennial.ensemble.VectorModels;
import dev.perennial.refresh.Job;
import dev.perennial.refresh.MemberJob;
import dev.perennial.refresh.MemberRemovalJob;
import dev.perennial.refresh.MemberSource;
import dev.perennial.refresh.Members;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.Idempotency;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
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
import java.nio.charset.StandardCharsets;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** The encoders that answer: listed, and taken up. */
@Path("/v1/members")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Members")
public final class MembersResource {
    static final String ZIP = "application/zip";

    private static final String STATIC = "static-";
    private static final String KEY = "Idempotency-Key";
    private static final String ROUTE = "POST /v1/members";
    private static final int ACCEPTED = 202;

    private final ServingGate gate;
    private final Limits limits;
    private final Bodies bodies;
    private final Replies replies;
    private final IdempotentRequests idempotentRequests;

    public MembersResource(
            ServingGate gate, Limits limits, Bodies bodies, Replies replies, IdempotentRequests idempotentRequests) {
        this.gate = gate;
        this.limits = limits;
        this.bodies = bodies;
        this.replies = replies;
        this.idempotentRequests = idempotentRequests;
    }

    /** All members. */
    @Schema(name = "MemberPage")
    public record MemberPage(
            List<MemberView> items, @Nullable String nextCursor) {}

    /**
     * A folder to register, or an encoder to distil.
     *
     * @param id name that the member is to have; of a static one it begins with {@code static-}, and is that and the
     *     teacher's id when it is missing
     * @param kind {@code encoder}, as when it is missing, or {@code static}
     * @param folder of an encoder, a sentence-transformers folder, relative to
     *     {@code perennial.members.import-directory}
     * @param of of a static member, the encoder that it is distilled from
     */
    @Schema(name = "MemberRegistration")
    public record MemberBody(
            @Schema(pattern = MemberIds.SHAPE) @Nullable String id,

            @Schema(enumeration = {"encoder", "static"}) @Nullable
            String kind,

            @Nullable String folder,
            @Nullable String of) {}

    /** What was removed. */
    @Schema(name = "RemovedMember")
    public record RemovedMember(String removed) {}

    @GET
    @RolesAllowed(Roles.READER)
    @Operation(summary = "Lists the members: ready ones, cheapest first, then those on the way and those that failed")
    @APIResponseSchema(MemberPage.class)
    public Response list() {
        return replies.ok(new MemberPage(
                gate.serving().members().all().stream().map(MemberView::of).toList(), null));
    }

    @GET
    @RolesAllowed(Roles.READER)
    @Path("/{member}")
    @Operation(summary = "A member: what it is, what runs it, how fast it is")
    @APIResponseSchema(MemberView.class)
    public Response get(@PathParam("member") String member) {
        String id = MemberIds.inPath(member);
        return replies.ok(
                MemberView.of(gate.serving().members().find(id).orElseThrow(() -> new Refusal.NotFound("member", id))));
    }

    @DELETE
    @RolesAllowed(Roles.ADMINISTRATOR)
    @Path("/{member}")
    @Operation(
            summary = "Removes a member that was refused, or a static one that was distilled here",
            description =
                    "A static one is removed by a job (202): every task learns without it. Any other that serves, "
                            + "or has served, stays (409): what tasks have learnt depends on it.")
    @APIResponseSchema(RemovedMember.class)
    @APIResponse(
            responseCode = "202",
            description = "Accepted as a job; Location names it",
            content = @Content(schema = @Schema(implementation = JobView.class)))
    public Response remove(@PathParam("member") String member) {
        Serving serving = gate.serving();
        String id = MemberIds.inPath(member);
        if (serving.registry().isDistilled(id)) {
            Job accepted = serving.jobs().acceptAlone(MemberRemovalJob.order(id), job -> Optional.empty());
            return replies.of(new IdempotentRequests.Outcome(reply(accepted), false));
        }
        if (serving.members().find(id).isEmpty()) {
            throw new Refusal.NotFound("member", id);
        }
        if (serving.registry().registered().contains(id) || !serving.members().dismiss(id)) {
            throw new Refusal.Conflict("Only a member that was refused can be removed, or a table that was distilled "
                    + "here; this one serves, has served, or is being taken up.");
        }
        return replies.ok(new RemovedMember(id));
    }

    @POST
    @RolesAllowed(Roles.ADMINISTRATOR)
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            summary = "Registers a sentence-transformers folder, or a zip archive of one, or distils a static member",
            description = "ONNX model, tokenizer.json and pooling settings. It is checked in a process of its own "
                    + "before it may serve; then every task is learnt with it. The job's problem says why one is "
                    + "refused. An archive is sent as application/zip with ?id=. With kind static, a table of "
                    + "another member is distilled on texts of WordNet instead, which takes minutes of one core, one "
                    + "table after the other; it then serves like any other member, and its job can be cancelled.")
    @RequestBody(
            content = {
                @Content(
                        mediaType = MediaType.APPLICATION_JSON,
                        schema = @Schema(implementation = MemberBody.class),
                        examples = {
                            @ExampleObject(
                                    name = "a folder",
                                    value = "{\"id\": \"my-encoder\", \"folder\": \"my-encoder\"}"),
                            @ExampleObject(
                                    name = "a static table",
                                    value = "{\"kind\": \"static\", \"of\": \"bge-small-en-v1.5\"}")
                        }),
                @Content(mediaType = ZIP, schema = @Schema(format = "binary", implementation = String.class))
            })
    @APIResponse(
            responseCode = "202",
            description = "Accepted as a job; Location names it",
            content = @Content(schema = @Schema(implementation = JobView.class)))
    @Parameter(name = KEY, in = ParameterIn.HEADER, description = "Repeats the reply, not the registration")
    @Parameter(
            name = "id",
            in = ParameterIn.QUERY,
            description = "The id of the member that an archive (application/zip) makes; a body of JSON has its own",
            schema = @Schema(type = SchemaType.STRING))
    public Response registerFolder(@Context HttpHeaders headers, InputStream body) {
        Serving serving = gate.serving();
        byte[] bytes = bodies.bytes(headers, body, new Bodies.Limit("body_bytes", limits.bodyBytes()));
        IdempotentRequests.Call call = new IdempotentRequests.Call(headers.getHeaderString(KEY), ROUTE, bytes);
        return replies.of(idempotentRequests.once(serving.store(), call, idempotency -> {
            MemberBody request = bodies.json(bytes, MemberBody.class);
            MemberSource source = Choice.of(request.kind(), Form.ENCODER, "/kind") == Form.STATIC
                    ? teacher(serving, request)
                    : folder(serving, request);
            return accepted(serving, source, idempotency);
        }));
    }

    /** What a registration makes. */
    private enum Form {
        ENCODER,
        STATIC
    }

    private static MemberSource folder(Serving serving, MemberBody request) {
        String id = unused(serving, MemberIds.inBody("/id", request.id()));
        if (request.of() != null) {
            throw new Refusal.Invalid("/of", "belongs to a member of kind static");
        }
        if (request.folder() == null || request.folder().isBlank()) {
            throw new Refusal.Invalid("/folder", "is required: a folder below perennial.members.import-directory");
        }
        return serving.registry().folder(id, request.folder());
    }

    private static MemberSource teacher(Serving serving, MemberBody request) {
        if (request.folder() != null) {
            throw new Refusal.Invalid("/folder", "belongs to a member of kind encoder");
        }
        String teacher = MemberIds.inBody("/of", request.of());
        boolean reads = serving.members()
                .find(teacher)
                .flatMap(Members.Member::info)
                .filter(info -> info.reading() == EncoderInfo.Reading.CONTEXTUAL)
                .isPresent();
        if (!reads) {
            throw new Refusal.Invalid("/of", "is not an encoder that is ready; GET /v1/members lists them");
        }
        serving.members().tableOf(teacher).ifPresent(table -> {
            throw new Refusal.Conflict(
                    "The member '" + table.id() + "' is the static table of this encoder, or is being made so.");
        });
        String id = MemberIds.inBody("/id", request.id() == null ? STATIC + teacher : request.id());
        if (!id.startsWith(STATIC)) {
            throw new Refusal.Invalid("/id", "must begin with " + STATIC + ", as the ids of static members do");
        }
        return new MemberSource.Teacher(unused(serving, id), teacher);
    }

    @POST
    @RolesAllowed(Roles.ADMINISTRATOR)
    @Consumes(ZIP)
    @Operation(hidden = true)
    public Response registerArchive(
            @QueryParam("id") @Nullable String id, @Context HttpHeaders headers, InputStream body) {
        Serving serving = gate.serving();
        String member = MemberIds.inBody("", id);
        String key = headers.getHeaderString(KEY);
        if (key == null) {
            unused(serving, member);
        }
        // With a key, only the whole archive tells a repetition from another request.
        MessageDigest sha256 = IdempotentRequests.sha256();
        MemberSource source = serving.registry().stage(member, new DigestInputStream(body, sha256));
        boolean taken = false;
        try {
            String content = member + " " + HexFormat.of().formatHex(sha256.digest());
            IdempotentRequests.Call call =
                    new IdempotentRequests.Call(key, ROUTE, content.getBytes(StandardCharsets.UTF_8));
            IdempotentRequests.Outcome outcome = idempotentRequests.once(
                    serving.store(), call, idempotency -> accepted(serving, source, idempotency));
            taken = !outcome.replayed();
            return replies.of(outcome);
        } finally {
            if (!taken) {
                serving.registry().discard(source);
            }
        }
    }

    private Idempotency.Reply accepted(Serving serving, MemberSource source, Optional<Idempotency> idempotency) {
        unused(serving, source.id());
        if (!serving.members().claim(source)) {
            throw taken();
        }
        try {
            Job accepted = serving.jobs()
                    .accept(
                            MemberJob.order(source),
                            job -> idempotency.map(key -> new Idempotency.Entry(key, reply(job))));
            return reply(accepted);
        } catch (RuntimeException refused) {
            serving.members().settled(source.id());
            throw refused;
        }
    }

    private Idempotency.Reply reply(Job job) {
        return replies.keepable(ACCEPTED, JobView.of(job));
    }

    private static String unused(Serving serving, String id) {
        boolean taken = serving.members()
                .find(id)
                .filter(member -> member.state() != Members.State.FAILED)
                .isPresent();
        if (taken || id.equals(VectorModels.ENSEMBLE)) {
            throw taken();
        }
        return id;
    }

    private static Refusal.Conflict taken() {
        return new Refusal.Conflict("There is a member of this id already; choose another id.");
    }
}
