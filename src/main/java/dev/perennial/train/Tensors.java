// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import com.google.protobuf.UnsafeByteOperations;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Stored tensors of ONNX files: making them, and reading their numbers. */
final class Tensors {
    private Tensors() {}

    static TensorProto ofFloats(String name, long[] dimensions, float... values) {
        ByteBuffer bytes = bytes(values.length * Float.BYTES);
        bytes.asFloatBuffer().put(values);
        return tensor(name, DataType.FLOAT_VALUE, dimensions, bytes);
    }

    /** A vector of integers. */
    static TensorProto ofLongs(String name, long... values) {
        ByteBuffer bytes = bytes(values.length * Long.BYTES);
        bytes.asLongBuffer().put(values);
        return tensor(name, DataType.INT64_VALUE, new long[] {values.length}, bytes);
    }

    /** A scalar of a floating-point type, a number of {@code TensorProto.DataType}. */
    static TensorProto ofScalar(String name, int type, double value) {
        TensorProto.Builder scalar = TensorProto.newBuilder().setName(name).setDataType(type);
        return switch (type) {
            case DataType.DOUBLE_VALUE -> scalar.addDoubleData(value).build();
            case DataType.FLOAT16_VALUE ->
                scalar.addInt32Data(HalfFloats.bits((float) value)).build();
            case DataType.FLOAT_VALUE -> scalar.addFloatData((float) value).build();
            default -> throw new IllegalArgumentException("not a floating-point type: " + type);
        };
    }

    private static TensorProto tensor(String name, int type, long[] dimensions, ByteBuffer bytes) {
        TensorProto.Builder tensor = TensorProto.newBuilder().setName(name).setDataType(type);
        for (long dimension : dimensions) {
            tensor.addDims(dimension);
        }
        return tensor.setRawData(UnsafeByteOperations.unsafeWrap(bytes)).build();
    }

    private static ByteBuffer bytes(int count) {
        return ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The numbers of a tensor in single precision. */
    static float[] floats(TensorProto tensor) {
        if (tensor.getDataType() != DataType.FLOAT_VALUE) {
            throw new IllegalArgumentException("not of single precision: " + tensor.getName());
        }
        float[] values = new float[Math.toIntExact(count(tensor))];
        if (tensor.hasRawData()) {
            raw(tensor).asFloatBuffer().get(values);
        } else {
            for (int i = 0; i < values.length; i++) {
                values[i] = tensor.getFloatData(i);
            }
        }
        return values;
    }

    static long[] longs(TensorProto tensor) {
        if (tensor.getDataType() != DataType.INT64_VALUE) {
            throw new IllegalArgumentException("not of integers: " + tensor.getName());
        }
        long[] values = new long[Math.toIntExact(count(tensor))];
        if (tensor.hasRawData()) {
            raw(tensor).asLongBuffer().get(values);
        } else {
            Arrays.setAll(values, tensor::getInt64Data);
        }
        return values;
    }

    private static ByteBuffer raw(TensorProto tensor) {
        return tensor.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    static long[] dimensions(TensorProto tensor) {
        return tensor.getDimsList().stream().mapToLong(Long::longValue).toArray();
    }

    static long count(TensorProto tensor) {
        return count(dimensions(tensor));
    }

    static long count(long[] dimensions) {
        return Arrays.stream(dimensions).reduce(1, Math::multiplyExact);
    }
}
