// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.util.Arrays;

/**
 * What is known of a value of a graph before it runs.
 *
 * @param type a number of {@code TensorProto.DataType}
 * @param dimensions lengths of its axes in a trial run, where no length that varies was 1
 * @param fixed for each axis, whether its length is the same in every run
 */
@SuppressWarnings("ArrayRecordComponent")
record Value(int type, long[] dimensions, boolean[] fixed) {
    static Value of(int type, long[] dimensions) {
        boolean[] fixed = new boolean[dimensions.length];
        Arrays.fill(fixed, true);
        return new Value(type, dimensions, fixed);
    }

    int rank() {
        return dimensions.length;
    }

    /** Whether it has a derivative. */
    boolean isContinuous() {
        return type == DataType.FLOAT_VALUE || type == DataType.DOUBLE_VALUE || type == DataType.FLOAT16_VALUE;
    }

    /** An axis counted from the first, also when it was counted from the last. */
    int axis(long axis) {
        return Math.toIntExact(axis < 0 ? axis + rank() : axis);
    }
}
