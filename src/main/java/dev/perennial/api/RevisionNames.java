// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.ensemble.Ensemble;
import dev.perennial.refusal.Refusal;
import dev.perennial.revision.RevisionStore;
import dev.perennial.task.RevisionId;
import dev.perennial.task.TaskId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What revisions of a task are called: by their ids, or by aliases. */
final class RevisionNames {
    static final String SERVING = RevisionStore.SERVING;

    private final Serving serving;
    private final TaskId task;

    /** @throws Refusal.NotFound when there is no such task */
    RevisionNames(Serving serving, TaskId task) {
        this.serving = serving;
        this.task = serving.stored(task).task().id();
    }

    /** All names, with what they name now. */
    Map<String, RevisionId> aliases() {
        Map<String, RevisionId> aliases =
                new TreeMap<>(serving.teacher().revisions().store().aliases(task));
        aliases.remove(SERVING);
        answering().ifPresent(revision -> aliases.put(SERVING, revision));
        return aliases;
    }

    /** What a revision is called. */
    List<String> of(RevisionId revision) {
        List<String> names = new ArrayList<>();
        aliases().forEach((name, named) -> {
            if (named.equals(revision)) {
                names.add(name);
            }
        });
        return names;
    }

    boolean isServing(RevisionId revision) {
        return answering().filter(revision::equals).isPresent();
    }

    /** The revision of an id, or that an alias names, which must be one of the task's. */
    Optional<RevisionId> find(String name) {
        return RevisionId.parse(name)
                .or(() -> Optional.ofNullable(aliases().get(name)))
                .filter(revision -> serving.teacher()
                        .revisions()
                        .store()
                        .find(task, revision)
                        .isPresent());
    }

    /**
     * The same for a path.
     *
     * @throws Refusal.NotFound when it names none
     */
    RevisionId require(String name) {
        // What cannot be a name must not reach a message.
        boolean isName = TaskId.isValid(name) || RevisionId.parse(name).isPresent();
        return find(isName ? name : "").orElseThrow(() -> new Refusal.NotFound("revision", isName ? name : "?"));
    }

    private Optional<RevisionId> answering() {
        return serving.active().find(task).map(Ensemble::answerRevision);
    }
}
