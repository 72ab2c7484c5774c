// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import dev.perennial.adapt.MergeKind;
import dev.perennial.adapt.MergeRule;
import dev.perennial.encode.TokenSequence;
import dev.perennial.math.FloatMatrix;
import dev.perennial.refusal.Refusal;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A process that trains, so that whatever happens to it happens to no service. Takes its directory (see
 * {@link WorkFiles}) and the name of a {@link Device} as its arguments, tells each step and its loss in a line of its
 * output, and ends when its input does, which is when its parent ends. Every so often, and when a line comes in, it
 * writes down where it is ({@link Milestone}), and tells that too; where there is a checkpoint at the beginning, it
 * goes on from there.
 */
public final class TrainingWorker {
    /** Exit code of a process whose heap was too small. */
    public static final int OUT_OF_MEMORY = 3;

    /** Begins a line that tells a step; its number and its loss follow. */
    public static final String STEP = "step";

    /** Begins a line that tells a step which another process had made; its loss follows. */
    public static final String BEFORE = "before";

    /** Begins a line that tells from where a training goes on: the step, and of how many. */
    public static final String RESUMED = "resumed";

    /** A line of its own: a checkpoint was written. */
    public static final String KEPT = "kept";

    private static final int ORPHANED = 4;
    private static final int TEXTS_OF_AGREEMENT = 8;

    private final WorkFiles files;
    private final Device device;
    private final PrintStream out;
    private final Milestones checkpoints;

    private TrainingWorker(WorkFiles files, Device device, PrintStream out, AtomicBoolean asked) {
        this.files = files;
        this.device = device;
        this.out = out;
        this.checkpoints = new Milestones(files.checkpoint(), asked, System::nanoTime);
    }

