// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import ai.djl.engine.Engine;
import ai.djl.engine.StandardCapabilities;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;
import dev.perennial.encode.Encoder;
import dev.perennial.encode.EncoderInfo;
import dev.perennial.encode.Passage;
import dev.perennial.refusal.Refusal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * ONNX Runtime in this process: the one place where encoders are opened.
 *
 * <p>DJL's engine owns the process-wide environment and must create it before anything else touches the runtime, so
 * {@link #start} initialises it and uses it to find devices; sessions are opened through the runtime's own interface.
 * Thread-safe.
 */
public final class OnnxRuntime {
    private static final System.Logger LOG = System.getLogger(OnnxRuntime.class.getName());
    private static final Passage PROBE = Passage.of("a");

    private final OnnxSettings settings;
    private final Devices devices;

    private OnnxRuntime(OnnxSettings settings, Devices devices) {
        this.settings = settings;
        this.devices = devices;
    }

    /**
     * Loads the native libraries, which needs no settings and may happen beside something else. What fails here fails
     * again in {@link #start}, so it is not reported.
     */
    public static void preload() {
        try {
            engine();
        } catch (RuntimeException | LinkageError reportedLater) {
            LOG.log(System.Logger.Level.DEBUG, "native libraries are not loaded yet", reportedLater);
        }
    }

    /** @throws Refusal.Invalid when the required hardware is absent */
    public static OnnxRuntime start(OnnxSettings settings) {
        Engine engine = engine();
        Devices devices = Devices.choose(settings, find(settings, engine));
        devices.reason().ifPresent(reason -> LOG.log(System.Logger.Level.WARNING, reason));
        return new OnnxRuntime(settings, devices);
    }

    private static synchronized Engine engine() {
        Reports.refuse();
        System.setProperty("ai.djl.offline", "true");
        System.setProperty("OPT_OUT_TRACKING", "true");
        System.setProperty("ai.djl.onnxruntime.num_threads", "1");
        System.setProperty("ai.djl.onnxruntime.num_interop_threads", "1");
        try (NativeLibraries libraries = NativeLibraries.unpack()) {
            return Engine.getEngine("OnnxRuntime");
        }
    }

    private static Devices.Found find(OnnxSettings settings, Engine engine) {
        boolean cudaBuild = settings.provider() != ExecutionProvider.CPU
                && OrtEnvironment.getAvailableProviders().contains(OrtProvider.CUDA);
        boolean cudaLoads = cudaBuild && engine.hasCapability(StandardCapabilities.CUDA);
        return new Devices.Found(cudaBuild, cudaLoads, cudaBuild ? engine.getGpuCount() : 0);
    }

    /** What encoders run on, and why when it is not what was wished. */
    public Devices devices() {
        return devices;
    }

    /**
     * Opens an encoder whose files hash to what they should.
     *
     * @throws Refusal.Invalid when a file is not what it should be, or the model is not a sentence encoder
     */
    public Encoder open(ModelFolder folder) {
        return settings.precisions().of(folder.id()) == Precision.AUTO ? both(folder) : load(folder);
    }

    /**
     * Opens an encoder that is another one with corrections. It shares that one's session and serves as long as that
     * one is open; its own digest depends on that one's and on the corrections.
     *
     * @param folder where the files of the other one are now
     * @return empty when the other one's graph takes no corrections, or the vectors are not what they should be
     * @throws Refusal.Invalid when a file is not what it should be
     */
    public Optional<Encoder> correct(Encoder host, ModelFolder folder, ProvenCorrections corrections) {
        if (!(host instanceof OnnxEncoder onnx)) {
            return Optional.empty();
        }
        synchronized (onnx) {
            Optional<Correcting> correcting =
                    settings.packed().flatMap(kept -> Correcting.of(onnx, folder, new KeptGraphs(kept)));
            if (correcting.isEmpty()) {
                return Optional.empty();
            }
            try (SessionOptions options = options(devices)) {
                return correcting.get().open(corrections, options).map(Encoder.class::cast);
            } catch (OrtException e) {
                throw new IllegalStateException("options without a session", e);
            }
        }
    }

    /** In both precisions; in one where it cannot be rounded, or is already. */
    private Encoder both(ModelFolder folder) {
        OnnxEncoder exact = in(Precision.FP32).load(folder);
        try {
            OnnxEncoder rounded = in(Precision.INT8).load(folder);
            if (!rounded.info().digest().equals(exact.info().digest())) {
                return new BothPrecisions(exact, rounded);
            }
            rounded.close();
            return exact;
        } catch (RuntimeException failure) {
            exact.close();
            throw failure;
        }
    }

    private OnnxRuntime in(Precision precision) {
        return new OnnxRuntime(settings.rounding(OnnxSettings.Precisions.all(precision)), devices);
    }

    OnnxEncoder load(ModelFolder folder) {
        verify(folder.tokenizer(), folder.tokenizerSha256(), "/tokenizer");
        int window = Math.min(folder.maxTokens(), settings.maxTokens());
        PassageTokenizer tokenizer = tokenizer(folder, window);
        try {
            return open(folder, tokenizer, window, devices);
        } catch (RuntimeException e) {
            tokenizer.close();
            throw e;
        }
    }

    private OnnxEncoder open(ModelFolder folder, PassageTokenizer tokenizer, int window, Devices on) {
        try {
            Served served = served(folder, tokenizer, window, on);
            EncoderInfo info = new EncoderInfo(
                    EncoderInfo.Reading.CONTEXTUAL,
                    folder.id(),
                    served.digest(),
                    served.session().dimension(),
                    folder.pooling(),
                    folder.prefix(),
                    window,
                    on.provider(),
                    served.precision(),
                    folder.parameters(),
                    size(served.file()));
            return new OnnxEncoder(info, folder, tokenizer, served.session(), served.tokensPerRun());
        } catch (OrtException e) {
            if (on.isCuda() && !settings.required()) {
                Devices cpu = on.fallback("encoder " + folder.id() + " runs on the CPU: CUDA failed: " + e.getCode());
                cpu.reason().ifPresent(reason -> LOG.log(System.Logger.Level.WARNING, reason));
                return open(folder, tokenizer, window, cpu);
            }
            throw new Refusal.Invalid("/model", "ONNX Runtime cannot run the model: " + e.getCode() + ".");
        }
    }

    /**
     * A session and what it computes.
     *
     * @param file that holds the weights in use
     */
    private record Served(EncoderSession session, String precision, String digest, Path file, int tokensPerRun) {}

    /** Rounded to bytes where that is wished and possible; then only what was rounded stays in memory. */
    private Served served(ModelFolder folder, PassageTokenizer tokenizer, int window, Devices on) throws OrtException {
        Optional<Quantising> quantising = quantising(folder, on);
        Optional<EncoderSession> bytes = Optional.empty();
        if (quantising.isPresent()) {
            bytes = bytes(folder, quantising.get(), on);
            if (bytes.isEmpty()) {
                makeBytes(folder, tokenizer, quantising.get(), on);
                bytes = bytes(folder, quantising.get(), on);
            }
        }
        if (bytes.isPresent()) {
            Path file = quantising.orElseThrow().file(folder);
            return new Served(bytes.get(), "int8", folder.digestOfBytes(window), file, settings.tokensPerRun());
        }
        verify(folder.model(), folder.modelSha256(), "/model");
        EncoderSession session = session(folder, tokenizer, on);
        // Dynamic quantization scales over a whole run: such a text must run alone to depend on itself only.
        int tokensPerRun = folder.precision().equals("int8") ? 1 : settings.tokensPerRun();
        return new Served(session, folder.precision(), folder.digest(window), folder.model(), tokensPerRun);
    }

    private Optional<Quantising> quantising(ModelFolder folder, Devices on) {
        if (settings.precisions().of(folder.id()) != Precision.INT8
                || folder.precision().equals("int8")) {
            return Optional.empty();
        }
        if (on.isCuda()) {
            Quantising.refuse(folder, "it runs on CUDA");
            return Optional.empty();
        }
        return settings.packed().map(Quantising::new);
    }

    private Optional<EncoderSession> bytes(ModelFolder folder, Quantising quantising, Devices on) throws OrtException {
        try (SessionOptions options = options(on)) {
            return quantising.known(folder, options);
        }
    }

    private void makeBytes(ModelFolder folder, PassageTokenizer tokenizer, Quantising quantising, Devices on)
            throws OrtException {
        verify(folder.model(), folder.modelSha256(), "/model");
        try (EncoderSession original = session(folder, tokenizer, on);
                SessionOptions options = options(on)) {
            OptionalInt heads = new Packing(settings.packed().orElseThrow()).heads(folder);
            if (heads.isPresent()) {
                quantising.make(folder, heads.getAsInt(), options, Comparison.with(original, tokenizer));
            } else {
                Quantising.refuse(folder, "its graph is not one that is written anew");
            }
        }
    }

    private static boolean packable(ModelFolder folder, Devices on) {
        return !on.isCuda() && folder.precision().equals("fp32");
    }

    private EncoderSession session(ModelFolder folder, PassageTokenizer tokenizer, Devices on) throws OrtException {
        try (SessionOptions options = options(on)) {
            return session(folder, tokenizer, options, on);
        }
    }

    /** The packed graph on the CPU, where it was measured, else the graph as it is. */
    private EncoderSession session(ModelFolder folder, PassageTokenizer tokenizer, SessionOptions options, Devices on)
            throws OrtException {
        Optional<Packing> packing = packable(folder, on) ? settings.packed().map(Packing::new) : Optional.empty();
        Optional<EncoderSession> known = packing.flatMap(each -> each.known(folder, options));
        if (known.isPresent()) {
            return known.get();
        }
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        OrtSession session = environment.createSession(folder.model().toString(), options);
        PaddedSession padded = probed(environment, session, folder, tokenizer);
        Optional<EncoderSession> packed =
                packing.isPresent() ? packing.get().tryOut(folder, options, tokenizer, padded) : Optional.empty();
        if (packed.isPresent()) {
            padded.close();
            return packed.get();
        }
        return padded;
    }

    private static PaddedSession probed(
            OrtEnvironment environment, OrtSession session, ModelFolder folder, PassageTokenizer tokenizer)
            throws OrtException {
        try {
            PaddedSession encoding =
                    PaddedSession.of(environment, session, folder.pooling(), tokenizer.tokenize(PROBE));
            encoding.run(List.of(tokenizer.tokenize(PROBE)));
            return encoding;
        } catch (OrtException | RuntimeException e) {
            session.close();
            throw e;
        }
    }

    private SessionOptions options(Devices on) throws OrtException {
        // A GPU leaves the CPU nothing to share.
        int threads = on.isCuda() ? 1 : settings.threadsPerRun();
        SessionOptions options = new SessionOptions();
        options.setOptimizationLevel(SessionOptions.OptLevel.ALL_OPT);
        options.setIntraOpNumThreads(threads);
        options.setInterOpNumThreads(1);
        options.addConfigEntry("session.intra_op.allow_spinning", threads > 1 ? "1" : "0");
        // Each session has threads of its own: between its runs they must leave the cores to the others.
        options.addConfigEntry("session.force_spinning_stop", "1");
        if (on.isCuda()) {
            try (OrtCUDAProviderOptions cuda = new OrtCUDAProviderOptions(0)) {
                // Ten-bit products would make an embedding depend on the shape of its batch.
                cuda.add("use_tf32", "0");
                options.addCUDA(cuda);
            }
        }
        return options;
    }

    private static PassageTokenizer tokenizer(ModelFolder folder, int window) {
        try {
            return PassageTokenizer.open(folder.tokenizer(), folder.prefix(), window);
        } catch (IOException | RuntimeException e) {
            throw new Refusal.Invalid("/tokenizer", "The tokenizer file cannot be read as a Hugging Face tokenizer.");
        }
    }

    static void verify(Path file, String expectedSha256, String pointer) {
        try {
            if (!Sha256.of(file).equals(expectedSha256)) {
                throw new Refusal.Invalid(pointer, "The file is corrupted: its SHA-256 is not " + expectedSha256 + ".");
            }
        } catch (IOException e) {
            throw new Refusal.Invalid(pointer, "The file cannot be read: " + expectedSha256 + ".");
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
