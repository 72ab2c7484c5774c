// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.task.ContentKey;
import dev.perennial.task.TaskId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/** Keeps adaptations in memory, those that serve and those that are set aside. */
final class MemoryAdaptations implements AdaptationShelf, PastEncoders {
    private final Map<String, Adaptation> serving = new LinkedHashMap<>();
    private final Map<String, Adaptation> past = new LinkedHashMap<>();

    void keep(Adaptation adaptation) {
        serving.put(adaptation.id(), adaptation);
    }

    List<Adaptation> serving() {
        return List.copyOf(serving.values());
    }

    Set<String> past() {
        return Set.copyOf(past.keySet());
    }

    @Override
    public List<String> adaptedTo(TaskId task, Optional<Set<ContentKey>> inputs) {
        return Stream.concat(serving.values().stream(), past.values().stream())
                .filter(each -> each.tasks().contains(task))
                .filter(each -> inputs.isEmpty()
                        || inputs.get().stream()
                                .anyMatch(input -> each.learntFrom().contains(input.hex())))
                .map(Adaptation::id)
                .toList();
    }

    @Override
    public void remove(String id) {
        serving.remove(id);
        past.remove(id);
    }

    @Override
    public void setAside(String id, Set<String> digests) {
        Optional.ofNullable(serving.remove(id)).ifPresent(adaptation -> past.put(id, adaptation));
    }

    @Override
    public void retainPast(Function<TaskId, Set<String>> membersThen) {
        past.values()
                .removeIf(each -> each.tasks().stream()
                        .noneMatch(task -> membersThen
                                .apply(task)
                                .contains(each.encoder().info().digest())));
    }

    @Override
    public Optional<Adaptation> find(String digest) {
        return past.values().stream()
                .filter(each -> Stream.concat(Stream.of(each.encoder()), each.encoder().rounded().stream())
                        .anyMatch(version -> version.info().digest().equals(digest)))
                .findFirst();
    }
}
