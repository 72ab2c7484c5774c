// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.feedback.Mistake;
import dev.perennial.feedback.MistakeClusters;
import dev.perennial.task.TaskId;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * The mistakes of a task in groups.
 *
 * @param task its name
 * @param mistakes how many are kept
 * @param grouped how many of them are in the groups: the latest that one encoder has read
 * @param clusters largest first; as many as a page has items
 */
@Schema(name = "MistakeClusters")
public record MistakeClustersView(String task, long mistakes, int grouped, List<ClusterView> clusters) {
    private static final int MOST_IDS = 20;

    /**
     * Mistakes about the like.
     *
     * @param size how many
     * @param share of all that are grouped
     * @param confusions what was answered instead of what, most frequent first, five at most
     * @param words typical of their texts, most typical first; none where nothing of them is taught any more
     * @param medoid the mistake that is nearest to all others
     * @param example by which the medoid was corrected; null when it is not taught any more
     * @param asked share of the latest 10,000 kept answers of the task whose texts are like the medoid's; null when
     *     none compare
     * @param mistakeIds the latest of them, 20 at most
     */
    @Schema(name = "MistakeCluster")
    public record ClusterView(
            int size,
            double share,
            List<ConfusionCount> confusions,
            List<String> words,
            MistakeView medoid,
            @Nullable ExampleView example,
            @Nullable Double asked,
            List<String> mistakeIds) {

        private static ClusterView of(MistakeClusters.Group group) {
            return new ClusterView(
                    group.mistakes().size(),
                    group.share(),
                    group.confusions().stream().map(ConfusionCount::of).toList(),
                    group.words(),
                    MistakeView.of(group.medoid()),
                    group.example().map(ExampleView::of).orElse(null),
                    PredictionView.number(group.asked()),
                    group.mistakes().stream().limit(MOST_IDS).map(Mistake::id).toList());
        }
    }

    /** How often something was answered instead of the right answer. */
    @Schema(name = "ConfusionCount")
    public record ConfusionCount(AnswerView right, AnswerView answered, long count) {

        private static ConfusionCount of(MistakeClusters.Swap swap) {
            return new ConfusionCount(
                    AnswerView.of(swap.right()), AnswerView.of(swap.answered().orElse(null)), swap.count());
        }
    }

    static MistakeClustersView of(TaskId task, MistakeClusters.Report report, int most) {
        return new MistakeClustersView(
                task.value(),
                report.mistakes(),
                report.grouped(),
                report.clusters().stream().limit(most).map(ClusterView::of).toList());
    }
}
