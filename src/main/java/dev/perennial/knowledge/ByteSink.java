// SPDX-License-Identifier: Apache-2.0
package dev.perennial.knowledge;

import java.util.Arrays;

/** Bytes that are appended one after the other. Owned by one thread. */
final class ByteSink {
    private static final int SEVEN_BITS = 0x7f;
    private static final int MORE = 0x80;

    private byte[] bytes;
    private int size;

    ByteSink(int capacity) {
        this.bytes = new byte[capacity];
    }

    int size() {
        return size;
    }

    /** What was appended is at the beginning; valid until more is appended. */
    byte[] bytes() {
        return bytes;
    }

    byte[] toArray() {
        return Arrays.copyOf(bytes, size);
    }

    void clear() {
        size = 0;
    }

    void add(int value) {
        if (size == bytes.length) {
            bytes = Arrays.copyOf(bytes, grown(size, 1));
        }
        bytes[size++] = (byte) value;
    }

    void add(byte[] more, int from, int to) {
        int length = to - from;
        if (length > bytes.length - size) {
            bytes = Arrays.copyOf(bytes, grown(size, length));
        }
        System.arraycopy(more, from, bytes, size, length);
        size += length;
    }

    /** Appends a number that is not negative: seven bits a byte, the low ones first. */
    void addNumber(int number) {
        int left = number;
        while (left > SEVEN_BITS) {
            add((left & SEVEN_BITS) | MORE);
            left >>>= Byte.SIZE - 1;
        }
        add(left);
    }

    /** Appends a code point as UTF-8. */
    void addCodePoint(int point) {
        if (point < 0x80) {
            add(point);
        } else if (point < 0x800) {
            add(0xc0 | (point >> 6));
            add(0x80 | (point & 0x3f));
        } else {
            if (point < 0x10000) {
                add(0xe0 | (point >> 12));
            } else {
                add(0xf0 | (point >> 18));
                add(0x80 | ((point >> 12) & 0x3f));
            }
            add(0x80 | ((point >> 6) & 0x3f));
            add(0x80 | (point & 0x3f));
        }
    }

    /** A capacity for {@code more} beside {@code size} that makes growing cheap. */
    static int grown(int size, int more) {
        return (int) Math.min(Integer.MAX_VALUE - Long.BYTES, Math.max((long) size + more, size + (size >> 1) + 16L));
    }
}
