// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.task.ContentKey;
import dev.perennial.task.TaskId;
import java.util.List;
import java.util.Optional;
import java.util.Set;

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
}
