// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.encode.Encoder;
import dev.perennial.encode.TokenSequence;
import dev.perennial.learn.Continuation;
import dev.perennial.learn.EncoderTrainer;
import dev.perennial.learn.EncoderTraining;
import dev.perennial.learn.LabelledPassage;
import dev.perennial.learn.TrainedAdapter;
import dev.perennial.learn.TrainingBudget;
import dev.perennial.learn.TrainingFollower;
import dev.perennial.onnx.ChildProcess;
import dev.perennial.onnx.Correction;
import dev.perennial.onnx.EncoderTokenizer;
import dev.perennial.onnx.ModelFolder;
import dev.perennial.onnx.OnnxRuntime;
import dev.perennial.onnx.ProvenCorrections;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.TaskId;
import dev.perennial.train.AdaptedFile;
import dev.perennial.train.Adapter;
import dev.perennial.train.Device;
import dev.perennial.train.EncoderFile;
import dev.perennial.train.FileHash;
import dev.perennial.train.Objective;
import dev.perennial.train.Proof;
import dev.perennial.train.WorkFiles;
import dev.perennial.train.WorkKey;
import dev.perennial.train.WorkOrder;
import dev.perennial.train.WorkOutcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Trains in a process of its own with one thread that yields to everything else, so that a crash, a lack of memory or a
 * busy core is never one of the service; or in the service's own process, where that is wanted ({@link OwnTraining}).
 * Texts do not leave this process: another one gets their tokens, in a private directory that goes when it ends.
 * Thread-safe; trainings follow one another.
 */
public final class WorkerTrainer implements EncoderTrainer {
    private static final Logger LOG = Logger.getLogger(WorkerTrainer.class);
    private static final String ADAPTED = "adapted";
    private static final String UNFINISHED = "unfinished";
    private static final long MOST_UNFINISHED_BYTES = 1L << 30;
    private static final long POLL_MILLIS = 100;
    private static final int RETRY_AFTER_SECONDS = 30;
    /** The rest of the memory is for weights and activations, which lie outside the heap. */
    private static final double HEAP_SHARE = 0.25;
    /** To start, to write the adapter and to try it out. */
    private static final Duration GRACE = Duration.ofMinutes(5);
    /** A model and its copy with other weights lie on the heap while they are merged. */
    private static final long MERGE_FACTOR = 4;

    private static final long MERGE_BYTES = 128L << 20;

    private final OnnxRuntime runtime;
    private final Places places;
    private final AdaptedModels adapted;
    private final UnfinishedTrainings unfinished;
    private final Workshop workshop;

    /**
     * Where files come from and go to.
     *
     * @param directory for work in progress and for adapted models; created when absent, and used by no other process
     * @param members where registered members are at home, who are opened elsewhere and moved
     * @param mostBytes of adapted models, which are made again when they are needed
     */
    public record Places(Path directory, Path members, long mostBytes) {}

    /** Removes what another process left that was ended in the middle of its work. */
    public WorkerTrainer(OnnxRuntime runtime, Places places, InstantSource clock) {
        this(runtime, places, clock, new Workshop(TrainingPlace.SEPARATE, new Semaphore(1, true)));
    }

    /**
     * Where trainings run, one at a time.
     *
     * @param place in which process
     * @param turn taken by whoever trains: one that others take as well keeps them all from the memory of two
     */
    record Workshop(TrainingPlace place, Semaphore turn) {}

    /** The same, in some workshop. */
    WorkerTrainer(OnnxRuntime runtime, Places places, InstantSource clock, Workshop workshop) {
        this.workshop = workshop;
        this.runtime = runtime;
        this.places = places;
        this.unfinished = new UnfinishedTrainings(places.directory().resolve(UNFINISHED), MOST_UNFINISHED_BYTES);
        try {
            Files.createDirectories(places.directory().resolve(ADAPTED));
            this.adapted = new AdaptedModels(places.directory().resolve(ADAPTED), places.mostBytes(), clock);
            sweep();
        } catch (IOException failure) {
            throw unwritable();
        }
    }

