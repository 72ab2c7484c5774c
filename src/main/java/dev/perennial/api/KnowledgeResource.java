// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.perennial.evaluate.Significance;
import dev.perennial.knowledge.GraphId;
import dev.perennial.learn.Arm;
import dev.perennial.learn.GraphTrial;
import dev.perennial.task.TaskId;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** What knowledge graphs do for a task. */
@Path("/v1/tasks/{task}/knowledge")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Knowledge")
public final class KnowledgeResource {
    private final ServingGate gate;
    private final Replies replies;
    private final Admission admission;

    public KnowledgeResource(ServingGate gate, Replies replies) {
        this.gate = gate;
        this.replies = replies;
        this.admission = new Admission(gate, "knowledge reports", 1);
    }

    /** One way to answer the task's examples, each by what has seen neither it nor its kin. */
    @Schema(name = "Answered")
    record AnsweredView(
            @Schema(
                    description = "Share that is answered right by what has seen neither the example nor its kin, the "
                            + "examples that say nearly the same; lower than what the task reaches, and there to be "
                            + "compared with the other accuracies")
            double accuracy,

            @Schema(description = "Mean of the losses: negative log-likelihood, or squared error for regression")
            double loss) {

        static @Nullable AnsweredView of(Arm arm) {
            return arm.scores().length == 0 ? null : new AnsweredView(arm.accuracy(), arm.loss());
        }
    }

    /**
     * What one graph does; p-values are those of the exact sign test over examples, two-sided.
     *
     * @param graph its id
     * @param listened whether the serving ensemble listens to it
     * @param coverage the part of the examples in which it finds an entity
     * @param scale by which its vectors count
     * @param examples how many were answered
     * @param without answers without the graph
     * @param with answers with it
     * @param shuffled answers with the vectors of its entities dealt out anew
     * @param pWithout how probable so large a difference between with and without is by chance
     * @param pShuffled likewise between with and shuffled
     * @param shallow the mean of all members
     * @param semi learnt weights of the members
     * @param deep learnt weights that depend on whether the graph finds an entity
     */
    @Schema(name = "GraphContribution")
    record ContributionView(
            String graph,
            boolean listened,
            double coverage,
            double scale,
            int examples,
            @Nullable AnsweredView without,
            @Nullable AnsweredView with,
            @Nullable AnsweredView shuffled,
            double pWithout,
            double pShuffled,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            AnsweredView shallow,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            AnsweredView semi,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            AnsweredView deep) {

        static ContributionView of(GraphTrial trial, boolean listened) {
            return new ContributionView(
                    GraphId.ofMember(trial.graph()).value(),
                    listened,
                    trial.coverage(),
                    trial.scale(),
                    trial.examples(),
                    AnsweredView.of(trial.without()),
                    AnsweredView.of(trial.with()),
                    AnsweredView.of(trial.shuffled()),
                    Significance.sign(trial.without().scores(), trial.with().scores()),
                    Significance.sign(trial.shuffled().scores(), trial.with().scores()),
                    AnsweredView.of(trial.ladder().shallow()),
                    AnsweredView.of(trial.ladder().semi()),
                    AnsweredView.of(trial.ladder().deep()));
        }
    }

    /** What every graph does for a task. */
    @Schema(name = "TaskKnowledge")
    record TaskKnowledgeView(String task, List<ContributionView> graphs) {}

    @GET
    @RolesAllowed(Roles.READER)
    @Operation(
            summary = "What each knowledge graph does for a task",
            description = "The task's own examples are answered, each by an ensemble that has seen neither it nor its "
                    + "kin: without the graph, with it, and with the vectors of the graph's entities dealt out anew "
                    + "(`shuffled`). Kin are the examples that are nearly the same; without them accuracies are lower "
                    + "than what the task reaches, and comparable with one another. A gain that survives the shuffling is not knowledge. `listened` says whether the "
                    + "serving ensemble listens to the graph. `shallow`, `semi` and `deep` are simpler ways to combine "
                    + "the same members: the mean, learnt weights, and weights that depend on whether the graph finds "
                    + "an entity. `p_without` and `p_shuffled` are two-sided p-values of the exact sign test over the "
                    + "examples that one of two ways answers better: McNemar's test where an answer is right or wrong; "
                    + "of several labels, more of them right; of a score, closer. The task is "
                    + "learnt several times for this, which takes time for large ones.")
    @APIResponseSchema(TaskKnowledgeView.class)
    public Response report(@PathParam("task") String task) {
        Serving serving = gate.serving();
        TaskId id = PathIds.task(task);
        List<String> members = serving.active().of(id).members().stream()
                .map(member -> member.info().id())
                .toList();
        List<GraphTrial> trials =
                admission.admit(() -> serving.teacher().insight().graphTrials(id));
        return replies.ok(new TaskKnowledgeView(
                id.value(),
                trials.stream()
                        .map(trial -> ContributionView.of(trial, members.contains(trial.graph())))
                        .toList()));
    }
}