    /** Ends with 0 when an outcome was written, whatever it is. */
    public static void main(String[] arguments) throws IOException {
        AtomicBoolean asked = new AtomicBoolean();
        endWithParent(System.in, asked);
        WorkFiles files = new WorkFiles(Path.of(arguments[0]));
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.US_ASCII);
        try {
            files.answer(new TrainingWorker(files, Device.valueOf(arguments[1]), out, asked).outcome());
        } catch (OutOfMemoryError e) {
            Runtime.getRuntime().halt(OUT_OF_MEMORY);
        }
        // Destructors of native libraries have nothing left to save.
        Runtime.getRuntime().halt(0);
    }

    private static void endWithParent(InputStream in, AtomicBoolean asked) {
        Thread waiting = new Thread(
                () -> {
                    try {
                        while (in.read() >= 0) {
                            asked.set(true);
                        }
                    } catch (IOException closed) {
                        // The same as its end.
                    } finally {
                        Runtime.getRuntime().halt(ORPHANED);
                    }
                },
                "parent");
        waiting.setDaemon(true);
        waiting.start();
    }

    private WorkOutcome outcome() {
        try {
            WorkOrder order = files.order();
            verify(order.encoder());
            if (order instanceof WorkOrder.Merge) {
                return merge(order.encoder());
            }
            return order instanceof WorkOrder.Continue going
                    ? train(going.train(), Optional.of(going.merge()))
                    : train((WorkOrder.Train) order, Optional.empty());
        } catch (Refusal.Invalid refusal) {
            return new WorkOutcome.Refused(
                    refusal.faults().get(0).pointer(), refusal.faults().get(0).detail());
        } catch (IOException | UncheckedIOException e) {
            return new WorkOutcome.Refused("", "The training's files cannot be read or written, or the disk is full.");
        } catch (IllegalStateException e) {
            return new WorkOutcome.Refused("", "The training failed: " + e.getMessage() + ".");
        }
    }

    private static void verify(EncoderFile encoder) throws IOException {
        if (!encoder.sha256().equals(FileHash.of(encoder.model()))) {
            throw new Refusal.Invalid("/model", "The encoder's file is corrupted.");
        }
    }

    private WorkOutcome merge(EncoderFile encoder) throws IOException {
        AdaptedFile.of(encoder, Adapter.read(files.adapter())).write(files.merged());
        return new WorkOutcome.Merged();
    }

    private WorkOutcome train(WorkOrder.Train asked, Optional<MergeKind> merge) throws IOException {
        // An average over the steps is not written down.
        boolean mayGoOn = merge.map(MergeKind::rule)
                .filter(MergeRule.EachStep.class::isInstance)
                .isEmpty();
        WorkOrder.Train order = mayGoOn ? checkpoints.begin(asked, key()) : asked;
        List<TokenSequence> texts =
                order.objective().read().limit(TEXTS_OF_AGREEMENT).toList();
        TrainingOrder training = new TrainingOrder(order.encoder(), order.selection(), order.objective(), order.plan());
        Adapter adapter;
        FloatMatrix trained;
        WatchedTraining watched;
        long parameters;
        try (Training running = Training.open(training, files.directory(), device)) {
            parameters = running.parameters();
            require(parameters, order.bounds());
            Optional<Merging> merging =
                    merge.isPresent() ? Optional.of(merging(running, merge.get())) : Optional.empty();
            StepListener listener = merging.<StepListener>map(each -> each).orElseGet(Lines::new);
            watched = new WatchedTraining(running, order.watched(), () -> hasTime(order.bounds()), listener);
            goOn(new Milestone.Running(running, watched, order));
            watched.run();
            if (watched.bestStep() == 0) {
                throw new Refusal.Invalid("/budget/longest", "The time was over before the first step.");
            }
            List<Objective.LabelledText> labelled = order.objective().labelled();
            if (order.selection().goesOn() && !labelled.isEmpty()) {
                weigh(running, labelled, merging);
            }
            List<TokenSequence> proving = Proof.texts(texts, order.plan().seed());
            adapter = running.adapter().provedBy(new Proof(proving, running.embeddings(proving)));
            trained = running.embeddings(texts);
        }
        // Only now: the file is put together on the heap, and the sessions hold much of what that may take.
        adapter.write(files.adapter());
        AdaptedFile.of(order.encoder(), adapter).write(files.merged());
        double difference = Agreement.check(files.merged(), order.encoder().pooling(), texts, trained);
        return new WorkOutcome.Trained(parameters, watched.bestStep(), watched.wasStopped(), difference, cost());
    }

    private String key() throws IOException {
        return WorkKey.of(files.order(), device, files.beside());
    }

    private void goOn(Milestone.Running running) {
        List<Double> before = checkpoints.goOn(running);
        before.forEach(loss -> out.println(BEFORE + " " + loss));
        if (!before.isEmpty()) {
            out.println(RESUMED + " " + before.size() + " " + running.order().steps());
        }
    }

    private Merging merging(Training running, MergeKind merge) throws IOException {
        running.beginWith(Adapter.read(files.oldAdapter()));
        return new Merging(running, merge.rule(), new Lines());
    }

    /** Writes down what the numbers are worth, after what went on was merged with what it was. */
    private void weigh(Training running, List<Objective.LabelledText> examples, Optional<Merging> merging)
            throws IOException {
        Information information = Information.of(running, examples);
        if (merging.isPresent()) {
            List<double[]> before = Information.read(files.oldInformation(), running.tuned());
            files.retained(merging.get().merge(before, information));
            information.add(before);
        }
        information.write(files.information());
    }

    private static void require(long parameters, WorkOrder.Bounds bounds) {
        if (parameters > bounds.parameters()) {
            throw new Refusal.Invalid(
                    "/budget/parameters",
                    "The strategy changes " + parameters + " numbers, more than the " + bounds.parameters()
                            + " that are allowed.");
        }
    }

    private boolean hasTime(WorkOrder.Bounds bounds) {
        return checkpoints.time().compareTo(bounds.longest()) < 0;
    }

    private WorkOutcome.Cost cost() {
        Milestone.Spent spent = checkpoints.spent();
        return new WorkOutcome.Cost(spent.cpuSeconds(), spent.peakBytes());
    }

    private final class Lines implements StepListener {
        @Override
        public boolean goesOn() {
            return true;
        }

        @Override
        public void stepped(int step, double loss) {
            out.println(STEP + " " + step + " " + loss);
            checkpoints.stepped(loss);
        }

        @Override
        public void settled(int step) {
            if (checkpoints.settled()) {
                out.println(KEPT);
            }
        }
    }
}
