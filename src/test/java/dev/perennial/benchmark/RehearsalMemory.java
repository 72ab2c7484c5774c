// SPDX-License-Identifier: Apache-2.0
package dev.perennial.benchmark;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * So many rows of all that came, as equally many of each label as possible (the greedy sampler of Prabhu et al. 2020):
 * when it is full, a row of a label that has fewer than another takes the place of a random row of a label that has
 * most. For one thread.
 */
final class RehearsalMemory {
    private final int capacity;
    private final Random random;
    private final List<StreamRow> rows = new ArrayList<>();
    private final Map<Integer, Integer> countByLabel = new HashMap<>();

    RehearsalMemory(int capacity, Random random) {
        this.capacity = capacity;
        this.random = random;
    }

    /** What is kept. */
    List<StreamRow> rows() {
        return List.copyOf(rows);
    }

    boolean isEmpty() {
        return rows.isEmpty();
    }

    /** Keeps a row if it is one of those to keep. */
    void offer(StreamRow row) {
        if (rows.size() < capacity) {
            rows.add(row);
            countByLabel.merge(row.label(), 1, Integer::sum);
            return;
        }
        int most =
                countByLabel.values().stream().mapToInt(Integer::intValue).max().orElse(0);
        if (countByLabel.getOrDefault(row.label(), 0) >= most) {
            return;
        }
        List<Integer> places = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            if (countByLabel.get(rows.get(i).label()) == most) {
                places.add(i);
            }
        }
        int place = places.get(random.nextInt(places.size()));
        countByLabel.merge(rows.get(place).label(), -1, Integer::sum);
        rows.set(place, row);
        countByLabel.merge(row.label(), 1, Integer::sum);
    }

    /** Rows drawn with replacement; none when nothing is kept. */
    List<StreamRow> draw(int count) {
        List<StreamRow> drawn = new ArrayList<>();
        for (int i = 0; i < count && !rows.isEmpty(); i++) {
            drawn.add(rows.get(random.nextInt(rows.size())));
        }
        return drawn;
    }
}
