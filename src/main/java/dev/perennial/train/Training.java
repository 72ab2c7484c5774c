// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import ai.onnxruntime.OrtEnvironment;
import dev.perennial.encode.TokenSequence;
import dev.perennial.math.FloatMatrix;
import dev.perennial.refusal.Refusal;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A training of an encoder, on the thread that calls it and no other. Between two steps it can be written down
 * ({@link Milestone}) and gone on with later, to the same bits. Confined to one thread.
 */
public final class Training implements AutoCloseable {
    private static final long STRIDE = 0x9E3779B97F4A7C15L;
    private static final String MEANS = "#m";
    private static final String SQUARES = "#v";

    private final TrainingOrder order;
    private final Workplace workplace;
    private final EncoderGradients encoder;
    private final Exercises exercises;
    private final List<AdamW> optimisers;
    private int steps;

    private Training(TrainingOrder order, Workplace workplace, EncoderGradients encoder, Exercises exercises) {
        this.order = order;
        this.workplace = workplace;
        this.encoder = encoder;
        this.exercises = exercises;
        this.optimisers = Stream.concat(encoder.parameters().stream(), exercises.parameters().stream())
                .map(parameter -> new AdamW(parameter, order.plan().decay()))
                .toList();
    }

    /**
     * Opens a training in a process where the runtime's environment exists already, if anything else than trainings is
     * to use it.
     *
     * @param directory for files as large as the model, which are deleted in the end
     * @throws Refusal.Invalid when the encoder cannot be differentiated, or nothing of it is selected
     */
    public static Training open(TrainingOrder order, Path directory) throws IOException {
        return open(order, directory, Device.CPU);
    }

    static Training open(TrainingOrder order, Path directory, Device device) throws IOException {
        SplittableRandom random = new SplittableRandom(order.plan().seed());
        Workplace workplace = Workplace.in(directory, OrtEnvironment.getEnvironment(), device);
        try {
            EncoderGradients encoder =
                    EncoderGradients.open(order.encoder(), order.selection(), random.split(), workplace);
            Exercises exercises = Exercises.of(order.objective(), encoder::embeddings, random.split());
            if (order.selection() instanceof Selection.TopShare top) {
                FisherMask mask = new FisherMask(encoder.parameters());
                SplittableRandom drawing = random.split();
                for (int batch = 0; batch < top.batches(); batch++) {
                    encoder.differentiate(exercises.draw(drawing));
                    mask.add();
                }
                mask.restrict(top.share());
            }
            return new Training(order, workplace, encoder, exercises);
        } catch (RuntimeException e) {
            workplace.close();
            throw e;
        }
    }

    /**
     * Begins with the numbers of an adapter of the same selection, before the first step.
     *
     * @throws Refusal.Invalid when it was learnt of another encoder, or by another selection
     */
    void beginWith(Adapter adapter) {
        Map<String, StoredTensor> tensors =
                adapter.tensors().stream().collect(Collectors.toMap(StoredTensor::name, tensor -> tensor));
        boolean same = adapter.baseSha256().equals(order.encoder().sha256())
                && adapter.selection().equals(order.selection().toString())
                && tensors.size() == tuned().size();
        if (!same) {
            throw foreignAdapter();
        }
        for (Parameter parameter : tuned()) {
            StoredTensor tensor = tensors.get(parameter.name());
            if (tensor == null
                    || !tensor.hasShape(parameter.shape())
                    || tensor.positions().isPresent()) {
                throw foreignAdapter();
            }
            parameter.values().put(0, tensor.values());
        }
    }

    private static Refusal.Invalid foreignAdapter() {
        return new Refusal.Invalid("/adapter", "The adapter that is to go on was learnt in another way.");
    }

    /** The encoder's numbers that may change. */
    List<Parameter> tuned() {
        return encoder.parameters();
    }

    /** The loss of an exercise besides those that are learnt from; writes its derivatives into the parameters. */
    double differentiate(Exercise exercise) {
        return encoder.differentiate(exercise);
    }

    /** How many numbers of the encoder may change. */
    public long parameters() {
        return encoder.parameters().stream().mapToLong(Parameter::free).sum();
    }

    /** How many steps are to be made. */
    public int plannedSteps() {
        return order.plan().steps();
    }

    /** How many steps were made. */
    public int steps() {
        return steps;
    }

    /**
     * Makes the steps that are left, for as long as the listener wants.
     *
     * @return whether all were made
     */
    public boolean run(StepListener listener) {
        while (steps < order.plan().steps() && listener.goesOn()) {
            double loss = step();
            listener.stepped(steps, loss);
        }
        return steps == order.plan().steps();
    }

