// SPDX-License-Identifier: Apache-2.0
package dev.perennial.adapt;

import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Groups while they grow, task by task in the order in which tasks were defined: a task comes to the group whose
 * instructions are nearest to its own in meaning, if they are near enough, and opens one otherwise. What the published
 * matcher says of words is noted beside it. Not thread-safe.
 *
 * <p>A group is compared by the first instructions that it came to have, so that a large one neither drifts nor costs.
 */
final class Gathering {
    private static final int MOST_INSTRUCTIONS = 32;
    private static final String BY_MEANING = "embedding";
    private static final String BY_WORDS = "tf-idf";

    /** What decides about a task. */
    record Asked(TaskId id, Kind kind, InputKind input, String instruction) {

        static Asked of(Task task) {
            return new Asked(
                    task.id(), task.kind(), task.input(), task.instruction().strip());
        }

        private Question question() {
            return new Question(kind, input);
        }
    }

    private record Question(Kind kind, InputKind input) {}

    private final GroupMatcher byWords = new GroupMatcher(new TfIdfSimilarity(), GroupMatcher.FREE_WORDING);
    private final List<Asked> gathered = new ArrayList<>();
    private final Map<String, List<Placement>> placementsByGroup = new LinkedHashMap<>();
    private final Map<Question, Shelf> shelfByQuestion = new HashMap<>();

    /** The groups of tasks of one kind over one kind of input. */
    private static final class Shelf {
        private final List<Codebook> codebooks = new ArrayList<>();
        private final Map<String, Integer> positionByInstruction = new HashMap<>();
    }

    /** What was added, in order. */
    List<Asked> gathered() {
        return gathered;
    }

    /** Puts the next task where it belongs. */
    void add(Asked task, InstructionSimilarity meaning) {
        gathered.add(task);
        if (task.instruction().isEmpty()) {
            place(opened(task), task, new Decision(Decision.Ground.NO_INSTRUCTION, List.of()));
            return;
        }
        Shelf shelf = shelfByQuestion.computeIfAbsent(task.question(), question -> new Shelf());
        List<String> wording = List.of(task.instruction());
        GroupMatcher byMeaning = new GroupMatcher(meaning, GroupMatcher.NEAR_IN_MEANING);
        Optional<Integer> same = Optional.ofNullable(shelf.positionByInstruction.get(task.instruction()));
        List<Codebook> compared =
                same.map(at -> List.of(shelf.codebooks.get(at))).orElse(shelf.codebooks);
        Optional<GroupMatcher.Closest> nearest = byMeaning.closest(wording, compared);
        Optional<GroupMatcher.Closest> mostAlike = byWords.closest(wording, compared);
        if (nearest.isEmpty() || mostAlike.isEmpty()) {
            open(shelf, task, new Decision(Decision.Ground.FIRST, List.of()));
            return;
        }
        List<Decision.Likeness> likenesses =
                List.of(likeness(BY_MEANING, byMeaning, nearest.get()), likeness(BY_WORDS, byWords, mostAlike.get()));
        if (same.isPresent()) {
            place(nearest.get().codebook().group(), task, new Decision(Decision.Ground.SAME_WORDS, likenesses));
        } else if (nearest.get().isAlike()) {
            join(shelf, nearest.get().codebook(), task, new Decision(Decision.Ground.NEAR, likenesses));
        } else {
            open(shelf, task, new Decision(Decision.Ground.FAR, likenesses));
        }
    }

    /** All groups as they are now. */
    Grouping grouping() {
        return new Grouping(placementsByGroup.entrySet().stream()
                .map(group -> new TaskGroup(group.getKey(), group.getValue()))
                .toList());
    }

    private static Decision.Likeness likeness(String name, GroupMatcher matcher, GroupMatcher.Closest closest) {
        return new Decision.Likeness(name, closest.codebook().group(), closest.similarity(), matcher.threshold());
    }

    private static String opened(Asked task) {
        return "g-" + task.id();
    }

    private void open(Shelf shelf, Asked task, Decision decision) {
        shelf.positionByInstruction.put(task.instruction(), shelf.codebooks.size());
        shelf.codebooks.add(new Codebook(opened(task), List.of(task.instruction())));
        place(opened(task), task, decision);
    }

    private void join(Shelf shelf, Codebook codebook, Asked task, Decision decision) {
        int position = shelf.codebooks.indexOf(codebook);
        shelf.positionByInstruction.put(task.instruction(), position);
        if (codebook.instructions().size() < MOST_INSTRUCTIONS) {
            List<String> instructions = new ArrayList<>(codebook.instructions());
            instructions.add(task.instruction());
            shelf.codebooks.set(position, new Codebook(codebook.group(), instructions));
        }
        place(codebook.group(), task, decision);
    }

    private void place(String group, Asked task, Decision decision) {
        placementsByGroup
                .computeIfAbsent(group, opened -> new ArrayList<>())
                .add(new Placement(task.id(), task.instruction(), decision));
    }
}
