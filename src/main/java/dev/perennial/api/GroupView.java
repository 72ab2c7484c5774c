// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import com.fasterxml.jackson.annotation.JsonRawValue;
import dev.perennial.adapt.Decision;
import dev.perennial.adapt.GroupAdapter;
import dev.perennial.adapt.Placement;
import dev.perennial.adapt.TaskGroup;
import dev.perennial.task.TaskId;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A group of tasks in a reply.
 *
 * @param group {@code g-} and the id of the task that opened it
 * @param tasks in the order in which they were defined
 * @param adapters what they share; none where nothing is adapted
 */
@Schema(name = "Group")
public record GroupView(String group, List<GroupedView> tasks, List<AdapterView> adapters) {

    /** A task in its group. */
    @Schema(name = "GroupedTask")
    public record GroupedView(
            String task,

            @Schema(description = "Its instruction; null when it has none") @Nullable
            String instruction,

            DecisionView decision) {

        static GroupedView of(Placement placement) {
            return new GroupedView(
                    placement.task().value(),
                    placement.instruction().isEmpty() ? null : placement.instruction(),
                    DecisionView.of(placement.decision()));
        }
    }

    /** Why a task is in its group. */
    @Schema(name = "GroupDecision")
    public record DecisionView(
            @Schema(
                    enumeration = {"joined", "opened"},
                    description = "joined: it came to a group that was there. opened: the group began with it")
            String outcome,

            @Schema(
                    description = "The group that the deciding matcher found most alike, as it was before this task; "
                            + "null when there was none to compare with")
            @Nullable
            String comparedWith,

            @Schema(
                    description = "What each matcher found most alike, the deciding one first; none when nothing was "
                            + "compared")
            List<LikenessView> similarities,

            @Schema(description = "The same in words") String reason) {

        static DecisionView of(Decision decision) {
            return new DecisionView(
                    decision.joined() ? "joined" : "opened",
                    decision.comparedWith().orElse(null),
                    decision.likenesses().stream().map(LikenessView::of).toList(),
                    decision.inWords());
        }
    }

    /** What a matcher says of a task and the group that it found most alike. */
    @Schema(name = "GroupSimilarity")
    public record LikenessView(
            @Schema(
                    enumeration = {"embedding", "tf-idf"},
                    description = "embedding: nearness in meaning by the encoders, which decides. tf-idf: words in "
                            + "common, as published with LCIA (arXiv 2410.10868), which decides nothing")
            String matcher,

            String group,

            @Schema(
                    description = "The mean over the first 32 different instructions of the group: 1 for the same "
                            + "words, about 0 for instructions that have nothing in common")
            double similarity,

            @Schema(description = "From which on this matcher takes them for alike")
            double threshold) {

        static LikenessView of(Decision.Likeness likeness) {
            return new LikenessView(likeness.matcher(), likeness.group(), likeness.similarity(), likeness.threshold());
        }
    }

    /** An adapter that tasks of a group share. */
    @Schema(name = "GroupAdapter")
    public record AdapterView(
            @Schema(description = "The encoder that it adapts")
            String member,

            String digest,

            @Schema(description = "The tasks that use it") List<String> tasks,

            @Schema(description = "How it was learnt") String strategy,

            @Schema(description = "How many numbers it changes")
            long parameters,

            Instant createdAt,

            @Schema(implementation = Object.class, description = "What it was judged by") @JsonRawValue
            String report,

            @Schema(
                    description =
                            "By which rule it was merged with what it was when it went on learning last; null when "
                                    + "it never did")
            @Nullable
            String merge) {

        static AdapterView of(GroupAdapter adapter) {
            return new AdapterView(
                    adapter.member(),
                    adapter.digest(),
                    adapter.tasks().stream().map(TaskId::value).toList(),
                    adapter.strategy(),
                    adapter.parameters(),
                    adapter.createdAt(),
                    adapter.report(),
                    adapter.merge().orElse(null));
        }
    }

    static GroupView of(TaskGroup group, List<GroupAdapter> adapters) {
        return new GroupView(
                group.id(),
                group.placements().stream().map(GroupedView::of).toList(),
                adapters.stream().map(AdapterView::of).toList());
    }
}
