// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.task.Label;
import dev.perennial.task.ScoreRange;
import dev.perennial.task.StoredTask;
import dev.perennial.task.Task;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A task in a reply.
 *
 * @param id its name
 * @param kind classification, multilabel or regression
 * @param input text or pair
 * @param instruction the question in words
 * @param labels the labels it can answer: those of its definition, then those that came by teaching
 * @param scoreRange smallest and greatest score, for regression
 * @param precisions in which numbers each member multiplies for it; none while the task is not served
 * @param policy when it answers
 * @param revision its last change
 * @param examplesTotal number of its examples
 * @param createdAt when it was first defined
 */
@Schema(name = "Task")
public record TaskView(
        String id,
        String kind,
        String input,
        String instruction,
        List<LabelView> labels,
        @Nullable List<Double> scoreRange,
        Map<String, String> precisions,
        PolicyView policy,
        String revision,
        long examplesTotal,
        Instant createdAt) {

    /** A label in a reply. */
    @Schema(name = "Label")
    public record LabelView(String name, String description) {}

    /**
     * @param known all labels that the task can answer
     * @param precisions by member
     */
    static TaskView of(StoredTask stored, List<String> known, Map<String, String> precisions) {
        Task task = stored.task();
        List<LabelView> labels = new ArrayList<>();
        task.labels().forEach(label -> labels.add(new LabelView(label.name(), label.description())));
        List<String> defined = task.labels().stream().map(Label::name).toList();
        known.stream().filter(name -> !defined.contains(name)).forEach(name -> labels.add(new LabelView(name, "")));
        return new TaskView(
                task.id().value(),
                Choice.word(task.kind()),
                Choice.word(task.input()),
                task.instruction(),
                labels,
                task.scoreRange().map(TaskView::ends).orElse(null),
                precisions,
                PolicyView.of(task.policy()),
                stored.revision().toString(),
                stored.examples(),
                stored.createdAt());
    }

    private static List<Double> ends(ScoreRange range) {
        return List.of(range.min(), range.max());
    }
}
