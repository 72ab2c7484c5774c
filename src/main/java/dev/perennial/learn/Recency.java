// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.ensemble.Known;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How much older examples count beside recent ones: {@code (1 - rest)} times the statistics of the recent plus
 * {@code rest} times those of all.
 *
 * @param window how many of the latest examples are recent
 * @param rest how much each other one counts of what it says, in (0, 1]
 */
public record Recency(int window, double rest) {
    /** All count as they say. */
    public static final Recency NONE = new Recency(Integer.MAX_VALUE, 1);

    /** By the ids of examples, what those that are not recent count; the others count as they say. */
    Map<String, Double> shares(Collection<Known> known) {
        Map<String, Double> shares = new HashMap<>();
        if (rest < 1 && window < known.size()) {
            List<String> latest = latestFirst(known);
            latest.subList(window, latest.size()).forEach(id -> shares.put(id, rest));
        }
        return shares;
    }

    /** Ids of examples; they are sortable in the order of teaching. */
    static List<String> latestFirst(Collection<Known> known) {
        return known.stream()
                .map(each -> each.example().id())
                .sorted(Comparator.reverseOrder())
                .toList();
    }
}
