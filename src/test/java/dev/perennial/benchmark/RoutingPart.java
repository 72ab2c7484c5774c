// SPDX-License-Identifier: Apache-2.0
package dev.perennial.benchmark;

import dev.perennial.benchmark.TaskStream.OneSet;
import dev.perennial.ensemble.InstructionRouter;
import dev.perennial.task.Answer;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.Label;
import dev.perennial.task.Policy;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import dev.perennial.task.Teaching;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How a question finds its task among ten. By an instruction, in wordings that were written for this by hand, which is
 * no fresh evidence of what clients write; and by its text alone, by a task that is taught to name the other tasks,
 * which {@link RoutingBenchmark} asks the service itself.
 */
@SuppressWarnings("SystemOut")
final class RoutingPart {
    private static final int TAUGHT_EACH = 200;
    private static final String STRANGE = "none";

    private final StreamService.Means means;
    private final Map<String, List<String>> wordingsByTask;

    RoutingPart(StreamService.Means means) {
        this.means = means;
        this.wordingsByTask = wordings();
    }

    private static Map<String, List<String>> wordings() {
        try (InputStream stream = RoutingPart.class.getResourceAsStream("routing-instructions.tsv")) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(line -> List.of(line.split("\t")))
                    .collect(Collectors.toMap(cells -> cells.get(0), cells -> cells.subList(1, cells.size())));
        } catch (IOException unreadable) {
            throw new IllegalStateException(unreadable);
        }
    }

    void run(List<OneSet> sets) {
        byInstruction(sets);
        byText(sets);
    }

    private void byInstruction(List<OneSet> sets) {
        try (StreamService service = new StreamService(means)) {
            sets.forEach(each -> service.define(
                    each.task(wordingsByTask.get(each.set().name()).get(0))));
            int same = 0;
            int right = 0;
            int wrong = 0;
            int none = 0;
            for (OneSet each : sets) {
                List<String> wordings = wordingsByTask.get(each.set().name());
                same += routed(service, each, wordings.get(0)).equals(Optional.of(each.id())) ? 1 : 0;
                for (String wording : wordings.subList(1, wordings.size())) {
                    Optional<TaskId> reached = routed(service, each, wording);
                    right += reached.equals(Optional.of(each.id())) ? 1 : 0;
                    none += reached.isEmpty() ? 1 : 0;
                    wrong += reached.isPresent() && !reached.get().equals(each.id()) ? 1 : 0;
                    System.out.printf(
                            "  %s by \"%s\": %s%n",
                            each.set().name(),
                            wording,
                            reached.map(TaskId::value).orElse("none"));
                }
            }
            List<String> strange = wordingsByTask.get(STRANGE);
            long taken = strange.stream()
                    .filter(wording -> routed(service, sets.get(0), wording).isPresent())
                    .count();
            System.out.printf(
                    "  by instruction: %d of %d in the same words; in others %d right, %d wrong, %d to none; of %d "
                            + "about no task %d to one%n",
                    same, sets.size(), right, wrong, none, strange.size(), taken);
        }
    }

    private static Optional<TaskId> routed(StreamService service, OneSet asked, String wording) {
        // Labels are sent along, so that what matches no task is answered and not refused.
        InstructionRouter.Routed routed =
                service.routed(wording, asked.task(wording), asked.test().get(0).input());
        return routed.task();
    }

    private void byText(List<OneSet> sets) {
        double right = 0;
        double asked = 0;
        for (InputKind kind : InputKind.values()) {
            List<OneSet> ofKind =
                    sets.stream().filter(each -> each.set().input() == kind).toList();
            try (StreamService service = new StreamService(means)) {
                TaskId id = new TaskId("which-task");
                List<Label> labels = ofKind.stream()
                        .map(each -> new Label(each.set().name(), ""))
                        .toList();
                service.define(new Task(id, Kind.CLASSIFICATION, kind, "", labels, Optional.empty(), Policy.DEFAULT));
                service.teach(
                        id,
                        ofKind.stream()
                                .flatMap(each -> renamed(each, each.train().subList(0, TAUGHT_EACH)))
                                .toList());
                for (OneSet each : ofKind) {
                    List<StreamService.Answered> answers = service.answers(id, each.test());
                    long found = answers.stream()
                            .filter(answer -> answer.label().equals(each.set().name()))
                            .count();
                    System.out.printf(
                            "  by text alone, %s: %d of %d%n", each.set().name(), found, answers.size());
                    right += found;
                    asked += answers.size();
                }
            }
        }
        System.out.printf(
                "  by text alone, after %d taught of each: %.2f of all questions%n", TAUGHT_EACH, 100 * right / asked);
    }

    private static Stream<Teaching> renamed(OneSet set, List<Teaching> rows) {
        List<Teaching> renamed = new ArrayList<>();
        rows.forEach(row -> renamed.add(
                Teaching.of(row.input(), new Answer.OneLabel(set.set().name()))));
        return renamed.stream();
    }
}
