// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.learn.Suspect;
import dev.perennial.task.RevisionId;
import dev.perennial.task.TaskId;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** The examples of a task that were probably taught wrongly. */
@Path("/v1/tasks/{task}/suspects")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Examples")
public final class SuspectsResource {
    /** Lists that are kept, of the tasks that were asked about last, so that pages need not be computed anew. */
    private static final int MOST_KEPT = 4;

    private final ServingGate gate;
    private final Limits limits;
    private final Replies replies;
    private final ClientWatch clients;
    private final Admission admission;
    private final Map<TaskId, Kept> keptByTask = new LinkedHashMap<>(MOST_KEPT, 0.75f, true);

    public SuspectsResource(ServingGate gate, Limits limits, Replies replies, ClientWatch clients) {
        this.gate = gate;
        this.limits = limits;
        this.replies = replies;
        this.clients = clients;
        this.admission = new Admission(gate, "searches for suspects", 1);
    }

    /** One page of suspects. */
    @Schema(name = "SuspectPage")
    public record SuspectPage(
            List<SuspectView> items, @Nullable String nextCursor) {}

    private record Kept(RevisionId revision, List<Suspect> suspects) {}

    @GET
    @RolesAllowed(Roles.READER)
    @Operation(
            summary = "Examples that were probably taught wrongly, most suspect first",
            description = "The ensemble that never saw an example (leave-one-out), and the labels of the ten examples "
                    + "nearest to it, hold another label for more probable; score is the other label's share of both. "
                    + "Of several labels, score is how probable it is that the least probable one is wrong. A score is "
                    + "suspect when it is more than two robust standard deviations from what the ensemble says. "
                    + "Nothing is changed. Leave-one-out predictions of all examples are computed for this, which "
                    + "takes time for large tasks.")
    @APIResponseSchema(SuspectPage.class)
    public Response list(
            @PathParam("task") String task,
            @QueryParam("limit") @Nullable String limit,
            @QueryParam("cursor") @Nullable String cursor) {
        Serving serving = gate.serving();
        TaskId id = PathIds.task(task);
        Page.Asked asked = new Page.Asked(limit, cursor);
        // Before anything is computed.
        asked.items(limits.pageItems());
        asked.after();
        Page<Suspect> page = Page.ofAll(asked, limits.pageItems(), suspects(serving, id), SuspectsResource::place);
        // What is forgotten meanwhile is left out.
        return replies.ok(new SuspectPage(
                page.items().stream()
                        .map(suspect -> serving.store()
                                .example(id, suspect.exampleId())
                                .map(example -> SuspectView.of(suspect, example)))
                        .flatMap(Optional::stream)
                        .toList(),
                page.nextCursor()));
    }

    /** Grows along the list. */
    private static String place(Suspect suspect) {
        return String.format(Locale.ROOT, "%.9f-%s", 1 - suspect.score(), suspect.exampleId());
    }

    private List<Suspect> suspects(Serving serving, TaskId id) {
        RevisionId revision = serving.active().of(id).answerRevision();
        Optional<List<Suspect>> kept = kept(id, revision);
        if (kept.isPresent()) {
            return kept.get();
        }
        Runnable there = clients.requireThere();
        List<Suspect> suspects = admission.admit(() -> serving.teacher().insight().suspects(id, there).stream()
                .sorted((a, b) -> place(a).compareTo(place(b)))
                .toList());
        synchronized (keptByTask) {
            keptByTask.put(id, new Kept(revision, suspects));
            if (keptByTask.size() > MOST_KEPT) {
                keptByTask.remove(keptByTask.keySet().iterator().next());
            }
        }
        return suspects;
    }

    private Optional<List<Suspect>> kept(TaskId id, RevisionId revision) {
        synchronized (keptByTask) {
            return Optional.ofNullable(keptByTask.get(id))
                    .filter(kept -> kept.revision().equals(revision))
                    .map(Kept::suspects);
        }
    }
}
