// SPDX-License-Identifier: Apache-2.0
package dev.perennial.benchmark;

import dev.perennial.encode.Encoded;
import dev.perennial.encode.Encoder;
import dev.perennial.encode.Encoders;
import dev.perennial.ensemble.Predictor;
import dev.perennial.task.Input;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Vectors of evaluation texts, kept on disk by encoder digest so that a repeated run does not encode again. */
final class CachedVectors {
    private static final int AT_ONCE = 256;

    private final Encoders encoders;
    private final Path directory;

    CachedVectors(Encoders encoders, Path directory) {
        this.encoders = encoders;
        this.directory = directory;
    }

    List<Encoded> of(String name, List<Input> inputs) throws IOException {
        List<List<float[]>> byMember = new ArrayList<>();
        for (Encoder encoder : encoders.ready()) {
            byMember.add(ofMember(encoder, name, inputs));
        }
        List<Encoded> encoded = new ArrayList<>();
        for (int i = 0; i < inputs.size(); i++) {
            List<float[]> vectors = new ArrayList<>();
            for (List<float[]> ofMember : byMember) {
                vectors.add(ofMember.get(i));
            }
            encoded.add(new Encoded(vectors, false));
        }
        return encoded;
    }

    private List<float[]> ofMember(Encoder encoder, String name, List<Input> inputs) throws IOException {
        Path file =
                directory.resolve(encoder.info().digest().substring(0, 12)).resolve(name.replace('/', '-') + ".f32");
        if (Files.exists(file)) {
            return read(file, inputs.size());
        }
        List<float[]> vectors = new ArrayList<>();
        for (int from = 0; from < inputs.size(); from += AT_ONCE) {
            List<Input> batch = inputs.subList(from, Math.min(inputs.size(), from + AT_ONCE));
            for (Encoded encoded : Predictor.encode(encoders, List.of(encoder), batch)) {
                vectors.add(encoded.vectors().get(0));
            }
        }
        write(file, vectors);
        return vectors;
    }

    private static List<float[]> read(Path file, int count) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        int length = bytes.remaining() / Float.BYTES / count;
        List<float[]> vectors = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            float[] vector = new float[length];
            for (int k = 0; k < length; k++) {
                vector[k] = bytes.getFloat();
            }
            vectors.add(vector);
        }
        return vectors;
    }

    private static void write(Path file, List<float[]> vectors) throws IOException {
        Files.createDirectories(file.getParent());
        ByteBuffer bytes = ByteBuffer.allocate(vectors.size() * vectors.get(0).length * Float.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN);
        for (float[] vector : vectors) {
            for (float component : vector) {
                bytes.putFloat(component);
            }
        }
        Files.write(file, bytes.array());
    }
}
