// SPDX-License-Identifier: Apache-2.0
package dev.perennial.kge;

/** Items 0 to n - 1 by the bucket that each is in, in ascending order within a bucket. Immutable. */
final class Groups {
    private final int[] starts;
    private final int[] items;

    private Groups(int[] starts, int[] items) {
        this.starts = starts;
        this.items = items;
    }

    /** The bucket of each of the first {@code count} items. */
    static Groups of(int[] bucketOfItem, int count, int buckets) {
        int[] starts = new int[buckets + 1];
        for (int item = 0; item < count; item++) {
            starts[bucketOfItem[item] + 1]++;
        }
        for (int bucket = 0; bucket < buckets; bucket++) {
            starts[bucket + 1] += starts[bucket];
        }
        int[] next = starts.clone();
        int[] items = new int[count];
        for (int item = 0; item < count; item++) {
            items[next[bucketOfItem[item]]++] = item;
        }
        return new Groups(starts, items);
    }

    int start(int bucket) {
        return starts[bucket];
    }

    int end(int bucket) {
        return starts[bucket + 1];
    }

    int item(int at) {
        return items[at];
    }
}
