// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.adapt.MergeKind;
import dev.perennial.learn.AdaptationObjective;
import dev.perennial.learn.AdaptationStrategy;
import dev.perennial.refresh.Job;
import dev.perennial.refresh.RefreshOrder;
import dev.perennial.refresh.RefreshOrder.Aim;
import dev.perennial.refusal.Fault;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.Idempotency;
import dev.perennial.task.TaskId;
import dev.perennial.text.Text;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
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

/** Makes a member learn anew from what the service was asked, and takes that back. */
@Path("/v1/members/{member}/refreshes")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Members")
public final class RefreshesResource {
    private static final String KEY = "Idempotency-Key";
    private static final int ACCEPTED = 202;
    private static final List<String> STRATEGIES = Stream.concat(
                    Stream.of(RefreshOrder.AUTO),
                    Arrays.stream(AdaptationStrategy.values()).map(AdaptationStrategy::key))
            .toList();
    private static final List<String> MERGES =
            Arrays.stream(MergeKind.values()).map(MergeKind::key).toList();
    private static final List<String> OBJECTIVES = Stream.concat(
                    Stream.of(RefreshOrder.AUTO),
                    Arrays.stream(AdaptationObjective.values()).map(AdaptationObjective::key))
            .toList();
    private static final int USUAL_MINUTES = 30;
    private static final int MOST_MINUTES = 1440;
    private static final long USUAL_SEED = 1;
    static final int MOST_TEXTS = 10_000;

    private final ServingGate gate;
    private final Limits limits;
    private final Bodies bodies;
    private final Replies replies;
    private final IdempotentRequests idempotentRequests;

    public RefreshesResource(
            ServingGate gate, Limits limits, Bodies bodies, Replies replies, IdempotentRequests idempotentRequests) {
        this.gate = gate;
        this.limits = limits;
        this.bodies = bodies;
        this.replies = replies;
        this.idempotentRequests = idempotentRequests;
    }

    /**
     * How a member is refreshed.
     *
     * @param strategy {@code auto}, as when it is missing: whatever turns out best; or which numbers of an encoder are
     *     adapted: {@code bitfit} (biases and normalisations), {@code lora} (corrections of low rank), {@code fisher}
     *     (those on which the loss depends most) or {@code last-layers}. There is one way to learn the static table
     * @param objective what an encoder is adapted to: {@code contrast} (texts of a label come closer),
     *     {@code classification} (a head that is trained with it tells the labels apart), {@code similarity} (the
     *     cosine of a pair is its score) or {@code self-contrast} (two views of a text, each without a fifth of its
     *     words, are closer to each other than to other texts: needs no labels); {@code auto}, as when it is missing:
     *     what suits the tasks, and never the last
     * @param tasks ids of the tasks whose held-out examples judge. To the static table: all when it is missing or
     *     empty. An encoder is adapted to these, which share the adapter, and to no others; they must be named. Where
     *     their group shares an adapter already, its tasks may come to share another one with them
     * @param maxMinutes how long learning and judging may take, 1 to 1440; 30 when it is missing. The candidate is
     *     rejected when it took longer. Asked between the steps of the job, not within one
     * @param seed its last decimal digit says which tenth of the sample is held out; 1 when it is missing
     * @param merge how an adapter that the tasks' group shares is merged with what it was, when it goes on learning:
     *     {@code line-merge}, as when it is missing (where the losses of old and new examples together are least),
     *     {@code lcia-code} or {@code lcia-paper} (published moving averages), or {@code none}
     * @param texts without labels, such as clients send, that {@code self-contrast} learns from besides the tasks'
     *     examples; at most 10000. They are kept until the job has ended, then their SHA-256 as long as the adaptation
     */
    @Schema(name = "Refresh")
    public record RefreshBody(
            @Schema(
                    enumeration = {"auto", "bitfit", "lora", "fisher", "last-layers"},
                    defaultValue = "auto")
            @Nullable
            String strategy,

            @Schema(
                    enumeration = {"auto", "contrast", "classification", "similarity", "self-contrast"},
                    defaultValue = "auto")
            @Nullable
            String objective,

            @Nullable List<@Nullable String> tasks,

            @Schema(minimum = "1", maximum = "1440", defaultValue = "30") @Nullable
            Integer maxMinutes,

            @Schema(defaultValue = "1") @Nullable Long seed,

            @Schema(
                    enumeration = {"line-merge", "lcia-code", "lcia-paper", "none"},
                    defaultValue = "line-merge")
            @Nullable
            String merge,

            @Schema(maxItems = MOST_TEXTS) @Nullable List<@Nullable String> texts) {}

