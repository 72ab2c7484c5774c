// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.encode.Encoder;
import dev.perennial.refresh.ExportFormat.Listed;
import dev.perennial.refresh.ExportFormat.NeededMember;
import dev.perennial.refresh.ImportJob;
import dev.perennial.refresh.ImportOrder;
import dev.perennial.refresh.ImportOrder.OnConflict;
import dev.perennial.refresh.Job;
import dev.perennial.refresh.Uploads;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.Idempotency;
import dev.perennial.task.TaskId;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Takes tasks that were exported, here or elsewhere. */
@Path("/v1/imports")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Operations")
public final class ImportsResource {
    private static final String KEY = "Idempotency-Key";
    private static final int ACCEPTED = 202;
    private static final int NAMED = 20;
    private static final Set<String> ANYHOW = Set.of("true", "false");

    private final ServingGate gate;
    private final Limits limits;
    private final Replies replies;
    private final IdempotentRequests idempotentRequests;
    private final Admission admission;

    public ImportsResource(ServingGate gate, Limits limits, Replies replies, IdempotentRequests idempotentRequests) {
        this.gate = gate;
        this.limits = limits;
        this.replies = replies;
        this.idempotentRequests = idempotentRequests;
        this.admission = new Admission(gate, "imports", 1);
    }

    @POST
    @RolesAllowed(Roles.OPERATOR)
    @Consumes({MembersResource.ZIP, MediaType.APPLICATION_OCTET_STREAM})
    @Operation(
            summary = "Takes the tasks of an exported file",
            description = "The file is checked to its end before anything is accepted: manifest, sizes, SHA-256, and "
                    + "every definition and example by the rules of a request. Members that its tasks need and that "
                    + "are not here are named in a problem, and so are knowledge graphs and adaptations that "
                    + "answers of its tasks followed from and that the file does not hold, unless anyhow is true: "
                    + "answers differ without them. Then a job reads and learns one task after the other, each "
                    + "as a whole or not at all: what it replaces answers until then; ids of examples are new, "
                    + "external ids stay. A task comes with the bounds of its gate, with keep_texts and as an apprentice "
                    + "where it was one, and loses what its predecessor had of these. Files of versions 1 to 3 of the "
                    + "format are read; one of a later version is refused. The job's result: {tasks: [{task, action: created|replaced|skipped, "
                    + "examples, revision}], other_members, not_included}; members in the second answer here and did "
                    + "not there, so that answers may differ; the third names what stayed behind.")
    @RequestBody(
            content = {
                @Content(
                        mediaType = MembersResource.ZIP,
                        schema = @Schema(type = SchemaType.STRING, format = "binary")),
                @Content(
                        mediaType = MediaType.APPLICATION_OCTET_STREAM,
                        schema = @Schema(type = SchemaType.STRING, format = "binary"))
            })
    @APIResponse(
            responseCode = "202",
            description = "Accepted as a job; Location names it",
            content = @Content(schema = @Schema(implementation = JobView.class)))
    @Parameter(name = KEY, in = ParameterIn.HEADER, description = "Repeats the reply, not the import")
    public Response take(
            @Parameter(
                            description = "What to do with tasks that are here already",
                            schema =
                                    @Schema(
                                            enumeration = {"fail", "skip", "replace"},
                                            defaultValue = "fail"))
                    @QueryParam("on_conflict")
                    @Nullable
                    String onConflict,
            @Parameter(
                            description = "Whether to take tasks also without what their answers followed from and "
                                    + "the file does not hold",
                            schema =
                                    @Schema(
                                            enumeration = {"false", "true"},
                                            defaultValue = "false"))
                    @QueryParam("anyhow")
                    @Nullable
                    String anyhow,
            @Context HttpHeaders headers,
            InputStream body) {
        Serving serving = gate.serving();
        Wish all = wish(onConflict, anyhow);
        // One file at a time is read into memory.
        return admission.admit(() -> staged(serving, all, headers, body));
    }

    private static Wish wish(@Nullable String onConflict, @Nullable String anyhow) {
        OnConflict wish = OnConflict.of(onConflict == null ? "fail" : onConflict)
                .orElseThrow(
                        () -> new Refusal.Invalid("", "the query parameter on_conflict must be fail, skip or replace"));
        if (anyhow != null && !ANYHOW.contains(anyhow)) {
            throw new Refusal.Invalid("", "the query parameter anyhow must be true or false");
        }
        return new Wish(wish, Boolean.parseBoolean(anyhow));
    }

