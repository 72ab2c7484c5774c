// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import dev.perennial.learn.AdaptationShelf;
import dev.perennial.task.ContentKey;
import dev.perennial.task.TaskId;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/** Port: keeps adapters on disk. Safe for concurrent use. */
public interface AdapterShelf extends AdaptationShelf {

    /**
     * An adapter as it is kept.
     *
     * @param id of the adaptation, which is that of the job that made it
     * @param member id of the encoder that it belongs to
     * @param base digest of that encoder
     * @param tasks that it answers
     * @param learntFrom keys, in hex, of the inputs that it was adapted to
     * @param strategy how
     * @param parameters how many numbers of the encoder could change
     * @param createdAt when it was kept
     * @param report JSON object with what spoke for it
     * @param adapter what changed of the encoder; not copied
     * @param information what its numbers are worth to what it has learnt; empty when it cannot go on learning; not
     *     copied
     * @param merge how it was merged when it went on learning last; empty when it never did
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Kept(
            String id,
            String member,
            String base,
            List<TaskId> tasks,
            Set<String> learntFrom,
            String strategy,
            long parameters,
            Instant createdAt,
            String report,
            byte[] adapter,
            byte[] information,
            Optional<String> merge) {
        public Kept {
            tasks = List.copyOf(tasks);
            learntFrom = Set.copyOf(learntFrom);
        }
    }

    @Override
    default List<String> adaptedTo(TaskId task, Optional<Set<ContentKey>> inputs) {
        return Stream.concat(kept().stream(), past().stream().map(Past::kept))
                .filter(kept -> kept.tasks().contains(task))
                .filter(kept -> inputs.isEmpty()
                        || inputs.get().stream()
                                .anyMatch(input -> kept.learntFrom().contains(input.hex())))
                .map(Kept::id)
                .toList();
    }

    /** Keeps an adapter; when this returns, the next start finds it. */
    void keep(Kept kept);

    /** All that are kept to serve and readable, oldest first. */
    List<Kept> kept();

    /**
     * An adapter that is set aside.
     *
     * @param digests of its encoder, and of what that rounds to
     */
    record Past(Kept kept, Set<String> digests) {
        public Past {
            digests = Set.copyOf(digests);
        }
    }

    /** All that are set aside and readable, oldest first. */
    List<Past> past();

    /** What changed of encoders, of all that are kept or set aside. */
    default List<byte[]> adapters() {
        return Stream.concat(kept().stream(), past().stream().map(Past::kept))
                .map(Kept::adapter)
                .toList();
    }

    @Override
    default void retainPast(Function<TaskId, Set<String>> membersThen) {
        Map<TaskId, Set<String>> asked = new HashMap<>();
        for (Past past : past()) {
            boolean isNeeded = past.kept().tasks().stream()
                    .anyMatch(task -> !Collections.disjoint(asked.computeIfAbsent(task, membersThen), past.digests()));
            if (!isNeeded) {
                remove(past.kept().id());
            }
        }
    }
}
