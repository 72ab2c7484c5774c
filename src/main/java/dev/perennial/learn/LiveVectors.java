// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.encode.Encoder;
import dev.perennial.task.TaskId;
import dev.perennial.task.TaskStore;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Which vectors of a task's examples stay. Thread-safe. */
final class LiveVectors {
    private final TaskStore store;
    private final TaskMembers members;

    /** Digests of the encoders that tasks are about to learn with. */
    private final Set<String> joining = ConcurrentHashMap.newKeySet();

    LiveVectors(TaskStore store, TaskMembers members) {
        this.store = store;
        this.members = members;
    }

    /** Does something during which the vectors of an encoder stay though it does not serve. */
    void joining(Encoder encoder, Runnable work) {
        Set<String> digests = digests(List.of(encoder));
        joining.addAll(digests);
        try {
            work.run();
        } finally {
            joining.removeAll(digests);
        }
    }

    /** Forgets those of all but the encoders that serve a task and those that others are about to learn with. */
    void retain(TaskId id, Classroom classroom) {
        Set<String> digests = digests(members.encoders().ready());
        digests.addAll(digests(members.of(id)));
        digests.addAll(joining);
        store.retainVectors(id, digests);
        classroom.retainVectors(digests);
    }

    private static Set<String> digests(List<Encoder> members) {
        return members.stream()
                .flatMap(member -> Stream.concat(Stream.of(member), member.rounded().stream()))
                .map(member -> member.info().digest())
                .collect(Collectors.toCollection(HashSet::new));
    }
}
