// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;

/** Zeroed buffers outside the heap, which ONNX Runtime reads and writes without a copy. */
final class DirectBuffers {
    private DirectBuffers() {}

    static FloatBuffer floats(int count) {
        return bytes(count * Float.BYTES).asFloatBuffer();
    }

    static IntBuffer ints(int count) {
        return bytes(count * Integer.BYTES).asIntBuffer();
    }

    static LongBuffer longs(int count) {
        return bytes(count * Long.BYTES).asLongBuffer();
    }

    private static ByteBuffer bytes(int count) {
        return ByteBuffer.allocateDirect(count).order(ByteOrder.nativeOrder());
    }
}