    private void sweep() throws IOException {
        try (Stream<Path> left = Files.list(places.directory())) {
            for (Path directory : left.toList()) {
                if (directory.getFileName().toString().startsWith(TrainingProcess.PREFIX)) {
                    remove(directory);
                }
            }
        }
    }

    private static void remove(Path directory) {
        try {
            ChildProcess.delete(directory);
        } catch (UncheckedIOException notNow) {
            LOG.warn("What a training has left cannot be deleted; it takes room on the disk until the next start.");
        }
    }

    @Override
    public boolean canAdapt(Encoder base) {
        return files(base).isPresent();
    }

    private ModelFolder required(Encoder base) {
        return files(base)
                .orElseThrow(() -> new Refusal.Invalid(
                        "/encoder", "Only a transformer in single precision can be adapted, and this is none."));
    }

    private Optional<ModelFolder> files(Encoder base) {
        return ModelFolder.of(base)
                .filter(folder -> folder.precision().equals("fp32"))
                .map(this::atHome)
                .filter(folder -> Files.exists(folder.model()) && Files.exists(folder.tokenizer()));
    }

    private ModelFolder atHome(ModelFolder folder) {
        Path home = places.members().resolve(folder.id());
        return Files.exists(folder.model())
                ? folder
                : folder.at(home.resolve(MemberManifest.MODEL), home.resolve(MemberManifest.TOKENIZER));
    }

    @Override
    public TrainedAdapter train(Encoder base, EncoderTraining training, TrainingFollower follower) {
        ModelFolder folder = required(base);
        int window = Math.min(TrainingChoices.WINDOW, base.info().maxTokens());
        WorkOrder.Train order =
                TrainingChoices.order(file(folder), base.info(), training, tokens(folder, window, training));
        await(follower);
        try {
            return trained(asked(order, training), training, follower);
        } catch (IOException failure) {
            throw unwritable();
        } finally {
            workshop.turn().release();
        }
    }

    /** How much of a training's memory is for its Java heap. */
    static long heapBytes(long memoryBytes) {
        return (long) (HEAP_SHARE * memoryBytes);
    }

    /** Where encoders run, adapters are learnt. */
    private Device device() {
        return device(runtime);
    }

    static Device device(OnnxRuntime runtime) {
        return runtime.devices().isCuda() ? Device.CUDA : Device.CPU;
    }

    private static EncoderFile file(ModelFolder folder) {
        return new EncoderFile(folder.model().toAbsolutePath(), folder.modelSha256(), folder.pooling());
    }

    private static TrainingChoices.Tokens tokens(ModelFolder folder, int window, EncoderTraining training) {
        verifyTokenizer(folder);
        Map<Integer, Integer> numbers = new HashMap<>();
        List<Objective.LabelledText> texts = new ArrayList<>();
        try (EncoderTokenizer tokenizer = EncoderTokenizer.open(folder, window)) {
            for (LabelledPassage each : training.examples()) {
                int number = numbers.computeIfAbsent(each.label(), unseen -> numbers.size());
                List<TokenSequence> readings =
                        each.readings().stream().map(tokenizer::tokens).toList();
                texts.add(new Objective.LabelledText(readings, number));
            }
            return new TrainingChoices.Tokens(
                    texts, training.unlabelled().stream().map(tokenizer::tokens).toList());
        }
    }

    private static void verifyTokenizer(ModelFolder folder) {
        try {
            if (FileHash.of(folder.tokenizer()).equals(folder.tokenizerSha256())) {
                return;
            }
        } catch (IOException unreadable) {
            // refused as what it is no longer
        }
        throw new Refusal.Invalid("/tokenizer", "The encoder's tokenizer is corrupted.");
    }