    /**
     * How to take a file.
     *
     * @param onConflict what to do with tasks that are here already
     * @param anyhow whether answers may differ for want of what the file does not hold
     */
    private record Wish(OnConflict onConflict, boolean anyhow) {
        @Override
        public String toString() {
            return onConflict + (anyhow ? " anyhow" : "");
        }
    }

    /** A file that is not taken by a job is not kept. */
    private Response staged(Serving serving, Wish wish, HttpHeaders headers, InputStream body) {
        Uploads uploads = serving.exchange().uploads();
        MessageDigest sha256 = IdempotentRequests.sha256();
        ImportOrder order = new ImportOrder(
                uploads.stage(new SentInput(
                        new DigestInputStream(new BoundedInput(body, "import_bytes", limits.importBytes()), sha256))),
                wish.onConflict());
        boolean taken = false;
        try {
            String content = wish + " " + HexFormat.of().formatHex(sha256.digest());
            IdempotentRequests.Call call = new IdempotentRequests.Call(
                    headers.getHeaderString(KEY), "POST /v1/imports", content.getBytes(StandardCharsets.UTF_8));
            IdempotentRequests.Outcome outcome = idempotentRequests.once(
                    serving.store(), call, idempotency -> accepted(serving, order, wish.anyhow(), idempotency));
            taken = !outcome.replayed();
            return replies.of(outcome);
        } finally {
            if (!taken) {
                uploads.discard(order.upload());
            }
        }
    }

    private Idempotency.Reply accepted(
            Serving serving, ImportOrder order, boolean anyhow, Optional<Idempotency> idempotency) {
        List<Listed> tasks = checked(serving, order);
        requireMembers(serving, tasks);
        if (!anyhow) {
            requireAllIncluded(tasks);
        }
        requireRoom(serving, tasks, order.onConflict());
        long examples = tasks.stream().mapToLong(Listed::examples).sum();
        Job accepted = serving.jobs()
                .accept(
                        ImportJob.order(order, examples),
                        job -> idempotency.map(key -> new Idempotency.Entry(key, reply(job))));
        return reply(accepted);
    }

    private static List<Listed> checked(Serving serving, ImportOrder order) {
        try (InputStream file = serving.exchange().uploads().open(order.upload())) {
            return serving.exchange().format().read(file, content -> {});
        } catch (IOException unreadable) {
            throw new Refusal.StoreUnavailable("The upload cannot be read; check the disk of the data directory.", 1);
        }
    }

    private static void requireMembers(Serving serving, List<Listed> tasks) {
        Set<String> here = serving.encoders().ready().stream()
                .flatMap(encoder -> Stream.concat(Stream.of(encoder), encoder.rounded().stream()))
                .map(Encoder::info)
                .map(info -> info.digest())
                .collect(Collectors.toSet());
        String missing = tasks.stream()
                .flatMap(task -> task.members().stream())
                .filter(member -> !here.contains(member.digest()))
                .distinct()
                .limit(NAMED)
                .map(ImportsResource::named)
                .collect(Collectors.joining(", "));
        if (!missing.isEmpty()) {
            throw new Refusal.Conflict("The tasks were answered by members that are not here: " + missing
                    + ". Register them, in the same precision, and import again.");
        }
    }

    private static void requireAllIncluded(List<Listed> tasks) {
        String missing = tasks.stream()
                .flatMap(task -> task.notIncluded().stream()
                        .map(left -> "the " + left.kind() + " '" + left.id() + "' of task '" + task.task() + "'"))
                .limit(NAMED)
                .collect(Collectors.joining(", "));
        if (!missing.isEmpty()) {
            throw new Refusal.Conflict("Answers follow from what the file does not hold: " + missing
                    + ". Import with anyhow=true to take the tasks without; their answers will differ.");
        }
    }

    private static String named(NeededMember member) {
        return "'" + member.id() + "' with digest " + member.digest();
    }

    private void requireRoom(Serving serving, List<Listed> tasks, OnConflict wish) {
        List<TaskId> there = tasks.stream()
                .map(Listed::task)
                .filter(id -> serving.store().task(id).isPresent())
                .toList();
        if (wish == OnConflict.FAIL && !there.isEmpty()) {
            throw new Refusal.Conflict("Tasks of the file are here already: "
                    + there.stream().limit(NAMED).map(TaskId::value).collect(Collectors.joining(", "))
                    + ". Import with on_conflict=replace or =skip.");
        }
        long after = (long) serving.active().all().size() + tasks.size() - there.size();
        if (after > limits.tasks()) {
            throw new Refusal.TooLarge("tasks", limits.tasks(), after);
        }
    }

    private Idempotency.Reply reply(Job job) {
        return replies.keepable(ACCEPTED, JobView.of(job));
    }
}
