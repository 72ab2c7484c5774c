// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where the weights of an ONNX file lie in it, so that another graph can refer to them there instead of copying them.
 * Only tensors that are stored as raw bytes are listed.
 *
 * @param byName by the names of the initializers
 */
record StoredWeights(Map<String, Weight> byName) {
    private static final int GRAPH_OF_MODEL = 7;
    private static final int INITIALIZER_OF_GRAPH = 5;
    private static final int DIMENSION_OF_TENSOR = 1;
    private static final int TYPE_OF_TENSOR = 2;
    private static final int NAME_OF_TENSOR = 8;
    private static final int RAW_BYTES_OF_TENSOR = 9;

    /**
     * One tensor.
     *
     * @param type a number of {@code TensorProto.DataType}
     * @param dimensions lengths of its axes
     * @param offset of its first byte in the file
     * @param length in bytes
     */
    record Weight(int type, List<Long> dimensions, long offset, long length) {}

    /** @throws IllegalArgumentException when there is none of the name */
    Weight get(String name) {
        return find(name).orElseThrow(() -> new IllegalArgumentException("no weight " + name));
    }

    Optional<Weight> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    static StoredWeights read(Path model) throws IOException {
        try (FileChannel channel = FileChannel.open(model)) {
            ByteBuffer mapped = channel.map(MapMode.READ_ONLY, 0, channel.size());
            CodedInputStream in = CodedInputStream.newInstance(mapped);
            in.enableAliasing(true);
            Map<String, Weight> byName = new HashMap<>();
            forEach(in, GRAPH_OF_MODEL, () -> forEach(in, INITIALIZER_OF_GRAPH, () -> addTensor(in, byName)));
            return new StoredWeights(Map.copyOf(byName));
        }
    }

    private interface Reading {
        void run() throws IOException;
    }

    /** Reads the fields of a message, one of them by {@code reading} and the others not at all. */
    private static void forEach(CodedInputStream in, int field, Reading reading) throws IOException {
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (WireFormat.getTagFieldNumber(tag) == field) {
                int outer = in.pushLimit(in.readRawVarint32());
                reading.run();
                in.popLimit(outer);
            } else {
                in.skipField(tag);
            }
        }
    }

    private static void addTensor(CodedInputStream in, Map<String, Weight> byName) throws IOException {
        String name = "";
        int type = 0;
        List<Long> dimensions = new ArrayList<>();
        long offset = -1;
        int length = 0;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            boolean packed = WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED;
            switch (WireFormat.getTagFieldNumber(tag)) {
                case NAME_OF_TENSOR -> name = in.readString();
                case TYPE_OF_TENSOR -> type = in.readInt32();
                case DIMENSION_OF_TENSOR -> {
                    if (packed) {
                        int outer = in.pushLimit(in.readRawVarint32());
                        while (!in.isAtEnd()) {
                            dimensions.add(in.readInt64());
                        }
                        in.popLimit(outer);
                    } else {
                        dimensions.add(in.readInt64());
                    }
                }
                case RAW_BYTES_OF_TENSOR -> {
                    length = in.readRawVarint32();
                    offset = in.getTotalBytesRead();
                    in.skipRawBytes(length);
                }
                default -> in.skipField(tag);
            }
        }
        if (offset >= 0) {
            byName.put(name, new Weight(type, List.copyOf(dimensions), offset, length));
        }
    }
}
