// SPDX-License-Identifier: Apache-2.0
package dev.perennial.adapt;

import dev.perennial.task.TaskId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * An adapter that tasks of a group share.
 *
 * @param member the encoder that it adapts
 * @param digest of the adapter
 * @param tasks that use it
 * @param strategy by which it was learnt
 * @param parameters how many numbers it changes
 * @param createdAt when it was made
 * @param report what it was judged by, as JSON
 * @param merge by which rule it was merged when it went on learning last; empty when it never did
 */
public record GroupAdapter(
        String member,
        String digest,
        List<TaskId> tasks,
        String strategy,
        long parameters,
        Instant createdAt,
        String report,
        Optional<String> merge) {
    public GroupAdapter {
        tasks = List.copyOf(tasks);
    }
}
