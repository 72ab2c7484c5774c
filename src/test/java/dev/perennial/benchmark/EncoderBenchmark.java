// SPDX-License-Identifier: Apache-2.0
package dev.perennial.benchmark;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.translator.TextEmbeddingTranslator;
import ai.djl.inference.Predictor;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ZooModel;
import dev.perennial.encode.Encoder;
import dev.perennial.encode.Passage;
import dev.perennial.onnx.BundledModels;
import dev.perennial.onnx.ExecutionProvider;
import dev.perennial.onnx.ModelFolder;
import dev.perennial.onnx.OnnxRuntime;
import dev.perennial.onnx.OnnxSettings;
import dev.perennial.onnx.OnnxSettings.Precisions;
import dev.perennial.onnx.Precision;
import dev.perennial.task.Kind;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * Texts that one thread embeds in a second of its own processor time: texts run without padding, the same rounded to
 * bytes, runs padded to the longest of texts sorted by length, and a DJL {@code Predictor} on the same file, in turns.
 * Arguments: the data folder, a folder for unpacked models, and the ids of encoders.
 */
@SuppressWarnings("SystemOut")
public final class EncoderBenchmark {
    private static final int TURNS = 3;
    private static final int SHORT_TEXTS = 160;
    private static final int LONG_TEXTS = 32;
    private static final int QUESTIONS_IN_A_LONG_TEXT = 9;

    private EncoderBenchmark() {}

    /** Embeds some texts at once. */
    private interface Embedding {
        void of(List<String> texts) throws Exception;
    }

    public static void main(String[] arguments) throws Exception {
        List<String> questions = questions(Path.of(arguments[0]));
        List<String> shortTexts = questions.subList(0, SHORT_TEXTS);
        List<String> longTexts = new ArrayList<>();
        for (int i = 0; i < LONG_TEXTS; i++) {
            int from = SHORT_TEXTS + i * QUESTIONS_IN_A_LONG_TEXT;
            longTexts.add(String.join(" ", questions.subList(from, from + QUESTIONS_IN_A_LONG_TEXT)));
        }
        Path models = Path.of(arguments[1]);
        OnnxSettings padding = OnnxSettings.defaults().on(ExecutionProvider.CPU, true);
        OnnxRuntime padded = OnnxRuntime.start(padding);
        OnnxRuntime packed = OnnxRuntime.start(padding.packing(models));
        OnnxRuntime rounded = OnnxRuntime.start(padding.packing(models).rounding(Precisions.all(Precision.INT8)));
        for (String id : List.of(arguments).subList(2, arguments.length)) {
            BundledModels bundled = new BundledModels(models);
            ModelFolder folder = bundled.folders().stream()
                    .filter(candidate -> candidate.id().equals(id))
                    .findFirst()
                    .orElseThrow();
            try (Encoder withoutPadding = bundled.open(packed, List.of(id)).get(0);
                    Encoder ofBytes = bundled.open(rounded, List.of(id)).get(0);
                    Encoder withPadding = bundled.open(padded, List.of(id)).get(0);
                    ZooModel<String, float[]> model = djl(folder);
                    Predictor<String, float[]> predictor = model.newPredictor()) {
                agreement(id, withoutPadding, ofBytes, passages(shortTexts));
                Map<String, Embedding> ways = new LinkedHashMap<>();
                ways.put("packed", texts -> withoutPadding.encode(passages(texts)));
                ways.put("int8", texts -> ofBytes.encode(passages(texts)));
                ways.put("padded", texts -> withPadding.encode(passages(texts)));
                ways.put("DJL", predictor::batchPredict);
                for (int size : List.of(1, 8, 32)) {
                    compare(id + " short, " + size + " at once", ways, shortTexts, size);
                    compare(id + " long, " + size + " at once", ways, longTexts, size);
                }
            }
        }
        System.exit(0);
    }

    static List<String> questions(Path data) throws Exception {
        DataSet set = DataSet.of("banking77");
        List<String> questions = new ArrayList<>();
        set.train()
                .read(data, Kind.CLASSIFICATION)
                .forEach(teaching -> questions.add(teaching.input().text().value()));
        Collections.shuffle(questions, new Random(Long.getLong("perennial.seed", 1)));
        return questions;
    }

    private static List<Passage> passages(List<String> texts) {
        return texts.stream().map(Passage::of).toList();
    }

    static ZooModel<String, float[]> djl(ModelFolder folder) throws Exception {
        HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.builder()
                .optTokenizerPath(folder.tokenizer())
                .optPadding(true)
                .optTruncation(true)
                .optMaxLength(256)
                .build();
        return Criteria.builder()
                .setTypes(String.class, float[].class)
                .optEngine("OnnxRuntime")
                .optOption("intraOpNumThreads", "1")
                .optOption("interOpNumThreads", "1")
                .optModelPath(folder.model())
                .optTranslator(TextEmbeddingTranslator.builder(tokenizer)
                        .optPoolingMode(folder.pooling().name().toLowerCase(Locale.ROOT))
                        .optNormalize(true)
                        .optIncludeTokenTypes(true)
                        .build())
                .build()
                .loadModel();
    }

    /** How far bytes move vectors, and whether a vector of bytes has the same bits alone and beside others. */
    private static void agreement(String id, Encoder floats, Encoder bytes, List<Passage> passages) {
        List<dev.perennial.encode.Embedding> together = bytes.encode(passages);
        double sum = 0;
        double least = 1;
        int changed = 0;
        for (int i = 0; i < passages.size(); i++) {
            float[] alone = bytes.encode(List.of(passages.get(i))).get(0).vector();
            float[] original = floats.encode(List.of(passages.get(i))).get(0).vector();
            double cosine = 0;
            for (int k = 0; k < alone.length; k++) {
                cosine += (double) alone[k] * original[k];
            }
            sum += cosine;
            least = Math.min(least, cosine);
            changed += Arrays.equals(alone, together.get(i).vector()) ? 0 : 1;
        }
        System.out.printf(
                "%s in %s: cosine to fp32 mean %.4f, least %.4f; %d of %d vectors change beside others%n",
                id, bytes.info().precision(), sum / passages.size(), least, changed, passages.size());
    }

    private static void compare(String what, Map<String, Embedding> ways, List<String> texts, int size)
            throws Exception {
        Map<String, List<Double>> rates = new LinkedHashMap<>();
        for (int turn = 0; turn <= TURNS; turn++) {
            for (Map.Entry<String, Embedding> way : ways.entrySet()) {
                double rate = rate(way.getValue(), texts, size);
                if (turn > 0) {
                    rates.computeIfAbsent(way.getKey(), name -> new ArrayList<>())
                            .add(rate);
                }
            }
        }
        double first = median(rates.get("packed"));
        StringBuilder line = new StringBuilder(String.format("%-44s packed %.1f/s", what, first));
        rates.forEach((name, ofWay) -> {
            if (name.equals("int8")) {
                line.append(String.format(", int8 %.1f/s: %.2f times packed", median(ofWay), median(ofWay) / first));
            } else if (!name.equals("packed")) {
                line.append(String.format(", %s %.1f/s: ratio %.2f", name, median(ofWay), first / median(ofWay)));
            }
        });
        System.out.println(line);
    }

    /** By the time of this thread, which is where the encoders and DJL, told to use one thread, compute. */
    private static double rate(Embedding embedding, List<String> texts, int size) throws Exception {
        long began = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        for (int from = 0; from < texts.size(); from += size) {
            embedding.of(texts.subList(from, Math.min(texts.size(), from + size)));
        }
        return texts.size() * 1e9 / (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - began);
    }

    static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }
}
