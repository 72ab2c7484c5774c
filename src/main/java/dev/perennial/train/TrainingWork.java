// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import dev.perennial.adapt.MergeKind;
import dev.perennial.adapt.MergeRule;
import dev.perennial.encode.TokenSequence;
import dev.perennial.math.FloatMatrix;
import dev.perennial.refusal.Refusal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;

/**
 * Carries out an order on the thread that asks for it, in whatever process that is: the same order gives the same bytes
 * in each. Confined to one thread.
 */
public final class TrainingWork {
    private static final int TEXTS_OF_AGREEMENT = 8;

    private final WorkFiles files;
    private final Device device;
    private final WorkListener listener;
    private final Milestones checkpoints;

    /**
     * Work whose time begins now. It goes on from where its files say that an earlier run was.
     *
     * @param listener told of steps, and asked before each whether to go on
     */
    public TrainingWork(WorkFiles files, Device device, WorkListener listener) {
        this.files = files;
        this.device = device;
        this.listener = listener;
        this.checkpoints = new Milestones(files.checkpoint(), listener, System::nanoTime);
    }

    static WorkOutcome unreadable() {
        return new WorkOutcome.Refused("", "The training's files cannot be read or written, or the disk is full.");
    }

    /**
     * How the order ended. Whatever the listener throws, but a refusal of what is asked for or an illegal state, leaves
     * it.
     */
    public WorkOutcome outcome(WorkOrder order) {
        try {
            verify(order.encoder());
            if (order instanceof WorkOrder.Merge) {
                return merge(order.encoder());
            }
            String key = WorkKey.of(order, device, files.beside());
            return order instanceof WorkOrder.Continue going
                    ? train(going.train(), key, Optional.of(going.merge()))
                    : train((WorkOrder.Train) order, key, Optional.empty());
        } catch (Refusal.Invalid refusal) {
            return new WorkOutcome.Refused(
                    refusal.faults().get(0).pointer(), refusal.faults().get(0).detail());
        } catch (IOException | UncheckedIOException e) {
            return unreadable();
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

    private WorkOutcome train(WorkOrder.Train asked, String key, Optional<MergeKind> merge) throws IOException {
        // An average over the steps is not written down.
        boolean mayGoOn = merge.map(MergeKind::rule)
                .filter(MergeRule.EachStep.class::isInstance)
                .isEmpty();
        WorkOrder.Train order = mayGoOn ? checkpoints.begin(asked, key) : asked;
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
            StepListener told = merging.<StepListener>map(each -> each).orElseGet(Kept::new);
            watched = new WatchedTraining(running, order.watched(), () -> hasTime(order.bounds()), told);
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

    private void goOn(Milestone.Running running) {
        List<Double> before = checkpoints.goOn(running);
        if (!before.isEmpty()) {
            listener.resumed(before, running.order().steps());
        }
    }

    private WorkOutcome.Cost cost() {
        Milestone.Spent spent = checkpoints.spent();
        return new WorkOutcome.Cost(spent.cpuSeconds(), spent.peakBytes());
    }

    private Merging merging(Training running, MergeKind merge) throws IOException {
        running.beginWith(Adapter.read(files.oldAdapter()));
        return new Merging(running, merge.rule(), new Kept());
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

    private final class Kept implements StepListener {
        @Override
        public boolean goesOn() {
            return listener.goesOn();
        }

        @Override
        public void stepped(int step, double loss) {
            listener.stepped(step, loss);
            checkpoints.stepped(loss);
        }

        @Override
        public void settled(int step) {
            if (checkpoints.settled()) {
                listener.kept();
            }
        }
    }
}
