// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes an encoder's weights anew, its matrices and its words as bytes with their scales. What is made depends on the
 * weights alone, so it is the same everywhere. For one thread.
 */
final class QuantisedWeights {
    /** To be increased whenever the same weights give other bytes, or are multiplied in another way. */
    static final int VERSION = 1;

    private static final int ALIGNMENT = 64;
    private static final int BLOCK = 512;

    private final FileChannel original;
    private final StoredWeights stored;
    private final OutputStream out;
    private final Map<String, StoredWeights.Weight> written = new HashMap<>();
    private long offset;

    /**
     * Appends to a stream.
     *
     * @param original file that {@code stored} is about
     * @param offset of the next byte in the file that is written
     */
    QuantisedWeights(FileChannel original, StoredWeights stored, OutputStream out, long offset) {
        this.original = original;
        this.stored = stored;
        this.out = out;
        this.offset = offset;
    }

    /** Name of the scales of what is kept as bytes. */
    static String scales(String matrix) {
        return matrix + " scales";
    }

    /** Writes all weights and says where they lie. */
    StoredWeights write(BertGraph.Weights weights) throws IOException {
        rows(weights.words());
        copy(weights.positions());
        copy(weights.types());
        copy(weights.embeddingNorm());
        for (BertGraph.Layer layer : weights.layers()) {
            for (BertGraph.Linear linear :
                    List.of(layer.query(), layer.key(), layer.value(), layer.output(), layer.up(), layer.down())) {
                columns(linear.matrix());
                copy(linear.bias());
            }
            copy(layer.outputNorm());
            copy(layer.downNorm());
        }
        return new StoredWeights(Map.copyOf(written));
    }

    /** Block after block, as a table of words is larger than everything else together. */
    private void rows(String name) throws IOException {
        StoredWeights.Weight weight = stored.get(name);
        int rows = weight.dimensions().get(0).intValue();
        int columns = weight.dimensions().get(1).intValue();
        ByteBuffer scales = ByteBuffer.allocate(rows * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        place(name, DataType.INT8_VALUE, weight.dimensions(), (long) rows * columns);
        for (int row = 0; row < rows; row += BLOCK) {
            long from = weight.offset() + (long) row * columns * Float.BYTES;
            byte[] block = bytes(from, Math.min(BLOCK, rows - row) * columns * Float.BYTES);
            QuantisedMatrix quantised = QuantisedMatrix.byRows(floats(block), columns);
            out.write(quantised.bytes());
            scales.asFloatBuffer().put(row, quantised.scales());
        }
        append(scales(name), DataType.FLOAT_VALUE, List.of((long) rows, 1L), scales.array());
    }

    private void columns(String name) throws IOException {
        StoredWeights.Weight weight = stored.get(name);
        int columns = weight.dimensions().get(1).intValue();
        QuantisedMatrix quantised = QuantisedMatrix.byColumns(floats(bytes(weight)), columns);
        append(name, DataType.INT8_VALUE, weight.dimensions(), quantised.bytes());
        ByteBuffer scales = ByteBuffer.allocate(columns * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        scales.asFloatBuffer().put(quantised.scales());
        append(scales(name), DataType.FLOAT_VALUE, List.of((long) columns), scales.array());
    }

    private void copy(BertGraph.Norm norm) throws IOException {
        copy(norm.scale());
        copy(norm.bias());
    }

    private void copy(String name) throws IOException {
        StoredWeights.Weight weight = stored.get(name);
        append(name, weight.type(), weight.dimensions(), bytes(weight));
    }

    private void append(String name, int type, List<Long> shape, byte[] bytes) throws IOException {
        place(name, type, shape, bytes.length);
        out.write(bytes);
    }

    /** Says that a weight is written next. */
    private void place(String name, int type, List<Long> shape, long length) throws IOException {
        int padding = (int) (-offset & (ALIGNMENT - 1));
        out.write(new byte[padding]);
        written.put(name, new StoredWeights.Weight(type, shape, offset + padding, length));
        offset += padding + length;
    }

    private static float[] floats(byte[] bytes) {
        float[] floats = new float[bytes.length / Float.BYTES];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(floats);
        return floats;
    }

    private byte[] bytes(StoredWeights.Weight weight) throws IOException {
        return bytes(weight.offset(), Math.toIntExact(weight.length()));
    }

    private byte[] bytes(long from, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining()) {
            if (original.read(bytes, from + bytes.position()) < 0) {
                throw new EOFException("a weight ends beyond the file");
            }
        }
        return bytes.array();
    }
}
