// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.task.ContentKey;
import dev.perennial.task.TaskId;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Port: where adaptations are kept for the next start. Safe for concurrent use. */
public interface AdaptationShelf {
    /** Keeps nothing. */
    AdaptationShelf NONE = new AdaptationShelf() {
        @Override
        public List<String> adaptedTo(TaskId task, Optional<Set<ContentKey>> inputs) {
            return List.of();
        }

        @Override
        public void remove(String id) {
            // nothing is kept
        }

        @Override
        public void setAside(String id, Set<String> digests) {
            // nothing is kept
        }

        @Override
        public void retainPast(Function<TaskId, Set<String>> membersThen) {
            // nothing is kept
        }
    };

    /**
     * Ids of what was adapted to a task, whether it serves or not.
     *
     * @param inputs only what has learnt from one of these; empty: all
     */
    List<String> adaptedTo(TaskId task, Optional<Set<ContentKey>> inputs);

    /**
     * Forgets an adaptation for good; nothing happens when there is none.
     *
     * @throws dev.perennial.refusal.Refusal.StoreUnavailable when it cannot be forgotten now
     */
    void remove(String id);

    /**
     * Keeps an adaptation only for the revisions that it answered by; nothing happens when there is none.
     *
     * @param digests of its encoder, and of what that rounds to
     * @throws dev.perennial.refusal.Refusal.StoreUnavailable when that cannot be noted now
     */
    void setAside(String id, Set<String> digests);

    /**
     * Forgets for good what is set aside and answered by none of the revisions that are kept.
     *
     * @param membersThen digests of the members that answered a task by these
     * @throws dev.perennial.refusal.Refusal.StoreUnavailable when it cannot be forgotten now
     */
    void retainPast(Function<TaskId, Set<String>> membersThen);
}
