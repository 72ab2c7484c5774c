// SPDX-License-Identifier: Apache-2.0
package dev.perennial.ensemble;

import dev.perennial.member.View;
import dev.perennial.task.Example;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/** The taught examples of an ensemble and which are near one another, as one member sees them. Immutable. */
public final class Neighbourhood {
    /** Examples lie in the order of their keys, which are hashes, so that of more the first ones are a fair choice. */
    private static final int MOST_COMPARED = 50_000;

    private static final Comparator<Near> NEAREST_FIRST = Comparator.comparingDouble((Near near) -> -near.similarity())
            .thenComparing(near -> near.example().key());

    private final Recollection recollection;
    private final View view;
    private final Map<String, Recollection.Trace> traceByExample = new HashMap<>();

    /**
     * Another taught example.
     *
     * @param similarity 1 for equal inputs, about 0 for unrelated ones
     */
    public record Near(Example example, double similarity) {}

    /** As the first member sees it that reads words in context, or else the first one. */
    Neighbourhood(Recollection recollection, View contextual) {
        this.recollection = recollection;
        this.view = View.of(contextual.first());
        recollection
                .traces()
                .forEach(trace -> traceByExample.put(trace.known().example().id(), trace));
    }

    /** The examples nearest to another one, itself not among them, nearest first; none when it is not known here. */
    public List<Near> of(String exampleId, int count) {
        Recollection.Trace one = traceByExample.get(exampleId);
        if (one == null) {
            return List.of();
        }
        PriorityQueue<Near> nearest = new PriorityQueue<>(NEAREST_FIRST.reversed());
        List<Recollection.Trace> traces = recollection.traces();
        for (Recollection.Trace trace : traces.subList(0, Math.min(MOST_COMPARED, traces.size()))) {
            if (!trace.known().example().id().equals(exampleId)) {
                nearest.add(
                        new Near(trace.known().example(), 1 - view.squaredDistance(one.features(), trace.features())));
                if (nearest.size() > count) {
                    nearest.poll();
                }
            }
        }
        return nearest.stream().sorted(NEAREST_FIRST).toList();
    }
}
