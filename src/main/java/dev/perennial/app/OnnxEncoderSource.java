// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.encode.Encoder;
import dev.perennial.encode.TableEncoder;
import dev.perennial.learn.EncoderTrainer;
import dev.perennial.onnx.BundledModels;
import dev.perennial.onnx.CheckLimits;
import dev.perennial.onnx.ExecutionProvider;
import dev.perennial.onnx.MemberChecks;
import dev.perennial.onnx.OnnxRuntime;
import dev.perennial.onnx.OnnxSettings;
import dev.perennial.onnx.Precision;
import dev.perennial.refresh.KeptFiles;
import dev.perennial.refresh.MemberRegistry;
import dev.perennial.store.DataDirectory;
import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.jboss.logging.Logger;

/** The encoders inside the service and those of the configured folders, run by ONNX Runtime. */
@Singleton
public final class OnnxEncoderSource implements EncoderSource {
    private static final Logger LOG = Logger.getLogger(OnnxEncoderSource.class);

    /** On disk, of models that are made again when they are needed. */
    private static final long ADAPTED_BYTES = 4L << 30;

    private final PerennialConfig config;

    /** Of all tenants, one trains at a time. */
    private final Semaphore training = new Semaphore(1, true);

    public OnnxEncoderSource(PerennialConfig config) {
        this.config = config;
    }

    @Override
    public Shared open(Path models) {
        ExecutionProvider wished =
                ExecutionProvider.valueOf(config.executionProvider().name());
        Path unpacked = config.members().modelsDirectory().orElse(models);
        OnnxRuntime runtime = OnnxRuntime.start(OnnxSettings.defaults()
                .on(wished, config.executionProviderRequired())
                .sharing(EncodingThreads.of(config.encoding()).perRun())
                .packing(unpacked)
                .rounding(precisions()));
        LOG.infof("Encoders run on %s", runtime.devices().provider());
        requireTrainingPlace(runtime);
        List<Encoder> encoders = new ArrayList<>();
        try {
            BundledModels bundled = new BundledModels(unpacked);
            encoders.addAll(bundled.open(runtime, config.members().bundled().orElse(List.of())));
            for (Path folder : config.members().folders().orElse(List.of())) {
                encoders.add(opened(runtime, folder));
            }
            return new SharedEncoders(runtime, bundled, List.copyOf(encoders));
        } catch (RuntimeException refused) {
            encoders.forEach(Encoder::close);
            throw refused;
        }
    }

    private void requireTrainingPlace(OnnxRuntime runtime) {
        PerennialConfig.AdaptationOfEncoders adaptation = config.adaptation();
        adaptation
                .process()
                .objection(
                        WorkerTrainer.device(runtime),
                        adaptation.memoryBytes(),
                        Runtime.getRuntime().maxMemory())
                .ifPresent(words -> {
                    throw new ConfigurationException(words);
                });
    }

    private final class SharedEncoders implements Shared {
        private final OnnxRuntime runtime;
        private final BundledModels bundled;
        private final List<Encoder> encoders;

        private SharedEncoders(OnnxRuntime runtime, BundledModels bundled, List<Encoder> encoders) {
            this.runtime = runtime;
            this.bundled = bundled;
            this.encoders = encoders;
        }

        @Override
        public List<Encoder> encoders() {
            return encoders;
        }

        @Override
        public Opened of(DataDirectory directory, KeptFiles kept) {
            List<Encoder> serving = new ArrayList<>(encoders);
            Optional<TableFiles> tables = encoders.stream()
                    .filter(TableEncoder.class::isInstance)
                    .map(TableEncoder.class::cast)
                    .findFirst()
                    .map(built -> new TableFiles(directory.refreshed(), kept, bundled.staticTables(), built));
            tables.flatMap(TableFiles::confirmed)
                    .ifPresent(learnt ->
                            serving.replaceAll(encoder -> encoder instanceof TableEncoder ? learnt : encoder));
            return new Opened(
                    serving,
                    registry(directory, kept, runtime),
                    tables.map(TableFiles::table),
                    trainer(directory, runtime));
        }
    }

    private OnnxSettings.Precisions precisions() {
        Map<String, Precision> byId = new HashMap<>();
        config.members().precisions().forEach((id, precision) -> byId.put(id, Precision.valueOf(precision.name())));
        return new OnnxSettings.Precisions(
                byId, Precision.valueOf(config.members().precision().name()));
    }

    private MemberRegistry registry(DataDirectory directory, KeptFiles kept, OnnxRuntime runtime) {
        RegisteredMembers.Places places = new RegisteredMembers.Places(
                directory.members(),
                kept,
                config.members().importDirectory(),
                config.limits().memberArchiveBytes());
        RegisteredMembers members = new RegisteredMembers(places, new MemberChecks(CheckLimits.defaults()), runtime);
        members.sweep();
        return members;
    }

    private EncoderTrainer trainer(DataDirectory directory, OnnxRuntime runtime) {
        Path work = directory.derived().resolve("adapted");
        return new WorkerTrainer(
                runtime,
                new WorkerTrainer.Places(work, directory.members(), ADAPTED_BYTES),
                InstantSource.system(),
                new WorkerTrainer.Workshop(config.adaptation().process(), training));
    }

    private static Encoder opened(OnnxRuntime runtime, Path folder) {
        String id = folder.toAbsolutePath().normalize().getFileName().toString();
        return runtime.open(new MemberChecks(CheckLimits.defaults()).check(id, folder));
    }
}
