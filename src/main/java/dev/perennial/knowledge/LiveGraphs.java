// SPDX-License-Identifier: Apache-2.0
package dev.perennial.knowledge;

import dev.perennial.task.RevisionId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * The knowledge graphs that serve, in the order of their ids. The list is replaced as a whole; who reads it keeps a
 * consistent one. Safe for concurrent use.
 */
public final class LiveGraphs {
    private volatile List<LiveGraph> all = List.of();
    private final Map<RevisionId, String> awaited = new ConcurrentHashMap<>();

    /** The graphs that serve now. */
    public List<LiveGraph> all() {
        return all;
    }

    /** The graph whose encoder has this id. */
    public Optional<LiveGraph> find(String encoderId) {
        return all.stream().filter(graph -> graph.info().id().equals(encoderId)).findFirst();
    }

    /** Adds a graph, or replaces the one of the same id. */
    public synchronized void add(LiveGraph graph) {
        List<LiveGraph> next = without(graph.info().id());
        next.add(graph);
        next.sort(Comparator.comparing(each -> each.info().id()));
        all = List.copyOf(next);
    }

    /** Serves a graph no longer. */
    public synchronized void remove(String encoderId) {
        all = List.copyOf(without(encoderId));
    }

    private List<LiveGraph> without(String encoderId) {
        List<LiveGraph> next = new ArrayList<>(all);
        next.removeIf(graph -> graph.info().id().equals(encoderId));
        return next;
    }

    /** Notes that a change of a graph is on disk and does not serve yet. */
    public void await(String encoderId, RevisionId change) {
        awaited.put(change, encoderId);
    }

    /** Changes of a graph that are on disk and do not serve yet. */
    public Set<RevisionId> awaited(String encoderId) {
        return awaited.entrySet().stream()
                .filter(change -> change.getValue().equals(encoderId))
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    /** Whether a change is on disk and does not serve yet. */
    public boolean isAwaited(RevisionId change) {
        return awaited.containsKey(change);
    }

    /** Notes that changes serve. */
    public void settle(Set<RevisionId> changes) {
        awaited.keySet().removeAll(changes);
    }
}
