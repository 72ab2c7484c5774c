// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.learn.TrainedAdapter;
import dev.perennial.train.FileHash;
import dev.perennial.train.RetainedFormat;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Writes what a training gave: a mark, the key of the training, what it gave, and the SHA-256 of all that. */
final class TrainedFile {
    private static final String MARK = "trained 1";
    private static final int HASH_LENGTH = 64;

    private TrainedFile() {}

    static byte[] content(String key, TrainedAdapter trained) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeUTF(MARK);
        out.writeUTF(key);
        write(trained.adapter(), out);
        out.writeLong(trained.parameters());
        out.writeInt(trained.steps());
        out.writeDouble(trained.cpuSeconds());
        out.writeLong(trained.peakBytes());
        out.writeInt(trained.losses().size());
        for (double loss : trained.losses()) {
            out.writeDouble(loss);
        }
        out.writeBoolean(trained.wasStopped());
        write(trained.information(), out);
        RetainedFormat.write(trained.retained(), out);
        out.writeBytes(FileHash.of(bytes.toByteArray()));
        return bytes.toByteArray();
    }

    private static void write(byte[] bytes, DataOutputStream out) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    /** What a training gave, all of it before a restart; empty when the content is damaged, or another training's. */
    static Optional<TrainedAdapter> read(String key, byte[] content) {
        int end = content.length - HASH_LENGTH;
        if (end < 0) {
            return Optional.empty();
        }
        byte[] signed = Arrays.copyOf(content, end);
        String hash = new String(content, end, HASH_LENGTH, StandardCharsets.US_ASCII);
        if (!FileHash.of(signed).equals(hash)) {
            return Optional.empty();
        }
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(signed))) {
            boolean same = in.readUTF().equals(MARK) && in.readUTF().equals(key);
            return same ? Optional.of(read(in)) : Optional.empty();
        } catch (IOException | RuntimeException damaged) {
            return Optional.empty();
        }
    }

    private static TrainedAdapter read(DataInputStream in) throws IOException {
        byte[] adapter = bytes(in);
        long parameters = in.readLong();
        int steps = in.readInt();
        double cpuSeconds = in.readDouble();
        long peakBytes = in.readLong();
        List<Double> losses = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            losses.add(in.readDouble());
        }
        return new TrainedAdapter(
                adapter,
                parameters,
                steps,
                cpuSeconds,
                peakBytes,
                losses,
                in.readBoolean(),
                bytes(in),
                RetainedFormat.read(in),
                losses.size());
    }

    private static byte[] bytes(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > in.available()) {
            throw new IOException("it ends too early");
        }
        return in.readNBytes(length);
    }
}
