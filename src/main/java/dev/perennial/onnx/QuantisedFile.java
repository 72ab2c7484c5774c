// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * A file of {@link QuantisedWeights} and the graph that reads them: the hash of all that follows, the weights, the
 * graph, and the graph's length.
 *
 * @param path of the file, whose name the graph holds
 */
record QuantisedFile(Path path) {
    private static final int HASH_BYTES = 64;
    private static final int BUFFER = 1 << 16;

    /** Where the file of a model is in a directory. */
    static QuantisedFile of(ModelFolder model, Path directory) {
        String version = QuantisedWeights.VERSION + "." + PackedGraph.VERSION;
        return new QuantisedFile(directory.resolve(model.modelSha256() + "-" + version + ".int8"));
    }

    /** Its graph; empty when the file is absent, or not as it was written. */
    Optional<byte[]> graph() {
        try (FileChannel channel = FileChannel.open(path)) {
            if (!hash().equals(StandardCharsets.US_ASCII
                    .decode(read(channel, 0, HASH_BYTES))
                    .toString())) {
                return Optional.empty();
            }
            long end = channel.size() - Integer.BYTES;
            int length = read(channel, end, Integer.BYTES).getInt();
            return Optional.of(read(channel, end - length, length).array());
        } catch (IOException absent) {
            return Optional.empty();
        }
    }

    /** @param heads attention heads of a layer */
    void write(ModelFolder model, int heads) throws IOException {
        StoredWeights stored = StoredWeights.read(model.model());
        BertGraph.Weights weights = BertGraph.weights(
                        OnnxScan.parse(model.model()).getGraph(), stored)
                .orElseThrow(() -> new IllegalArgumentException("not the weights of a BERT encoder"));
        try (FileChannel original = FileChannel.open(model.model());
                FileChannel channel = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER);
            out.write(new byte[HASH_BYTES]);
            StoredWeights written = new QuantisedWeights(original, stored, out, HASH_BYTES).write(weights);
            GraphNodes nodes = new GraphNodes(written, path.getFileName().toString());
            byte[] graph = PackedGraph.write(weights, nodes, new ByteProducts(nodes), heads);
            out.write(graph);
            out.write(ByteBuffer.allocate(Integer.BYTES).putInt(graph.length).array());
            out.flush();
            channel.write(StandardCharsets.US_ASCII.encode(hash()), 0);
            channel.force(true);
        }
    }

    private String hash() throws IOException {
        try (InputStream in = Files.newInputStream(path)) {
            in.skipNBytes(HASH_BYTES);
            return Sha256.copy(in, OutputStream.nullOutputStream());
        }
    }

    private static ByteBuffer read(FileChannel channel, long from, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining() && channel.read(bytes, from + bytes.position()) >= 0) {
            // until everything is there
        }
        return bytes.flip();
    }
}
