// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.ensemble.Ensemble;
import dev.perennial.ensemble.Prediction;
import dev.perennial.learn.RevisionDiff;
import dev.perennial.task.Example;
import dev.perennial.task.RevisionId;
import dev.perennial.task.Task;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * How one revision differs from another, in a reply.
 *
 * @param from the first
 * @param to the second
 * @param examplesAdded examples that came
 * @param examplesRemoved examples that went
 * @param examplesErased how many of each are erased since, and not listed
 * @param settings what of definition and policy is another one
 * @param members what answered by each, where that is another one
 * @param answers what both were asked, and answered differently
 */
@Schema(name = "RevisionDiff")
public record DiffView(
        String from,
        String to,
        Listed examplesAdded,
        Listed examplesRemoved,
        Erased examplesErased,
        List<Setting> settings,
        @Nullable Members members,
        Answers answers) {

    /** The first examples, and how many there are. */
    @Schema(name = "DiffExamples")
    public record Listed(long total, List<ExampleView> items) {}

    /** How many examples of each are erased since. */
    @Schema(name = "DiffErased")
    public record Erased(long from, long to) {}

    /** One field that is another one. */
    @Schema(name = "DiffSetting")
    public record Setting(
            String field, @Nullable Object from, @Nullable Object to) {}

    /** Members of each, as {@code id@digest}. */
    @Schema(name = "DiffMembers")
    public record Members(List<String> from, List<String> to) {}

    /** How many inputs were compared, how many are answered differently, and the first of those. */
    @Schema(name = "DiffAnswers")
    public record Answers(long compared, long changed, List<ChangedAnswer> items) {}

    /**
     * An answer that is another one.
     *
     * @param exampleId an example about it: one of the task, or else one that it had, or that a candidate has
     * @param text what was asked
     */
    @Schema(name = "ChangedAnswer")
    public record ChangedAnswer(String exampleId, String text, Said from, Said to) {}

    /** What one revision says. */
    @Schema(name = "Said")
    public record Said(
            @Nullable String label,
            @Nullable Double probability,
            List<String> labelSet,
            @Nullable Double score) {

        static Said of(Prediction prediction) {
            return new Said(
                    prediction.label().orElse(null),
                    prediction.probability().isPresent()
                            ? prediction.probability().getAsDouble()
                            : null,
                    prediction.labelSet(),
                    prediction.score().isPresent() ? prediction.score().getAsDouble() : null);
        }
    }

    static DiffView of(RevisionId from, RevisionId to, RevisionDiff diff, int most) {
        List<String> before = members(diff.from().ensemble());
        List<String> after = members(diff.to().ensemble());
        List<ChangedAnswer> changed = diff.changed().stream()
                .limit(most)
                .map(answer -> new ChangedAnswer(
                        answer.example().id(),
                        answer.example().teaching().input().text().value(),
                        Said.of(answer.from()),
                        Said.of(answer.to())))
                .toList();
        return new DiffView(
                from.toString(),
                to.toString(),
                listed(diff.added(), most),
                listed(diff.removed(), most),
                new Erased(diff.from().state().erased(), diff.to().state().erased()),
                settings(diff.from().state().task(), diff.to().state().task()),
                before.equals(after) ? null : new Members(before, after),
                new Answers(diff.compared(), diff.changed().size(), changed));
    }

    private static Listed listed(List<Example> examples, int most) {
        return new Listed(
                examples.size(),
                examples.stream().limit(most).map(ExampleView::of).toList());
    }

    private static List<String> members(Ensemble ensemble) {
        return ensemble.members().stream()
                .map(member -> member.info().id() + "@" + member.info().digest())
                .toList();
    }

    private static List<Setting> settings(Task from, Task to) {
        Map<String, Object> before = fields(from);
        Map<String, Object> after = fields(to);
        List<Setting> changed = new ArrayList<>();
        for (String field : before.keySet()) {
            if (!Objects.equals(before.get(field), after.get(field))) {
                changed.add(new Setting(field, before.get(field), after.get(field)));
            }
        }
        return changed;
    }

    private static Map<String, Object> fields(Task task) {
        PolicyView policy = PolicyView.of(task.policy());
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("kind", Choice.word(task.kind()));
        fields.put("input", Choice.word(task.input()));
        fields.put("instruction", task.instruction());
        fields.put(
                "labels",
                task.labels().stream()
                        .map(label -> new TaskView.LabelView(label.name(), label.description()))
                        .toList());
        fields.put(
                "score_range",
                task.scoreRange()
                        .map(range -> List.of(range.min(), range.max()))
                        .orElse(null));
        fields.put("target_coverage", policy.targetCoverage());
        fields.put("min_probability", policy.minProbability());
        fields.put("cascade_risk", policy.cascadeRisk());
        fields.put("abstain_cost", policy.abstainCost());
        fields.put("error_costs", policy.errorCosts());
        fields.put("max_source_share", policy.maxSourceShare());
        fields.put("drifts", policy.drifts());
        return fields;
    }
}
