// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A directory of graphs that share one file of weights, from which the runtime opens them. Large constants are written
 * there once and mapped into memory by each session that needs them, so that none of them lies on the Java heap.
 * Confined to one thread.
 */
final class Workplace implements AutoCloseable {
    private static final String WEIGHTS = "weights.bin";
    private static final int LARGE = 4096;
    private static final int PAGE = 65536;

    private final Path directory;
    private final OrtEnvironment environment;
    private final Device device;
    private final Map<String, TensorProto> written = new HashMap<>();
    private int graphs;

    /** @param directory empty, and used by nothing else while sessions are open */
    Workplace(Path directory, OrtEnvironment environment, Device device) {
        this.directory = directory;
        this.environment = environment;
        this.device = device;
    }

    /** Makes a directory of its own in another. */
    static Workplace in(Path directory, OrtEnvironment environment, Device device) throws IOException {
        return new Workplace(Files.createTempDirectory(directory, "training"), environment, device);
    }

    OrtEnvironment environment() {
        return environment;
    }

    /** Opens a graph as it is, for a trial in which every value can be asked for. */
    OrtSession openPlain(Network network, List<String> outputs) {
        return open(network, outputs, SessionOptions.OptLevel.NO_OPT);
    }

    OrtSession open(Network network, List<String> outputs) {
        return open(network, outputs, SessionOptions.OptLevel.ALL_OPT);
    }

    private OrtSession open(Network network, List<String> outputs, SessionOptions.OptLevel level) {
        Path file = directory.resolve("graph-" + graphs++ + ".onnx");
        try (SessionOptions options = new SessionOptions()) {
            write(network.model(outputs, this::stored), file);
            options.setOptimizationLevel(level);
            options.setIntraOpNumThreads(1);
            options.setInterOpNumThreads(1);
            options.addConfigEntry("session.intra_op.allow_spinning", "0");
            device.addTo(options);
            return environment.createSession(file.toString(), options);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime cannot open a graph that was made here, on " + device, e);
        }
    }

    private static void write(ModelProto model, Path file) throws IOException {
        try (OutputStream out = Files.newOutputStream(file)) {
            model.writeTo(out);
        }
    }

    /** Small constants stay in their graph, where the runtime can reason about them. */
    private TensorProto stored(TensorProto tensor) {
        if (!tensor.hasRawData() || tensor.getRawData().size() < LARGE) {
            return tensor;
        }
        return written.computeIfAbsent(tensor.getName(), name -> append(tensor));
    }

    private TensorProto append(TensorProto tensor) {
        try (FileChannel channel =
                FileChannel.open(directory.resolve(WEIGHTS), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            long offset = (channel.size() + PAGE - 1) / PAGE * PAGE;
            ByteBuffer bytes = tensor.getRawData().asReadOnlyByteBuffer();
            int length = bytes.remaining();
            channel.position(offset);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            return tensor.toBuilder()
                    .clearRawData()
                    .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                    .addExternalData(entry("location", WEIGHTS))
                    .addExternalData(entry("offset", Long.toString(offset)))
                    .addExternalData(entry("length", Integer.toString(length)))
                    .build();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static StringStringEntryProto.Builder entry(String key, String value) {
        return StringStringEntryProto.newBuilder().setKey(key).setValue(value);
    }

    /** Deletes the directory, once no session is open. */
    @Override
    public void close() {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
            Files.delete(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
