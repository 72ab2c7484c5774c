// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.perennial.encode.EncoderInfo.Pooling;
import dev.perennial.encode.TokenSequence;
import dev.perennial.math.FloatMatrix;
import dev.perennial.onnx.OnnxRuntime;
import dev.perennial.refusal.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class TrainingTest {
    private static final long SEED = Long.getLong("perennial.seed", 20261122);
    private static final Selection LOW_RANK = new Selection.LowRank(Selection.Places.ALL_PRODUCTS, 2, 4, true, 2);

    /** Others in this process may want the engine, which must come first. */
    @BeforeAll
    static void loadRuntime() {
        OnnxRuntime.preload();
    }

    @TempDir
    private Path directory;

    private EncoderFile file() throws IOException {
        Path model = new TinyBert(SEED).write(directory.resolve("bert.onnx"));
        return new EncoderFile(model, "ab".repeat(32), Pooling.MEAN);
    }

    /** Texts of three labels, told apart by one token. */
    private static List<Objective.LabelledText> texts() {
        SplittableRandom random = new SplittableRandom(SEED);
        List<Objective.LabelledText> texts = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
            long[] ids = new long[4 + random.nextInt(6)];
            for (int k = 0; k < ids.length; k++) {
                ids[k] = 6 + random.nextInt(TinyBert.VOCABULARY - 6);
            }
            ids[0] = 0;
            ids[ids.length - 1] = 1;
            ids[1 + random.nextInt(ids.length - 2)] = 2 + i % 3;
            texts.add(new Objective.LabelledText(new TokenSequence(ids, new long[ids.length]), i % 3));
        }
        return texts;
    }

    private static List<TokenSequence> plain() {
        return texts().stream().map(Objective.LabelledText::text).toList();
    }

    private static Objective contrast() {
        return new Objective.Contrast(texts(), 0.2, 12);
    }

    private Training open(Selection selection, Objective objective, TrainingPlan plan) throws IOException {
        return Training.open(new TrainingOrder(file(), selection, objective, plan), directory);
    }

    private static TrainingPlan plan() {
        return TrainingPlan.defaults(SEED).withSteps(30).withRate(5e-3);
    }

    /** Notes losses, and stops before a step. */
    private static final class Losses implements StepListener {
        private final List<Double> seen = new ArrayList<>();
        private final int most;

        private Losses(int most) {
            this.most = most;
        }

        @Override
        public boolean goesOn() {
            return seen.size() < most;
        }

        @Override
        public void stepped(int step, double loss) {
            seen.add(loss);
        }

        private double mean(int from, int to) {
            return seen.subList(from, to).stream().mapToDouble(x -> x).average().orElseThrow();
        }
    }

    static Stream<Selection> selections() {
        return Stream.of(
                LOW_RANK,
                Selection.LowRank.defaults(),
                new Selection.BiasesAndNorms(),
                new Selection.LastLayers(1),
                new Selection.TopShare(0.05, 3));
    }

    @ParameterizedTest
    @MethodSource("selections")
    void eachSelection_lowersTheLoss_andWhatIsWrittenIsWhatWasTrained(Selection selection) throws IOException {
        Losses losses = new Losses(100);
        Path adapted = directory.resolve("adapted.onnx");
        try (Training training = open(selection, contrast(), plan())) {
            assertThat(training.run(losses)).isTrue();
            assertThat(losses.mean(20, 30)).isLessThan(losses.mean(0, 5));
            assertThat(training.write(adapted, plain())).isLessThan(1e-6);
            assertThat(training.adapter().parameters()).isEqualTo(training.parameters());
        }
    }

    static Stream<Objective> objectives() {
        List<Objective.Pair> pairs = new ArrayList<>();
        List<Objective.LabelledText> texts = texts();
        for (int i = 0; i + 1 < texts.size(); i++) {
            boolean alike = texts.get(i).label() == texts.get(i + 1).label();
            pairs.add(new Objective.Pair(texts.get(i).text(), texts.get(i + 1).text(), alike ? 0.9f : 0.1f));
        }
        return Stream.of(
                new Objective.Classification(texts, 12),
                new Objective.Similarity(pairs, 12),
                new Objective.SelfContrast(plain(), 0.2, 8, 0.2));
    }

    @ParameterizedTest
    @MethodSource("objectives")
    void eachObjective_lowersItsLoss(Objective objective) throws IOException {
        Losses losses = new Losses(100);
        try (Training training = open(LOW_RANK, objective, plan())) {
            training.run(losses);
        }
        assertThat(losses.mean(20, 30)).isLessThan(losses.mean(0, 5));
    }

    @Test
    void aTraining_isTheSameEachTime_andAnotherSeedIsAnother() throws IOException {
        assertThat(trained(plan())).isEqualTo(trained(plan())).isNotEqualTo(trained(other()));
    }

    private static TrainingPlan other() {
        return TrainingPlan.defaults(SEED + 1).withSteps(30).withRate(5e-3);
    }

    private byte[] trained(TrainingPlan plan) throws IOException {
        try (Training training = open(LOW_RANK, contrast(), plan)) {
            training.run(new Losses(100));
            return content(training.adapter());
        }
    }

    private byte[] content(Adapter adapter) throws IOException {
        Path file = directory.resolve("content");
        adapter.write(file);
        return Files.readAllBytes(file);
    }

    @ParameterizedTest
    @MethodSource("selections")
    void aTrainingThatWasStopped_goesOnToTheSameBits(Selection selection) throws IOException {
        TrainingPlan plan = new TrainingPlan(12, 5e-3, 0.1, 0.01f, 0.1f, 0.2f, 0.5f, SEED);
        Objective objective = new Objective.Classification(texts(), 12);
        byte[] whole;
        byte[] state;
        try (Training training = open(selection, objective, plan)) {
            training.run(new Losses(100));
            whole = content(training.adapter());
        }
        try (Training training = open(selection, objective, plan)) {
            assertThat(training.run(new Losses(5))).isFalse();
            assertThat(training.steps()).isEqualTo(5);
            state = new TensorFile(Map.of(), training.state()).content();
        }
        try (Training training = open(selection, objective, plan)) {
            training.goOnFrom(5, TensorFile.of(state).tensors());
            assertThat(training.run(new Losses(100))).isTrue();
            assertThat(content(training.adapter())).isEqualTo(whole);
        }
    }

    @ParameterizedTest
    @MethodSource("selections")
    void theStateOfAnotherTraining_isRefused_andChangesNothing(Selection selection) throws IOException {
        List<StoredTensor> state;
        try (Training training = open(new Selection.LastLayers(2), contrast(), plan().withSteps(2))) {
            training.run(new Losses(100));
            state = TensorFile.of(new TensorFile(Map.of(), training.state()).content())
                    .tensors();
        }
        try (Training training = open(selection, contrast(), plan())) {
            byte[] before = content(training.adapter());
            assertThatThrownBy(() -> training.goOnFrom(2, state))
                    .isInstanceOf(Refusal.Invalid.class)
                    .hasMessageContaining("another training");
            assertThat(training.steps()).isZero();
            assertThat(content(training.adapter())).isEqualTo(before);
        }
    }

    @Test
    void thePull_keepsWeightsNearWhereTheyBegan() throws IOException {
        assertThat(distance(10)).isLessThan(0.8 * distance(0));
    }

    private double distance(float pull) throws IOException {
        TrainingPlan plan = new TrainingPlan(30, 5e-3, 0.1, 0, pull, 0, 0, SEED);
        float[] before = Tensors.floats(
                EncoderGraph.of(new TinyBert(SEED).model()).weight("encoder.layer.1.output.dense.weight"));
        try (Training training = open(new Selection.LastLayers(1), contrast(), plan)) {
            training.run(new Losses(100));
            float[] after = training.adapter().tensors().stream()
                    .filter(tensor -> tensor.name().equals("encoder.layer.1.output.dense.weight"))
                    .findFirst()
                    .orElseThrow()
                    .values();
            double squares = 0;
            for (int i = 0; i < before.length; i++) {
                squares += Math.pow(after[i] - before[i], 2);
            }
            return Math.sqrt(squares);
        }
    }

    @Test
    void anAdapter_isReadAsItWasWritten_byItsOwnerAlone() throws IOException {
        Path adapter = directory.resolve("adapter");
        Path once = directory.resolve("once.onnx");
        Path again = directory.resolve("again.onnx");
        try (Training training = open(new Selection.TopShare(0.1, 2), contrast(), plan().withSteps(3))) {
            training.run(new Losses(100));
            training.adapter().write(adapter);
            training.write(once, plain());
        }
        AdaptedFile.of(file(), Adapter.read(adapter)).write(again);
        assertThat(again).hasSameBinaryContentAs(once);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(adapter)))
                .isEqualTo("rw-------");
    }

    @Test
    void aProof_isReadAsItWasWritten_andIsNoPartOfWhatIsAdapted() throws IOException {
        Path adapter = directory.resolve("adapter");
        try (Training training = open(LOW_RANK, contrast(), plan().withSteps(3))) {
            training.run(new Losses(100));
            List<TokenSequence> texts = Proof.texts(plain(), SEED);
            FloatMatrix vectors = training.embeddings(texts);
            training.adapter().provedBy(new Proof(texts, vectors)).write(adapter);

            Adapter read = Adapter.of(Files.readAllBytes(adapter));
            Proof proof = read.proof().orElseThrow();
            assertThat(proof.vectors().data()).isEqualTo(vectors.data());
            assertThat(proof.texts().stream().map(TokenSequence::ids))
                    .containsExactlyElementsOf(
                            texts.stream().map(TokenSequence::ids).toList())
                    .doesNotContainAnyElementsOf(
                            plain().stream().map(TokenSequence::ids).toList());
            assertThat(read.parameters()).isEqualTo(training.parameters());
            Path adapted = directory.resolve("adapted.onnx");
            AdaptedFile.of(file(), read).write(adapted);
            assertThat(Agreement.check(adapted, Pooling.MEAN, texts, vectors)).isLessThan(1e-6);
        }
    }

    @ParameterizedTest
    @MethodSource("selections")
    void corrections_areWhatIsAddedToMatrices_andNothingElseIsOne(Selection selection) throws IOException {
        try (Training training = open(selection, contrast(), plan().withSteps(3))) {
            training.run(new Losses(100));
            AdaptedFile adapted = AdaptedFile.of(file(), training.adapter());
            Optional<List<LowRankCorrection>> corrections = adapted.corrections();
            assertThat(corrections.isPresent()).isEqualTo(selection instanceof Selection.LowRank);
            for (LowRankCorrection each : corrections.orElse(List.of())) {
                float[] before = before(each.constant());
                float[] after = adapted.weights().get(each.constant());
                int columns = each.second().length / each.rank();
                for (int i = 0; i < after.length; i++) {
                    double sum = before[i];
                    for (int k = 0; k < each.rank(); k++) {
                        sum += (double) each.first()[i / columns * each.rank() + k]
                                * each.second()[k * columns + i % columns];
                    }
                    assertThat((double) after[i]).isCloseTo(sum, within(1e-6));
                }
            }
        }
    }

    private float[] before(String constant) throws IOException {
        return EncoderGraph.parse(file().model()).getGraph().getInitializerList().stream()
                .filter(weight -> weight.getName().equals(constant))
                .findFirst()
                .map(Tensors::floats)
                .orElseThrow();
    }

    @Test
    void anAdapter_ofAnotherEncoder_isRefused() throws IOException {
        try (Training training = open(LOW_RANK, contrast(), plan())) {
            EncoderFile other = new EncoderFile(file().model(), "cd".repeat(32), Pooling.MEAN);
            assertThatThrownBy(() -> AdaptedFile.of(other, training.adapter()))
                    .isInstanceOf(Refusal.Invalid.class)
                    .hasMessageContaining("another encoder");
        }
    }

    @Test
    void anAdaptedFile_thatIsNotWhatWasTrained_isNoticed() throws IOException {
        Path adapted = directory.resolve("adapted.onnx");
        try (Training training = open(LOW_RANK, contrast(), plan())) {
            training.write(adapted, plain());
            training.run(new Losses(5));
            assertThatThrownBy(() -> Agreement.check(adapted, Pooling.MEAN, plain(), training.embeddings(plain())))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("differs");
        }
    }

    @Test
    void nothingIsLeftBehind() throws IOException {
        try (Training training = open(LOW_RANK, contrast(), plan())) {
            training.run(new Losses(1));
        }
        try (Stream<Path> left = Files.list(directory)) {
            assertThat(left.map(path -> path.getFileName().toString())).containsExactly("bert.onnx");
        }
    }
}