    @POST
    @RolesAllowed(Roles.OPERATOR)
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            summary = "Learns the static member's table anew from sampled questions, or adapts an encoder to tasks",
            description =
                    "An encoder is adapted to the tasks that are named. Where their group (GET /v1/groups) shares an "
                            + "adapter of it, three ways are held against each other: that adapter as it is, one that goes on "
                            + "from it and is merged with what it was, and one of their own; the report says what each is worth "
                            + "and what the group's other tasks would forget. The static member needs perennial.static.sample-size. In the background, a candidate is learnt and judged: it "
                            + "must come nearer to its teacher on questions that it was not learnt from, no task may answer "
                            + "significantly fewer of its held-out examples right by it alone, and the mean over the tasks may "
                            + "not fall. A candidate that took longer than max_minutes is rejected. The job's result says whether "
                            + "it was promoted, and its report why. When it was, every task learns with it and answers as before "
                            + "until it has; a restart keeps it.")
    @RequestBody(
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = RefreshBody.class),
                            examples = @ExampleObject(name = "all tasks judge", value = "{}")))
    @APIResponse(
            responseCode = "202",
            description = "Accepted as a job; Location names it",
            content = @Content(schema = @Schema(implementation = JobView.class)))
    @Parameter(name = KEY, in = ParameterIn.HEADER, description = "Repeats the reply, not the refresh")
    public Response refresh(@PathParam("member") String member, @Context HttpHeaders headers, InputStream body) {
        Serving serving = gate.serving();
        String id = MemberIds.inPath(member);
        byte[] bytes = bodies.bytes(headers, body, new Bodies.Limit("body_bytes", limits.bodyBytes()));
        IdempotentRequests.Call call = new IdempotentRequests.Call(
                headers.getHeaderString(KEY), "POST /v1/members/" + id + "/refreshes", bytes);
        return replies.of(idempotentRequests.once(serving.store(), call, idempotency -> {
            RefreshBody request = bodies.json(bytes, RefreshBody.class);
            RefreshOrder order = order(
                            request, task -> serving.store().task(task).isPresent())
                    .with(texts(request, limits.textChars()));
            return accepted(serving, id, order, idempotency);
        }));
    }

    @DELETE
    @RolesAllowed(Roles.OPERATOR)
    @Operation(
            summary = "Goes back to the member as it was built",
            description = "As a job: every task learns with it again, and then answers as if it had never been "
                    + "refreshed.")
    @APIResponse(
            responseCode = "202",
            description = "Accepted as a job; Location names it",
            content = @Content(schema = @Schema(implementation = JobView.class)))
    public Response goBack(@PathParam("member") String member) {
        Idempotency.Reply reply =
                accepted(gate.serving(), MemberIds.inPath(member), RefreshOrder.goBack(), Optional.empty());
        return replies.of(new IdempotentRequests.Outcome(reply, false));
    }

    private Idempotency.Reply accepted(
            Serving serving, String member, RefreshOrder order, Optional<Idempotency> idempotency) {
        Job accepted = serving.refreshes()
                .accept(member, order, job -> idempotency.map(key -> new Idempotency.Entry(key, reply(job))));
        return reply(accepted);
    }

    private Idempotency.Reply reply(Job job) {
        return replies.keepable(ACCEPTED, JobView.of(job));
    }

    /**
     * What a body asks for.
     *
     * @throws Refusal.Invalid when something in it cannot be done
     */
    static RefreshOrder order(RefreshBody request, Predicate<TaskId> isTask) {
        List<Fault> faults = new ArrayList<>();
        String strategy = request.strategy() == null ? RefreshOrder.AUTO : request.strategy();
        if (!STRATEGIES.contains(strategy)) {
            faults.add(new Fault("/strategy", "must be one of " + STRATEGIES));
        }
        String objective = request.objective() == null ? RefreshOrder.AUTO : request.objective();
        if (!OBJECTIVES.contains(objective)) {
            faults.add(new Fault("/objective", "must be one of " + OBJECTIVES));
        }
        int minutes = request.maxMinutes() == null ? USUAL_MINUTES : request.maxMinutes();
        if (minutes < 1 || minutes > MOST_MINUTES) {
            faults.add(new Fault("/max_minutes", "must be from 1 to " + MOST_MINUTES));
        }
        Optional<MergeKind> merge =
                Optional.ofNullable(request.merge()).map(MergeKind::of).orElse(Optional.of(MergeKind.LINE_MERGE));
        if (merge.isEmpty()) {
            faults.add(new Fault("/merge", "must be one of " + MERGES));
        }
        List<TaskId> tasks = tasks(request, isTask, faults);
        if (!faults.isEmpty()) {
            throw new Refusal.Invalid(faults);
        }
        long seed = request.seed() == null ? USUAL_SEED : request.seed();
        return new RefreshOrder(
                Aim.LEARN,
                strategy,
                objective,
                tasks,
                Duration.ofMinutes(minutes),
                seed,
                merge.orElseThrow(),
                List.of());
    }

    /**
     * What it has of texts without labels.
     *
     * @throws Refusal.Invalid when something is wrong with one of them
     * @throws Refusal.TooLarge when they are too many, or one is too long
     */
    static List<Text> texts(RefreshBody request, int maxChars) {
        List<@Nullable String> values = request.texts() == null ? List.of() : request.texts();
        if (values.size() > MOST_TEXTS) {
            throw new Refusal.TooLarge("refresh_texts", MOST_TEXTS, values.size());
        }
        TextChecks checks = new TextChecks(maxChars);
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < values.size(); i++) {
            texts.add(checks.text("/texts/" + i, values.get(i)));
        }
        checks.requireNone();
        return texts.stream().map(Text::new).toList();
    }

    private static List<TaskId> tasks(RefreshBody request, Predicate<TaskId> isTask, List<Fault> faults) {
        List<@Nullable String> names = request.tasks() == null ? List.of() : request.tasks();
        List<TaskId> tasks = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            Optional<TaskId> task =
                    Optional.ofNullable(names.get(i)).filter(TaskId::isValid).map(TaskId::new);
            if (task.filter(isTask).isEmpty()) {
                faults.add(new Fault("/tasks/" + i, "is not a task; GET /v1/tasks lists them"));
            }
            task.ifPresent(tasks::add);
        }
        return tasks.stream().distinct().toList();
    }
}
