// SPDX-License-Identifier: Apache-2.0
package dev.perennial.feedback;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Groups things by average linkage, cut at a distance. */
final class AverageLinkage {
    /*
     * Two groups are as far apart as their members are on average (UPGMA), and the nearest two become one until none are
     * within the distance. Instead of looking for the nearest two of all, a chain goes from a group to its nearest one,
     * to that one's nearest, and so on, until two are nearest to each other (Murtagh, A survey of recent advances in
     * hierarchical clustering algorithms, 1983): such two are joined in any case, since joining others never brings
     * anything nearer. A group whose nearest one is beyond the distance is done for the same reason. Takes time and
     * memory with the square of the number of things. Of groups equally near, that of the first thing is taken.
     */

    /** The distance of two things. */
    @FunctionalInterface
    interface Distance {
        double between(int first, int second);
    }

    private final int count;
    /** Distances of groups, each named by its first thing; row {@code i} has those to the ones before. */
    private final float[][] distances;

    private final int[] sizes;
    private final int[] groups;
    private final boolean[] open;

    private AverageLinkage(int count, Distance distance) {
        this.count = count;
        this.distances = new float[count][];
        this.sizes = new int[count];
        this.groups = new int[count];
        this.open = new boolean[count];
        for (int i = 0; i < count; i++) {
            distances[i] = new float[i];
            for (int j = 0; j < i; j++) {
                distances[i][j] = (float) distance.between(i, j);
            }
            sizes[i] = 1;
            groups[i] = i;
            open[i] = true;
        }
    }

    /**
     * Groups of things that are no farther apart than a distance, largest first.
     *
     * @param count things are named by the numbers below
     */
    static List<List<Integer>> groups(int count, Distance distance, double farthest) {
        AverageLinkage linkage = new AverageLinkage(count, distance);
        linkage.join(farthest);
        return linkage.groups();
    }

    private void join(double farthest) {
        Deque<Integer> chain = new ArrayDeque<>();
        for (int start = 0; start < count; start++) {
            while (open[start]) {
                if (chain.isEmpty()) {
                    chain.push(start);
                }
                step(chain, farthest);
            }
        }
    }

    private void step(Deque<Integer> chain, double farthest) {
        int last = chain.pop();
        int before = chain.isEmpty() ? -1 : chain.peek();
        int nearest = nearest(last, before);
        if (nearest < 0 || distance(last, nearest) > farthest) {
            open[last] = false;
        } else if (nearest == before) {
            chain.pop();
            merge(Math.min(last, before), Math.max(last, before));
        } else {
            chain.push(last);
            chain.push(nearest);
        }
    }

    /** The open group nearest to one; the preferred one, if it is as near as any. */
    private int nearest(int group, int preferred) {
        int nearest = preferred;
        for (int other = 0; other < count; other++) {
            boolean isNearer =
                    open[other] && other != group && (nearest < 0 || distance(group, other) < distance(group, nearest));
            nearest = isNearer ? other : nearest;
        }
        return nearest;
    }

    private void merge(int first, int second) {
        for (int other = 0; other < count; other++) {
            if (open[other] && other != first && other != second) {
                double sum = (double) sizes[first] * distance(first, other)
                        + (double) sizes[second] * distance(second, other);
                put(first, other, (float) (sum / (sizes[first] + sizes[second])));
            }
        }
        sizes[first] += sizes[second];
        open[second] = false;
        groups[second] = first;
    }

    private float distance(int one, int other) {
        return one > other ? distances[one][other] : distances[other][one];
    }

    private void put(int one, int other, float distance) {
        distances[Math.max(one, other)][Math.min(one, other)] = distance;
    }

    private List<List<Integer>> groups() {
        Map<Integer, List<Integer>> members = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            int group = i;
            while (groups[group] != group) {
                group = groups[group];
            }
            members.computeIfAbsent(group, first -> new ArrayList<>()).add(i);
        }
        return members.values().stream()
                .sorted(Comparator.comparing((List<Integer> group) -> -group.size()))
                .toList();
    }
}
