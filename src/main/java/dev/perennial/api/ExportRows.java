// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.refusal.Refusal;
import dev.perennial.task.Answer;
import dev.perennial.task.Policy;
import dev.perennial.task.SourceName;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import dev.perennial.task.Teaching;
import dev.perennial.text.Text;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Tasks and examples in the shapes in which requests say them. Equal ones give equal JSON. */
final class ExportRows {
    private ExportRows() {}

    static TaskBody definition(Task task) {
        return new TaskBody(
                Choice.word(task.kind()),
                Choice.word(task.input()),
                words(task.instruction()),
                task.labels().stream()
                        .<@Nullable LabelBody>map(label -> new LabelBody(label.name(), words(label.description())))
                        .toList(),
                task.scoreRange()
                        .map(range -> List.<@Nullable Double>of(range.min(), range.max()))
                        .orElse(null));
    }

    /** Costs in the order of the labels: the maps of a policy have none. */
    static PolicyView policy(Policy policy) {
        PolicyView view = PolicyView.of(policy);
        Map<String, Map<String, Double>> costs = new TreeMap<>();
        view.errorCosts().forEach((truth, row) -> costs.put(truth, new TreeMap<>(row)));
        return new PolicyView(
                view.targetCoverage(),
                view.minProbability(),
                view.cascadeRisk(),
                view.abstainCost(),
                costs,
                view.maxSourceShare(),
                view.drifts());
    }

    /** Names of what a task is. */
    record Names(@Nullable List<@Nullable String> names) {}

    /** Those that a task can have. */
    static List<String> names(Names said, Limits limits) {
        List<String> names = Stream.ofNullable(said.names())
                .flatMap(List::stream)
                .flatMap(Stream::ofNullable)
                .filter(TaskId::isValid)
                .filter(name -> !name.equals(RevisionNames.SERVING))
                .distinct()
                .toList();
        if (said.names() == null || names.size() != said.names().size()) {
            throw new Refusal.Invalid("/names", "must be different names, as of PUT …/aliases/{alias}");
        }
        if (names.size() > limits.aliases()) {
            throw new Refusal.TooLarge("aliases", limits.aliases(), names.size());
        }
        return names;
    }

    static ExampleRow row(Teaching teaching) {
        Answer answer = teaching.answer();
        return new ExampleRow(
                teaching.input().text().value(),
                teaching.input().textPair().map(Text::value).orElse(null),
                answer instanceof Answer.OneLabel one ? one.label() : null,
                answer instanceof Answer.Labels many ? many.labels() : null,
                answer instanceof Answer.Score score ? score.score() : null,
                teaching.externalId().orElse(null),
                teaching.weight(),
                teaching.source().map(SourceName::value).orElse(null));
    }

    private static @Nullable String words(String words) {
        return words.isEmpty() ? null : words;
    }
}
