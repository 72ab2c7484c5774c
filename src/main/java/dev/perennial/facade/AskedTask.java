// SPDX-License-Identifier: Apache-2.0
package dev.perennial.facade;

import dev.perennial.api.PredictionView;
import dev.perennial.api.Serving;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import java.util.List;

/** A task that a façade asks by the name that a request has for it. */
public final class AskedTask {
    private AskedTask() {}

    /**
     * A task over single texts that answers with labels.
     *
     * @param pointer where the request names it
     * @throws Refusal.NotFound when there is none of the name
     */
    public static TaskId ofLabels(Serving serving, String name, String pointer) {
        TaskId id = named(name, pointer);
        Task task = serving.active().of(id).task();
        if (task.kind() == Kind.REGRESSION || task.input() == InputKind.PAIR) {
            throw new Refusal.Invalid(pointer, "must name a task that gives labels to single texts");
        }
        return id;
    }

    /** The id that a name can be. */
    public static TaskId named(String name, String pointer) {
        if (!TaskId.isValid(name)) {
            throw new Refusal.Invalid(pointer, "must be the id of a task: [a-z0-9][a-z0-9-]{0,62}");
        }
        return new TaskId(name);
    }

    /** @throws Refusal.Conflict when the answers are of a task that tells none yet */
    public static List<PredictionView> requireTold(List<PredictionView> answers) {
        if (answers.stream().anyMatch(answer -> Boolean.TRUE.equals(answer.apprentice()))) {
            throw new Refusal.Conflict("This task answers silently yet; GET its apprenticeship says how far it is.");
        }
        return answers;
    }
}
