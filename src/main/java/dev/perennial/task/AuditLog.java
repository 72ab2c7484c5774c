// SPDX-License-Identifier: Apache-2.0
package dev.perennial.task;

import java.util.List;
import java.util.Optional;

/** Port: the events that the store has recorded, each with the change that it tells of. Safe for concurrent use. */
public interface AuditLog {

    /** The id of the latest event; {@code ""} when there is none. */
    String latest();

    /**
     * At most {@code limit} events after the event {@code after} ({@code ""}: the first page), oldest first.
     *
     * @param task only those of this task, which may be removed by now; empty: all
     */
    List<AuditEvent> events(String after, int limit, Optional<TaskId> task);
}
