// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import dev.perennial.encode.Encoder;
import dev.perennial.encode.EncoderInfo.Pooling;
import dev.perennial.refusal.Refusal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * The encoders that ship with the service, as resources on the class path, pinned by SHA-256.
 *
 * <p>ONNX Runtime must load a model from a file, so each is unpacked once into a directory, under its hash as name.
 * Thread-safe, also between processes.
 */
public final class BundledModels {
    private static final System.Logger LOG = System.getLogger(BundledModels.class.getName());

    private final Path directory;
    private final Unpacking unpacking;

    /** @param directory where models are unpacked; created when absent */
    public BundledModels(Path directory) {
        this.directory = directory;
        this.unpacking = new Unpacking(directory);
    }

    /** The ONNX models that ship, in their order of cost; nothing is touched on disk. */
    public List<ModelFolder> folders() {
        return List.of(
                folder(
                        "all-minilm-l6-v2",
                        "759c3cd2b7fe7e93933ad23c4c9181b7396442a2ed746ec7c1d46192c469c46e",
                        "da0e79933b9ed51798a3ae27893d3c5fa4a201126cef75586296df9b4d2c62a0",
                        new Reading(Pooling.MEAN, "", 256, 22_565_376)),
                folder(
                        "bge-small-en-v1.5",
                        "828e1496d7fabb79cfa4dcd84fa38625c0d3d21da474a00f08db0f559940cf35",
                        "d241a60d5e8f04cc1b2b3e9ef7a4921b27bf526d9f6050ab90f9267a1f9e5c66",
                        new Reading(Pooling.CLS, "", 512, 33_212_160)),
                folder(
                        "e5-small-v2",
                        "b2a43b66f7f9b6f29643a21340ad7c03d2d91e6bd5d43429a77799a9ee880eb0",
                        "d241a60d5e8f04cc1b2b3e9ef7a4921b27bf526d9f6050ab90f9267a1f9e5c66",
                        new Reading(Pooling.MEAN, "query: ", 512, 33_212_160)));
    }

    private record Reading(Pooling pooling, String prefix, int window, long parameters) {}

    private ModelFolder folder(String id, String modelSha256, String tokenizerSha256, Reading reading) {
        return new ModelFolder(
                id,
                directory.resolve(modelSha256 + ".onnx"),
                directory.resolve(tokenizerSha256 + ".json"),
                modelSha256,
                tokenizerSha256,
                reading.pooling(),
                reading.prefix(),
                reading.window(),
                "fp32",
                reading.parameters());
    }

    /**
     * Opens shipped encoders side by side, in the order of their ids.
     *
     * @throws Refusal.NotFound when no shipped encoder has an id
     * @throws Refusal.Invalid when a file is corrupted and the class path cannot replace it
     */
    public List<Encoder> open(OnnxRuntime runtime, List<String> ids) {
        List<CompletableFuture<Encoder>> opening = ids.stream()
                .map(id -> CompletableFuture.supplyAsync(
                        () -> open(runtime, id), task -> new Thread(task, "open-" + id).start()))
                .toList();
        List<Encoder> encoders = new ArrayList<>();
        RuntimeException failure = null;
        for (CompletableFuture<Encoder> encoder : opening) {
            try {
                encoders.add(encoder.join());
            } catch (CompletionException e) {
                failure = e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e);
            }
        }
        if (failure != null) {
            encoders.forEach(Encoder::close);
            throw failure;
        }
        return List.copyOf(encoders);
    }

    private ModelFolder named(String id) {
        return folders().stream()
                .filter(folder -> folder.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new Refusal.NotFound("encoder", id));
    }

    private Encoder open(OnnxRuntime runtime, String id) {
        return id.equals(StaticEncoder.ID) ? table(BundledTable.read()) : open(runtime, named(id));
    }

    /**
     * What opens static encoders of other tables, once the one that ships was opened.
     *
     * @throws Refusal.NotFound when none ships
     */
    public StaticTables staticTables() {
        BundledTable table = BundledTable.read();
        return new StaticTables(table, named(table.teacher()));
    }

    private Encoder table(BundledTable table) {
        return table.open(unpacking, named(table.teacher()));
    }

    private Encoder open(OnnxRuntime runtime, ModelFolder folder) {
        unpackAbsent(folder);
        try {
            return runtime.open(folder);
        } catch (Refusal.Invalid corrupted) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "The files of {0} on disk are damaged and are replaced; look at the disk.",
                    folder.id());
            unpacking.unpack("/" + folder.id() + ".onnx", folder.model(), folder.modelSha256());
            unpacking.unpack("/" + folder.id() + "-tokenizer.json", folder.tokenizer(), folder.tokenizerSha256());
            return runtime.open(folder);
        }
    }

    private void unpackAbsent(ModelFolder folder) {
        if (!Files.exists(folder.model())) {
            unpacking.unpack("/" + folder.id() + ".onnx", folder.model(), folder.modelSha256());
        }
        if (!Files.exists(folder.tokenizer())) {
            unpacking.unpack("/" + folder.id() + "-tokenizer.json", folder.tokenizer(), folder.tokenizerSha256());
        }
    }
}
