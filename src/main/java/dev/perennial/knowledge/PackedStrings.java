// SPDX-License-Identifier: Apache-2.0
package dev.perennial.knowledge;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Different strings, numbered from 0 in the order in which they come, as UTF-8 in one array, found by an open-addressed
 * table: 16 bytes and the letters a string. While one thread adds, no other may read; a set that is added to no more is
 * safe for concurrent use.
 */
final class PackedStrings {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long FACTOR = 0x9e3779b97f4a7c15L;

    private byte[] bytes;
    private int[] ends;

    /** A string's number plus 1; 0 where there is none. At most half of it is taken. */
    private int[] slots;

    private int size;

    PackedStrings() {
        this(new byte[64], new int[8], new int[16], 0);
    }

    private PackedStrings(byte[] bytes, int[] ends, int[] slots, int size) {
        this.bytes = bytes;
        this.ends = ends;
        this.slots = slots;
        this.size = size;
    }

    int size() {
        return size;
    }

    /** Number of the string, or -1. */
    int find(String string) {
        byte[] utf8 = string.getBytes(StandardCharsets.UTF_8);
        return find(utf8, 0, utf8.length);
    }

    /** Number of the string in these bytes, or -1. */
    int find(byte[] from, int begin, int end) {
        return slots[slot(from, begin, end)] - 1;
    }

    int add(String string) {
        byte[] utf8 = string.getBytes(StandardCharsets.UTF_8);
        return add(utf8, 0, utf8.length);
    }

    /** Number of the string in these bytes, which is new when it was not there. */
    int add(byte[] from, int begin, int end) {
        int slot = slot(from, begin, end);
        if (slots[slot] == 0) {
            append(from, begin, end);
            slots[slot] = size;
            if (2 * size > slots.length) {
                rehash();
            }
            return size - 1;
        }
        return slots[slot] - 1;
    }

    String get(int number) {
        int begin = begin(number);
        return new String(bytes, begin, ends[number] - begin, StandardCharsets.UTF_8);
    }

    PackedStrings copy() {
        return new PackedStrings(bytes.clone(), ends.clone(), slots.clone(), size);
    }

    /** The same strings without room for more. */
    PackedStrings trimmed() {
        return new PackedStrings(Arrays.copyOf(bytes, length()), Arrays.copyOf(ends, size), slots, size);
    }

    long memory() {
        return bytes.length + (long) Integer.BYTES * (ends.length + slots.length);
    }

    private int length() {
        return size == 0 ? 0 : ends[size - 1];
    }

    private int begin(int number) {
        return number == 0 ? 0 : ends[number - 1];
    }

    private void append(byte[] from, int begin, int end) {
        int at = length();
        if (end - begin > bytes.length - at) {
            bytes = Arrays.copyOf(bytes, ByteSink.grown(at, end - begin));
        }
        if (size == ends.length) {
            ends = Arrays.copyOf(ends, ByteSink.grown(size, 1));
        }
        System.arraycopy(from, begin, bytes, at, end - begin);
        ends[size++] = at + end - begin;
    }

    private int slot(byte[] from, int begin, int end) {
        int mask = slots.length - 1;
        int slot = (int) hash(from, begin, end) & mask;
        while (slots[slot] != 0 && !isSame(slots[slot] - 1, from, begin, end)) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private boolean isSame(int number, byte[] from, int begin, int end) {
        return Arrays.equals(bytes, begin(number), ends[number], from, begin, end);
    }

    private void rehash() {
        int[] wider = new int[Math.multiplyExact(2, slots.length)];
        int mask = wider.length - 1;
        for (int number = 0; number < size; number++) {
            int slot = (int) hash(bytes, begin(number), ends[number]) & mask;
            while (wider[slot] != 0) {
                slot = (slot + 1) & mask;
            }
            wider[slot] = number + 1;
        }
        slots = wider;
    }

    /** A number that depends on all bytes, in all its bits. */
    static long hash(byte[] from, int begin, int end) {
        long hash = (long) end - begin;
        int i = begin;
        for (; i + Long.BYTES <= end; i += Long.BYTES) {
            hash = mixed(hash ^ (long) LONGS.get(from, i));
        }
        long rest = 0;
        for (; i < end; i++) {
            rest = (rest << Byte.SIZE) | (from[i] & 0xff);
        }
        return mixed(hash ^ rest);
    }

    private static long mixed(long bits) {
        long product = bits * FACTOR;
        product = (product ^ (product >>> 32)) * FACTOR;
        return product ^ (product >>> 29);
    }
}
