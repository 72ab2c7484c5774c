// SPDX-License-Identifier: Apache-2.0
package dev.perennial.kge;

import dev.perennial.math.FloatMatrix;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.IntUnaryOperator;

/**
 * All that a training needs to go on, between two epochs. As a stream: a mark, the settings, the sizes, and the numbers
 * of the matrices, all big-endian.
 */
record TrainingState(
        TrainingSettings settings,
        int epochs,
        GraphVectors vectors,
        FloatMatrix entitySquares,
        FloatMatrix relationSquares) {
    private static final int MARK = 0x504B4731;
    private static final int CHUNK = 1 << 14;

    TrainingState atEpoch(int epoch) {
        return new TrainingState(settings, epoch, vectors, entitySquares, relationSquares);
    }

    void writeTo(OutputStream stream) throws IOException {
        DataOutputStream out = new DataOutputStream(new BufferedOutputStream(stream));
        out.writeInt(MARK);
        write(settings, out);
        out.writeInt(epochs);
        out.writeInt(vectors.entities().rows());
        out.writeInt(vectors.relations().rows());
        write(vectors.entities(), out);
        write(vectors.relations(), out);
        write(entitySquares, out);
        write(relationSquares, out);
        out.flush();
    }

    static TrainingState read(InputStream stream, int entities, int relations) throws IOException {
        DataInputStream in = new DataInputStream(new BufferedInputStream(stream));
        if (in.readInt() != MARK) {
            throw new IOException("not the state of a training");
        }
        TrainingSettings settings = readSettings(in);
        int epochs = in.readInt();
        if (in.readInt() != entities || in.readInt() != 2 * relations) {
            throw new IOException("the state of a training with other entities or relations");
        }
        int entityWidth = width(settings.model()::entityWidth, settings.rank());
        int relationWidth = width(settings.model()::relationWidth, settings.rank());
        GraphVectors vectors = new GraphVectors(
                settings.model(),
                settings.rank(),
                readMatrix(entities, entityWidth, in),
                readMatrix(2 * relations, relationWidth, in));
        return new TrainingState(
                settings,
                epochs,
                vectors,
                readMatrix(entities, entityWidth, in),
                readMatrix(2 * relations, relationWidth, in));
    }

    private static void write(TrainingSettings settings, DataOutputStream out) throws IOException {
        out.writeUTF(settings.model().name());
        out.writeInt(settings.rank());
        out.writeInt(settings.epochs());
        out.writeInt(settings.batch());
        out.writeInt(settings.negatives());
        out.writeFloat(settings.learningRate());
        out.writeFloat(settings.initialScale());
        out.writeFloat(settings.regularization());
        out.writeFloat(settings.relationWeight());
        out.writeFloat(settings.margin());
        out.writeFloat(settings.temperature());
        out.writeLong(settings.seed());
    }

    private static TrainingSettings readSettings(DataInputStream in) throws IOException {
        try {
            return new TrainingSettings(
                    GraphModel.valueOf(in.readUTF()),
                    in.readInt(),
                    in.readInt(),
                    in.readInt(),
                    in.readInt(),
                    in.readFloat(),
                    in.readFloat(),
                    in.readFloat(),
                    in.readFloat(),
                    in.readFloat(),
                    in.readFloat(),
                    in.readLong());
        } catch (IllegalArgumentException wrong) {
            throw new IOException("settings that no training has", wrong);
        }
    }

    private static void write(FloatMatrix matrix, DataOutputStream out) throws IOException {
        float[] data = matrix.data();
        ByteBuffer bytes = ByteBuffer.allocate(CHUNK * Float.BYTES);
        for (int from = 0; from < data.length; from += CHUNK) {
            int count = Math.min(CHUNK, data.length - from);
            bytes.asFloatBuffer().put(data, from, count);
            out.write(bytes.array(), 0, count * Float.BYTES);
        }
    }

    private static int width(IntUnaryOperator widthOfRank, int rank) throws IOException {
        try {
            return widthOfRank.applyAsInt(rank);
        } catch (ArithmeticException tooLarge) {
            throw new IOException("settings that no training has", tooLarge);
        }
    }

    /** Takes memory as numbers come, because what a damaged stream announces may be anything. */
    private static FloatMatrix readMatrix(int rows, int columns, DataInputStream in) throws IOException {
        long numbers = (long) rows * columns;
        if (numbers > Integer.MAX_VALUE) {
            throw new IOException("more numbers than a training has");
        }
        int length = (int) numbers;
        float[] data = new float[Math.min(length, CHUNK)];
        ByteBuffer bytes = ByteBuffer.allocate(CHUNK * Float.BYTES);
        for (int from = 0; from < length; from += CHUNK) {
            int count = Math.min(CHUNK, length - from);
            in.readFully(bytes.array(), 0, count * Float.BYTES);
            if (from + count > data.length) {
                data = Arrays.copyOf(data, (int) Math.min(length, 2L * data.length));
            }
            bytes.asFloatBuffer().get(data, from, count);
        }
        return new FloatMatrix(rows, columns, data);
    }
}