    private double step() {
        TrainingPlan plan = order.plan();
        int step = steps + 1;
        SplittableRandom random = new SplittableRandom(plan.seed() + step * STRIDE);
        Exercise exercise = exercises.draw(random);
        List<Mixout> mixed = plan.mixout() > 0
                ? encoder.parameters().stream()
                        .map(parameter -> Mixout.begin(parameter, plan.mixout(), random))
                        .toList()
                : List.of();
        double loss = encoder.differentiate(exercise);
        mixed.forEach(Mixout::end);
        if (!Double.isFinite(loss)) {
            throw new IllegalStateException("the loss of step " + step + " is not finite");
        }
        encoder.parameters().forEach(parameter -> pullBack(parameter, plan.pull()));
        GradientNorm.clip(optimisers.stream().map(AdamW::parameter).toList(), plan.clip());
        optimisers.forEach(optimiser -> optimiser.step(step, plan.rateAt(step)));
        steps = step;
        return loss;
    }

    /** Adds the derivative of {@code strength / 2 |w - w0|^2}. */
    private static void pullBack(Parameter parameter, float strength) {
        if (strength > 0) {
            FloatBuffer gradient = parameter.gradient();
            float[] initial = parameter.initial();
            for (int i = 0; i < initial.length; i++) {
                float away = parameter.values().get(i) - initial[i];
                gradient.put(i, gradient.get(i) + strength * away);
            }
        }
    }

    /** Embeddings by the encoder as it is now, one row of unit length for each text. */
    public FloatMatrix embeddings(List<TokenSequence> texts) {
        return encoder.embeddings(texts);
    }

    /** The encoder's numbers as they are now. */
    List<float[]> learnt() {
        return encoder.parameters().stream().map(Parameter::copy).toList();
    }

    /** Makes the encoder's numbers what they were. */
    void putBack(List<float[]> learnt) {
        for (int i = 0; i < learnt.size(); i++) {
            encoder.parameters().get(i).values().put(0, learnt.get(i));
        }
    }

    /** What was changed so far. */
    public Adapter adapter() {
        float scale = order.selection() instanceof Selection.LowRank lowRank ? lowRank.scale() : 1;
        return new Adapter(
                order.encoder().sha256(),
                order.selection().toString(),
                scale,
                encoder.parameters().stream().map(StoredTensor::of).toList());
    }

    /**
     * Writes the adapted encoder and holds it against the one that was trained.
     *
     * @return greatest difference of a component of the embeddings of {@code texts}
     * @throws IllegalStateException when it is more than {@link Agreement#MOST}
     */
    public double write(Path file, List<TokenSequence> texts) throws IOException {
        AdaptedFile.of(order.encoder(), adapter()).write(file);
        return Agreement.check(file, order.encoder().pooling(), texts, embeddings(texts));
    }

    /**
     * All that is needed to go on later but for how many steps were made: what is drawn depends on the plan and the
     * step alone. Valid until the next step.
     */
    List<StoredTensor> state() {
        List<StoredTensor> tensors = new ArrayList<>();
        for (AdamW optimiser : optimisers) {
            Parameter parameter = optimiser.parameter();
            tensors.add(StoredTensor.of(parameter));
            tensors.add(stored(parameter, MEANS, optimiser.means()));
            tensors.add(stored(parameter, SQUARES, optimiser.squares()));
        }
        return tensors;
    }

    private static StoredTensor stored(Parameter parameter, String suffix, float[] values) {
        return new StoredTensor(parameter.name() + suffix, parameter.shape(), Optional.empty(), values)
                .at(parameter.mask());
    }

    /**
     * Takes up the {@link #state} of a training with the same order.
     *
     * @param made how many steps had been made
     * @throws Refusal.Invalid when it is that of another training; then nothing has changed
     */
    void goOnFrom(int made, List<StoredTensor> state) {
        Map<String, StoredTensor> tensors =
                state.stream().collect(Collectors.toMap(StoredTensor::name, tensor -> tensor));
        boolean fits = made >= 1
                && made <= order.plan().steps()
                && tensors.size() == 3 * optimisers.size()
                && optimisers.stream().allMatch(optimiser -> fits(optimiser.parameter(), tensors));
        if (!fits) {
            throw new Refusal.Invalid("/state", "The state belongs to another training.");
        }
        for (AdamW optimiser : optimisers) {
            Parameter parameter = optimiser.parameter();
            float[] values = parameter.copy();
            required(tensors, parameter.name()).putInto(values);
            parameter.values().put(0, values);
            required(tensors, parameter.name() + MEANS).putInto(optimiser.means());
            required(tensors, parameter.name() + SQUARES).putInto(optimiser.squares());
        }
        steps = made;
    }

    private static boolean fits(Parameter parameter, Map<String, StoredTensor> tensors) {
        return Stream.of("", MEANS, SQUARES)
                .map(suffix -> Optional.ofNullable(tensors.get(parameter.name() + suffix)))
                .allMatch(tensor -> tensor.filter(one -> one.isOf(parameter)).isPresent());
    }

    private static StoredTensor required(Map<String, StoredTensor> tensors, String name) {
        return Optional.ofNullable(tensors.get(name)).orElseThrow();
    }

    @Override
    public void close() {
        try {
            encoder.close();
        } finally {
            workplace.close();
        }
    }
}
