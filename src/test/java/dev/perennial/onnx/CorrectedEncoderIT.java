// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.perennial.encode.Embedding;
import dev.perennial.encode.Encoder;
import dev.perennial.encode.EncoderContract;
import dev.perennial.encode.EncoderInfo;
import dev.perennial.encode.Passage;
import dev.perennial.encode.TokenSequence;
import dev.perennial.math.FloatMatrix;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Encoders that are one that ships, with corrections, next to the same written into its file. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class CorrectedEncoderIT extends EncoderContract {
    private static final String ID = "all-minilm-l6-v2";
    private static final double SPREAD = 0.05;
    private static final List<Passage> PASSAGES = Stream.of(
                    "How do I activate my new card?",
                    "no",
                    "A man is playing a guitar on the stage in front of many people.",
                    "Transfer fee was charged twice, please refund it.",
                    "today",
                    "The committee has approved the budget for 2027.",
                    "one two three four five six seven eight nine ten ".repeat(12),
                    "ALL CAPS SHOUTING")
            .map(Passage::of)
            .toList();

    private final long seed = Long.getLong("perennial.seed", 7);
    private final Random random = new Random(seed);
    private final ModelFolder folder = OnnxFixture.models().folders().stream()
            .filter(each -> each.id().equals(ID))
            .findFirst()
            .orElseThrow();

    @TempDir
    private static Path directory;

    private OnnxEncoder base;
    private Fixed queries;
    private Fixed others;
    private Fixed everywhere;

    /** An encoder, what corrects it, and where the same is a file. */
    private record Fixed(ProvenCorrections corrections, ModelFolder merged, Encoder encoder) {}

    @BeforeAll
    void openAll() throws IOException {
        base = (OnnxEncoder) opened();
        queries = fixed("a", List.of("query", "value"), 8);
        others = fixed("b", List.of("query", "value"), 8);
        everywhere = fixed("c", List.of("query", "key", "value", "output", "up", "down"), 40);
    }

    @AfterAll
    void closeAll() {
        base.close();
        OnnxFixture.closeEncoders();
    }

    private Encoder opened() {
        return OnnxFixture.models().open(OnnxFixture.runtime(), List.of(ID)).get(0);
    }

    private Fixed fixed(String name, List<String> places, int rank) throws IOException {
        List<Correction> ofMatrices = corrections(places, rank);
        ModelFolder merged = MergedModel.write(folder, ofMatrices, directory.resolve(name + ".onnx"));
        List<TokenizedPassage> texts = PASSAGES.stream().map(base::tokenize).toList();
        ProvenCorrections corrections = new ProvenCorrections(
                Sha256.of(name),
                ofMatrices,
                texts.stream()
                        .map(text -> new TokenSequence(text.ids(), text.types()))
                        .toList(),
                vectors(merged, texts));
        return new Fixed(
                corrections,
                merged,
                OnnxFixture.runtime().correct(base, folder, corrections).orElseThrow());
    }

    private List<Correction> corrections(List<String> places, int rank) throws IOException {
        StoredWeights stored = StoredWeights.read(folder.model());
        BertGraph.Weights weights = BertGraph.weights(
                        OnnxScan.parse(folder.model()).getGraph(), stored)
                .orElseThrow();
        List<Correction> corrections = new ArrayList<>();
        for (BertGraph.Layer layer : weights.layers()) {
            for (String place : places) {
                String matrix = matrix(layer, place);
                List<Long> shape = stored.get(matrix).dimensions();
                corrections.add(
                        new Correction(matrix, rank, gaussians(shape.get(0) * rank), gaussians(rank * shape.get(1))));
            }
        }
        return corrections;
    }

    private static String matrix(BertGraph.Layer layer, String place) {
        return switch (place) {
            case "query" -> layer.query().matrix();
            case "key" -> layer.key().matrix();
            case "value" -> layer.value().matrix();
            case "output" -> layer.output().matrix();
            case "up" -> layer.up().matrix();
            case "down" -> layer.down().matrix();
            default -> throw new IllegalArgumentException(place);
        };
    }

    private float[] gaussians(long count) {
        float[] values = new float[Math.toIntExact(count)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (SPREAD * random.nextGaussian());
        }
        return values;
    }

    /** By the file's own graph. */
    private static FloatMatrix vectors(ModelFolder merged, List<TokenizedPassage> texts) {
        OnnxRuntime padding = OnnxRuntime.start(OnnxSettings.defaults().on(ExecutionProvider.CPU, true));
        try (OnnxEncoder encoder = (OnnxEncoder) padding.open(merged)) {
            FloatMatrix vectors = FloatMatrix.zeros(texts.size(), encoder.info().dimension());
            for (int i = 0; i < texts.size(); i++) {
                float[] vector = encoder.embed(texts.get(i));
                System.arraycopy(vector, 0, vectors.data(), i * vector.length, vector.length);
            }
            return vectors;
        }
    }

    @Override
    protected Encoder encoder() {
        return queries.encoder();
    }

    @Override
    protected Encoder open() {
        return OnnxFixture.runtime()
                .correct(base, folder, queries.corrections())
                .orElseThrow();
    }

    @Test
    void vectors_areThoseOfTheFileWithTheCorrectionsInIt() {
        List<Passage> unseen = CanaryCorpus.passages().subList(0, 12);
        for (Fixed fixed : List.of(queries, others, everywhere)) {
            List<TokenizedPassage> texts = unseen.stream().map(base::tokenize).toList();
            FloatMatrix expected = vectors(fixed.merged(), texts);
            List<Embedding> given = fixed.encoder().encode(unseen);
            double moved = 0;
            for (int i = 0; i < texts.size(); i++) {
                float[] row = new float[expected.columns()];
                expected.readRow(i, row);
                assertThat(given.get(i).vector()).as("seed %d", seed).containsExactly(row, within(1e-5f));
                moved = Math.max(
                        moved,
                        1
                                - cosine(
                                        given.get(i),
                                        base.encode(List.of(unseen.get(i))).get(0)));
            }
            assertThat(moved).as("seed %d", seed).isGreaterThan(1e-3);
        }
    }

    @Test
    void aMixture_givesTheBitsOfEachAlone_andLeavesThoseOfTheHost() {
        try (Encoder untouched = opened()) {
            List<Encoder> readers = List.of(queries.encoder(), base, others.encoder(), everywhere.encoder());
            List<Passage> passages = new ArrayList<>();
            List<Encoder> mixed = new ArrayList<>();
            for (int i = 0; i < 150; i++) {
                passages.add(Passage.of(VariedTexts.random(random, 1 + random.nextInt(30))));
                mixed.add(readers.get(random.nextInt(readers.size())));
            }
            List<Embedding> together = base.encode(passages, mixed);
            for (int i = 0; i < passages.size(); i++) {
                Encoder alone = mixed.get(i) == base ? untouched : mixed.get(i);
                assertThat(together.get(i).vector())
                        .as("seed %d, text %d", seed, i)
                        .isEqualTo(alone.encode(List.of(passages.get(i))).get(0).vector());
            }
        }
    }

    @Test
    void info_isThatOfTheHost_butForTheDigestAndTheNumbersOfItsOwn() {
        assertThat(queries.encoder().host()).isSameAs(base);
        EncoderInfo info = queries.encoder().info();
        assertThat(info)
                .usingRecursiveComparison()
                .ignoringFields("digest", "bytes")
                .isEqualTo(base.info());
        assertThat(info.bytes()).isPositive().isLessThan(base.info().bytes());
        assertThat(Stream.of(queries, others, everywhere)
                        .map(fixed -> fixed.encoder().info().digest()))
                .doesNotHaveDuplicates()
                .doesNotContain(base.info().digest());
        try (Encoder again = open()) {
            assertThat(again.info()).isEqualTo(queries.encoder().info());
        }
    }

    @Test
    void vectorsOfAnotherEncoder_areNoticed() {
        ProvenCorrections wrong = new ProvenCorrections(
                "wrong",
                queries.corrections().ofMatrices(),
                queries.corrections().texts(),
                others.corrections().vectors());
        assertThat(OnnxFixture.runtime().correct(base, folder, wrong)).isEmpty();
    }

    @Test
    void anEncoderThatIsNotPacked_orRounded_takesNoCorrections() {
        OnnxRuntime padding = OnnxRuntime.start(OnnxSettings.defaults().on(ExecutionProvider.CPU, true));
        try (Encoder padded = padding.open(folder);
                Encoder rounded = OnnxFixture.runtime(Precision.INT8).open(folder)) {
            assertThat(padding.correct(padded, folder, queries.corrections())).isEmpty();
            assertThat(OnnxFixture.runtime(Precision.INT8).correct(rounded, folder, queries.corrections()))
                    .isEmpty();
        }
    }

    @Test
    void whileAHostAnswers_othersAreOpenedOverIt() throws Exception {
        List<Embedding> expected = base.encode(PASSAGES);
        try (Encoder busy = opened()) {
            AtomicBoolean ends = new AtomicBoolean();
            List<CompletableFuture<Void>> callers = Stream.of(1, 2, 3)
                    .map(i -> CompletableFuture.runAsync(
                            () -> {
                                while (!ends.get()) {
                                    assertSameBits(busy.encode(PASSAGES), expected);
                                }
                            },
                            task -> new Thread(task, "asks").start()))
                    .toList();
            for (Fixed fixed : List.of(queries, everywhere)) {
                try (Encoder corrected = OnnxFixture.runtime()
                        .correct(busy, folder, fixed.corrections())
                        .orElseThrow()) {
                    assertSameBits(corrected.encode(PASSAGES), fixed.encoder().encode(PASSAGES));
                }
            }
            ends.set(true);
            for (CompletableFuture<Void> caller : callers) {
                caller.get();
            }
        }
    }

    private static void assertSameBits(List<Embedding> given, List<Embedding> expected) {
        for (int i = 0; i < expected.size(); i++) {
            assertThat(given.get(i).vector()).isEqualTo(expected.get(i).vector());
        }
    }

    @Test
    void withoutItsHost_itIsClosed() {
        Encoder host = opened();
        Encoder corrected = OnnxFixture.runtime()
                .correct(host, folder, queries.corrections())
                .orElseThrow();
        host.close();
        assertThatThrownBy(() -> corrected.encode(PASSAGES)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aReaderThatIsClosed_orOfAnotherHost_isABug() {
        Encoder closed = open();
        closed.close();
        try (Encoder stranger = opened()) {
            for (Encoder reader : List.of(closed, stranger)) {
                assertThatThrownBy(() -> base.encode(List.of(Passage.of("text")), List.of(reader)))
                        .isInstanceOf(IllegalStateException.class);
            }
        }
    }
}
