// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.translator.TextEmbeddingTranslator;
import ai.djl.inference.Predictor;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ZooModel;
import dev.perennial.encode.Embedding;
import dev.perennial.encode.Encoder;
import dev.perennial.encode.EncoderContract;
import dev.perennial.encode.Passage;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** What every shipped encoder promises beyond the port: it agrees with DJL's own path from text to embedding. */
abstract class OnnxEncoderContract extends EncoderContract {
    private static final List<String> VARIED = List.of(
            "How do I reset my password?",
            "The committee has approved the budget for 2027.",
            "no",
            "Ich hätte gern ein Stück Käsekuchen.",
            "Où est la bibliothèque ?",
            "今日は天気がいいですね。",
            "Съешь же ещё этих мягких французских булок.",
            "I love 🍕 and 🎉!!!",
            "e\u0301 versus \u00e9",
            "user@example.org paid $1,234.56 on 2026-01-31 at 09:45",
            "SELECT * FROM t WHERE a = 'b' -- comment",
            "ALL CAPS SHOUTING",
            "antidisestablishmentarianism pneumonoultramicroscopicsilicovolcanoconiosis",
            "...---...",
            "  leading and trailing spaces  ",
            "A man is playing a guitar on the stage in front of many people.",
            "Transfer fee was charged twice, please refund it.",
            "x".repeat(150),
            "one two three four five six seven eight nine ten ".repeat(20),
            "مرحبا بالعالم");

    private static final List<String> WORDS = List.of(
            "card", "lost", "my", "the", "transfer", "why", "abroad", "zebra", "2026", "fee", "?", "unbelievable");

    private final BundledModels models = OnnxFixture.models();
    private final Encoder encoder = OnnxFixture.encoder(id(), runtime());

    /** Which shipped encoder is meant. */
    abstract String id();

    /** In which numbers it multiplies. */
    Precision precision() {
        return Precision.FP32;
    }

    /** What opens it. */
    OnnxRuntime runtime() {
        return OnnxFixture.runtime(precision());
    }

    /** How close its vectors are to those of DJL, which multiplies in single precision. */
    double leastCosine() {
        return 0.99999;
    }

    @Override
    protected Encoder encoder() {
        return encoder;
    }

    @Override
    protected Encoder open() {
        return models.open(runtime(), List.of(id())).get(0);
    }

    @AfterAll
    static void closeEncoders() {
        OnnxFixture.closeEncoders();
    }

    private ModelFolder folder() {
        return models.folders().stream()
                .filter(candidate -> candidate.id().equals(id()))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void info_countsTheWeightsOfTheFile() {
        OnnxScan.Weights weights = OnnxScan.scan(folder().model());
        assertThat(encoder.info().parameters()).isEqualTo(weights.parameters());
        assertThat(encoder.info().precision()).isEqualTo(precision().name().toLowerCase(Locale.ROOT));
        assertThat(TokenizerScan.scan(folder().tokenizer()))
                .isLessThan(weights.tokenRows().orElseThrow());
    }

    @Test
    void marksOfTheModelInAText_areReadAsText() {
        OnnxEncoder ours = (OnnxEncoder) encoder;
        long[] separator = ours.tokenize(Passage.of("")).ids();
        long[] ids =
                ours.tokenize(Passage.of("a [SEP] b [CLS] [PAD] [UNK] [MASK]")).ids();
        assertThat(Arrays.stream(ids)
                        .filter(id -> id == separator[separator.length - 1])
                        .count())
                .isEqualTo(1);
        assertThat(Arrays.stream(ids).filter(id -> id == separator[0]).count()).isEqualTo(1);
        assertThat(ids)
                .isEqualTo(ours.tokenize(Passage.of("a [ SEP ] b [ CLS ] [ PAD ] [ UNK ] [ MASK ]"))
                        .ids());
    }

    @Test
    void encode_packsTexts_andGivesTheSameBitsAloneAndTogether() {
        assertThat(((OnnxEncoder) encoder).isPacked()).isTrue();
        long seed = Long.getLong("perennial.seed", 7);
        Random random = new Random(seed);
        List<Passage> passages = IntStream.range(0, 150)
                .mapToObj(i -> random.nextInt(5) == 0
                        ? Passage.joined(words(random), words(random))
                        : Passage.of(words(random)))
                .toList();
        List<Embedding> together = encoder.encode(passages);
        for (int i = 0; i < passages.size(); i++) {
            Embedding alone = encoder.encode(List.of(passages.get(i))).get(0);
            assertThat(together.get(i).vector()).as("seed %d", seed).isEqualTo(alone.vector());
        }
    }

    private static String words(Random random) {
        int count = 1 + random.nextInt(20);
        return IntStream.range(0, count)
                .mapToObj(i -> WORDS.get(random.nextInt(WORDS.size())))
                .collect(Collectors.joining(" "));
    }

    @Test
    void encode_agreesWithDjl() throws Exception {
        ModelFolder folder = folder();
        try (HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.builder()
                        .optTokenizerPath(folder.tokenizer())
                        .optPadding(false)
                        .optTruncation(true)
                        .optMaxLength(encoder.info().maxTokens())
                        .build();
                ZooModel<String, float[]> model = Criteria.builder()
                        .setTypes(String.class, float[].class)
                        .optEngine("OnnxRuntime")
                        .optModelPath(folder.model())
                        .optTranslator(TextEmbeddingTranslator.builder(tokenizer)
                                .optPoolingMode(folder.pooling().name().toLowerCase(Locale.ROOT))
                                .optNormalize(true)
                                .optIncludeTokenTypes(true)
                                .build())
                        .build()
                        .loadModel();
                Predictor<String, float[]> predictor = model.newPredictor()) {
            List<Embedding> ours =
                    encoder.encode(VARIED.stream().map(Passage::of).toList());
            for (int i = 0; i < VARIED.size(); i++) {
                float[] theirs = predictor.predict(folder.prefix() + VARIED.get(i));
                assertThat(cosine(ours.get(i), new Embedding(theirs, 1, false))).isGreaterThanOrEqualTo(leastCosine());
            }
        }
    }
}