    private void await(TrainingFollower follower) {
        try {
            while (!workshop.turn().tryAcquire(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
                if (!follower.goesOn()) {
                    throw new CancellationException("the training was cancelled before it began");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Refusal.NotReady("The service is stopping.", RETRY_AFTER_SECONDS);
        }
    }

    private static WorkOrder asked(WorkOrder.Train order, EncoderTraining training) {
        return training.continuation()
                .<WorkOrder>map(old -> new WorkOrder.Continue(order, old.merge()))
                .orElse(order);
    }

    /** What was trained before a restart is not trained again; what cannot go on from there begins anew. */
    private TrainedAdapter trained(WorkOrder order, EncoderTraining training, TrainingFollower follower)
            throws IOException {
        List<byte[]> beside = training.continuation()
                .map(old -> List.of(old.adapter(), old.information()))
                .orElse(List.of());
        Optional<UnfinishedTrainings.Training> kept =
                training.job().map(job -> unfinished.of(job, WorkKey.of(order, device(), beside)));
        Optional<TrainedAdapter> before = kept.flatMap(UnfinishedTrainings.Training::outcome);
        if (before.isPresent()) {
            follower.resumed(before.get().losses().size(), order.steps());
            return before.get();
        }
        Following following = new Following(follower, kept);
        TrainedAdapter trained;
        try {
            trained = trainedOnce(order, training, following);
        } catch (Refusal.Conflict | Refusal.Invalid failed) {
            if (!following.hadCheckpoint) {
                throw failed;
            }
            LOG.warn("A training could not go on from where it was, and begins anew.");
            kept.ifPresent(UnfinishedTrainings.Training::dropCheckpoint);
            trained = trainedOnce(order, training, new Following(follower, kept));
        }
        TrainedAdapter outcome = trained;
        kept.ifPresent(one -> one.keep(outcome));
        return trained;
    }

    /** Notes losses, and passes on where a training is to what keeps it. */
    private static final class Following implements TrainingRun.Listener {
        private final TrainingFollower follower;
        private final Optional<UnfinishedTrainings.Training> kept;
        private final List<Double> losses = new ArrayList<>();
        private Optional<Path> checkpoint = Optional.empty();
        private boolean hadCheckpoint;
        private int before;

        private Following(TrainingFollower follower, Optional<UnfinishedTrainings.Training> kept) {
            this.follower = follower;
            this.kept = kept;
        }

        private void begin(WorkFiles files) {
            checkpoint = Optional.of(files.checkpoint());
            hadCheckpoint =
                    kept.filter(one -> one.copyCheckpoint(files.checkpoint())).isPresent();
        }

        @Override
        public boolean goesOn() {
            return follower.goesOn();
        }

        @Override
        public void stepped(int step, int of, double loss) {
            losses.add(loss);
            follower.stepped(step, of, loss);
        }

        @Override
        public void hadStepped(double loss) {
            losses.add(loss);
        }

        @Override
        public void resumed(int made, int of) {
            before = made;
            follower.resumed(made, of);
        }

        @Override
        public void kept() {
            kept.ifPresent(one -> checkpoint.ifPresent(one::keepCheckpoint));
        }
    }

    private TrainedAdapter trainedOnce(WorkOrder order, EncoderTraining training, Following following)
            throws IOException {
        TrainingBudget budget = training.budget();
        TrainingProcess.Bounds bounds = new TrainingProcess.Bounds(
                heapBytes(order, budget), budget.memoryBytes(), budget.longest().plus(GRACE));
        try (TrainingRun run = workshop.place().in(places.directory(), device(), bounds)) {
            WorkFiles files = run.files();
            following.begin(files);
            if (training.continuation().isPresent()) {
                Continuation old = training.continuation().get();
                Files.write(files.oldAdapter(), old.adapter());
                Files.write(files.oldInformation(), old.information());
            }
            WorkOutcome.Trained outcome = (WorkOutcome.Trained) run.run(order, following);
            return new TrainedAdapter(
                    Files.readAllBytes(files.adapter()),
                    outcome.parameters(),
                    outcome.steps(),
                    outcome.cost().cpuSeconds(),
                    outcome.cost().peakBytes(),
                    following.losses,
                    outcome.wasStopped(),
                    Files.exists(files.information()) ? Files.readAllBytes(files.information()) : new byte[0],
                    files.retained(),
                    following.before);
        }
    }

    @Override
    public void end(String job) {
        unfinished.end(job);
    }

    @Override
    public void endAllBut(Collection<String> jobs) {
        unfinished.endAllBut(jobs);
    }

    @Override
    public void erased(TaskId task) {
        unfinished.erased(task);
    }

    @Override
    public synchronized Encoder open(Encoder base, byte[] adapter) {
        ModelFolder folder = required(base);
        Optional<Encoder> sharing = sharing(base, folder, adapter);
        if (sharing.isPresent()) {
            return sharing.get();
        }
        try {
            Optional<ModelFolder> found = adapted.find(folder, adapter);
            if (found.isPresent()) {
                try {
                    return runtime.open(found.get());
                } catch (Refusal.Invalid damaged) {
                    adapted.delete(found.get());
                }
            }
            return runtime.open(merged(folder, adapter));
        } catch (IOException failure) {
            throw unwritable();
        }
    }

    /** By the base's own session, where corrections of low rank are all that was learnt. */
    private Optional<Encoder> sharing(Encoder base, ModelFolder folder, byte[] bytes) {
        Adapter adapter = Adapter.of(bytes);
        Optional<Proof> proof = adapter.proof();
        if (proof.isEmpty()) {
            return Optional.empty();
        }
        return AdaptedFile.of(file(folder), adapter).corrections().flatMap(corrections -> {
            List<Correction> ofMatrices = corrections.stream()
                    .map(each -> new Correction(each.constant(), each.rank(), each.first(), each.second()))
                    .toList();
            return runtime.correct(
                    base,
                    folder,
                    new ProvenCorrections(
                            FileHash.of(bytes),
                            ofMatrices,
                            proof.get().texts(),
                            proof.get().vectors()));
        });
    }

    @Override
    public synchronized void retain(Collection<byte[]> adapters) {
        try {
            adapted.retain(adapters);
        } catch (IOException failure) {
            throw unwritable();
        }
    }

    /** Within the service it is looked at before the training whether its result can be put together there. */
    private long heapBytes(WorkOrder order, TrainingBudget budget) throws IOException {
        long training = heapBytes(budget.memoryBytes());
        return workshop.place() == TrainingPlace.OWN
                ? Math.max(training, mergingBytes(order.encoder().model()))
                : training;
    }

    /** Merging takes twice the model on the heap, which is more than a service should have to spare. */
    private static long mergingBytes(Path model) throws IOException {
        return MERGE_FACTOR * Files.size(model) + MERGE_BYTES;
    }

    private ModelFolder merged(ModelFolder folder, byte[] adapter) throws IOException {
        long heap = mergingBytes(folder.model());
        TrainingProcess.Bounds bounds = new TrainingProcess.Bounds(heap, 2 * heap + MERGE_BYTES, GRACE);
        try (TrainingRun run = workshop.place().in(places.directory(), Device.CPU, bounds)) {
            Files.write(run.files().adapter(), adapter);
            WorkOutcome unused = run.run(
                    new WorkOrder.Merge(file(folder)), new Following(TrainingFollower.PATIENT, Optional.empty()));
            return adapted.keep(folder, adapter, run.files().merged());
        }
    }

    private static Refusal.StoreUnavailable unwritable() {
        return new Refusal.StoreUnavailable(
                "The directory of trainings cannot be read or written, or is full.", RETRY_AFTER_SECONDS);
    }
}
