// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.refusal.Refusal;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.Label;
import dev.perennial.task.Policy;
import dev.perennial.task.ScoreRange;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Reads the definition of a task. */
final class TaskDefinitions {
    /** Beyond it, differences of scores lose the digits that matter. */
    private static final double FARTHEST_SCORE = 1e12;

    private final Limits limits;

    TaskDefinitions(Limits limits) {
        this.limits = limits;
    }

    /**
     * The task that a request defines.
     *
     * @param known labels that the task has by teaching
     * @throws Refusal.Invalid when it defines none
     */
    Task read(TaskId id, TaskBody body, Collection<String> known) {
        Kind kind = Choice.required(body.kind(), Kind.class, "/kind");
        InputKind input = Choice.of(body.input(), InputKind.TEXT, "/input");
        String instruction =
                Wording.of(body.instruction(), "/instruction", "instruction_chars", limits.instructionChars());
        Optional<ScoreRange> range = scoreRange(kind, body);
        List<Label> labels = new LabelDefinitions(limits).read(body.labels(), new LabelBook(known, Integer.MAX_VALUE));
        if (kind == Kind.REGRESSION && !labels.isEmpty()) {
            throw new Refusal.Invalid("/labels", "a regression task has scores, not labels; leave them out");
        }
        return new Task(id, kind, input, instruction, labels, range, Policy.DEFAULT);
    }

    private static Optional<ScoreRange> scoreRange(Kind kind, TaskBody body) {
        if (body.scoreRange() == null) {
            if (kind == Kind.REGRESSION) {
                throw new Refusal.Invalid("/score_range", "is missing; a regression task needs [min, max]");
            }
            return Optional.empty();
        }
        if (kind != Kind.REGRESSION) {
            throw new Refusal.Invalid("/score_range", "only regression tasks have one; leave it out");
        }
        List<Double> ends = body.scoreRange().stream().filter(Objects::nonNull).toList();
        if (body.scoreRange().size() != 2 || ends.size() != 2 || !ordered(ends.get(0), ends.get(1))) {
            throw new Refusal.Invalid("/score_range", "must be two finite numbers, the smaller one first");
        }
        if (Math.max(Math.abs(ends.get(0)), Math.abs(ends.get(1))) > FARTHEST_SCORE) {
            throw new Refusal.Invalid("/score_range", "must lie between -1e12 and 1e12");
        }
        return Optional.of(new ScoreRange(ends.get(0), ends.get(1)));
    }

    private static boolean ordered(double min, double max) {
        return Double.isFinite(min) && Double.isFinite(max) && min < max;
    }
}
