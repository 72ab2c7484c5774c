// SPDX-License-Identifier: Apache-2.0
package dev.perennial.benchmark;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.inference.Predictor;
import ai.djl.repository.zoo.ZooModel;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.onnx.allminilml6v2.AllMiniLmL6V2EmbeddingModel;
import dev.perennial.encode.Embedding;
import dev.perennial.encode.Encoder;
import dev.perennial.encode.Passage;
import dev.perennial.onnx.BundledModels;
import dev.perennial.onnx.ExecutionProvider;
import dev.perennial.onnx.ModelFolder;
import dev.perennial.onnx.OnnxRuntime;
import dev.perennial.onnx.OnnxSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Texts embedded in a second of processor time by this project, by a DJL {@code Predictor}, by LangChain4j's model and,
 * when it is installed, by transformers.js: on the same model file and texts, in turns. Arguments: the data folder, a
 * folder for unpacked models, the folder that {@code peers.md} and {@code peers.svg} go to, and {@code quick} for a
 * trial. See {@code bench/peers/README.md}.
 */
@SuppressWarnings("SystemOut")
public final class PeersBenchmark {
    private static final String MODEL = "all-minilm-l6-v2";
    private static final String OURS = "Perennial";
    private static final List<Integer> SIZES = List.of(1, 8, 32);

    /** LangChain4j reads no more of a text; all are to do the same work. */
    private static final int MAX_TOKENS = 128;

    private static final double SAME = 0.999;

    private final Report report = new Report();
    private final int turns;
    private final Map<String, Peer> peers;

    private PeersBenchmark(Map<String, Peer> peers, int turns) {
        this.peers = peers;
        this.turns = turns;
    }

    public static void main(String[] arguments) {
        // The engine's threads would keep the process alive.
        try {
            measure(arguments);
            System.exit(0);
        } catch (Exception failed) {
            failed.printStackTrace();
            System.exit(1);
        }
    }

    private static void measure(String[] arguments) throws Exception {
        boolean quick = List.of(arguments).contains("quick");
        Path models = Path.of(arguments[1]);
        OnnxRuntime runtime = OnnxRuntime.start(
                OnnxSettings.defaults().on(ExecutionProvider.CPU, true).packing(models));
        BundledModels bundled = new BundledModels(models);
        ModelFolder folder = bundled.folders().stream()
                .filter(candidate -> candidate.id().equals(MODEL))
                .findFirst()
                .orElseThrow();
        Map<String, List<String>> texts = texts(EncoderBenchmark.questions(Path.of(arguments[0])), folder, quick);
        try (Encoder encoder = bundled.open(runtime, List.of(MODEL)).get(0);
                ZooModel<String, float[]> model = EncoderBenchmark.djl(folder);
                Predictor<String, float[]> predictor = model.newPredictor()) {
            EmbeddingModel langChain = new AllMiniLmL6V2EmbeddingModel();
            Map<String, Peer> peers = new LinkedHashMap<>();
            peers.put(
                    OURS,
                    Peer.here(some -> encoder
                            .encode(some.stream().map(Passage::of).toList())
                            .stream()
                            .map(Embedding::vector)
                            .toList()));
            peers.put("DJL Predictor", Peer.here(predictor::batchPredict));
            peers.put(
                    "LangChain4j",
                    Peer.here(
                            some -> langChain
                                    .embedAll(
                                            some.stream().map(TextSegment::from).toList())
                                    .content()
                                    .stream()
                                    .map(dev.langchain4j.data.embedding.Embedding::vector)
                                    .toList()));
            if (!TransformersJs.installed()) {
                new PeersBenchmark(peers, quick ? 1 : 5).run(texts, Path.of(arguments[2]));
            } else {
                try (TransformersJs javaScript = TransformersJs.start(folder, Path.of("target", "peers", MODEL))) {
                    peers.put("transformers.js", javaScript::embed);
                    new PeersBenchmark(peers, quick ? 1 : 5).run(texts, Path.of(arguments[2]));
                }
            }
        }
    }

    /** Questions as they are, and joined up to the longest text that all of them read whole. */
    private static Map<String, List<String>> texts(List<String> questions, ModelFolder folder, boolean quick)
            throws Exception {
        int shortTexts = quick ? 64 : 160;
        int longTexts = quick ? 32 : 64;
        List<String> joined = new ArrayList<>();
        try (HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.builder()
                .optTokenizerPath(folder.tokenizer())
                .optPadding(false)
                .optTruncation(false)
                .build()) {
            String text = "";
            for (String question : questions.subList(shortTexts, questions.size())) {
                String longer = text.isEmpty() ? question : text + " " + question;
                if (tokenizer.encode(longer).getIds().length <= MAX_TOKENS) {
                    text = longer;
                } else {
                    joined.add(text);
                    text = question;
                }
            }
        }
        Map<String, List<String>> texts = new LinkedHashMap<>();
        texts.put("short", questions.subList(0, shortTexts));
        texts.put("long", joined.subList(0, longTexts));
        return texts;
    }

    private void run(Map<String, List<String>> texts, Path output) throws Exception {
        report.say("# Encoders next to one another%n%nWritten by `PeersBenchmark`; do not edit.%n%n");
        report.say(
                "%s. Seed %d, %d turns. Load average at the start %.1f.%n%n",
                Machine.description(), Long.getLong("perennial.seed", 1), turns, Machine.load());
        for (Map.Entry<String, List<String>> some : texts.entrySet()) {
            agree(some.getKey(), some.getValue());
        }
        report.say("%n| texts, at once |");
        peers.keySet().forEach(name -> report.say(" %s |", name));
        peers.keySet().stream().skip(1).forEach(name -> report.say(" over %s |", name));
        report.say("%n|%s%n", " --- |".repeat(2 * peers.size()));
        List<BarPlot.Group> groups = new ArrayList<>();
        for (Map.Entry<String, List<String>> some : texts.entrySet()) {
            for (int size : SIZES) {
                groups.add(compare(some.getKey() + ", " + size, some.getValue(), size));
            }
        }
        report.say("%nLoad average at the end %.1f.%n", Machine.load());
        report.write(output, "peers.md");
        List<String> others = peers.keySet().stream().skip(1).toList();
        BarPlot plot = new BarPlot(
                "texts per CPU second over those of a peer: length of texts, texts at once", others, groups, false);
        Files.writeString(output.resolve("peers.svg"), plot.svg());
    }

    /** A comparison of those who do not compute the same would be worth nothing. */
    private void agree(String what, List<String> texts) throws Exception {
        List<float[]> ours = peers.get(OURS).embed(texts, SIZES.get(1)).vectors();
        for (Map.Entry<String, Peer> peer : peers.entrySet()) {
            List<float[]> theirs = peer.getValue().embed(texts, SIZES.get(1)).vectors();
            double least = 1;
            for (int i = 0; i < texts.size(); i++) {
                least = Math.min(least, cosine(ours.get(i), theirs.get(i)));
            }
            if (least < SAME) {
                throw new IllegalStateException(peer.getKey() + " differs: cosine " + least);
            }
            report.say("- %s texts: least cosine to %s %.6f%n", what, peer.getKey(), least);
        }
    }

    private static double cosine(float[] a, float[] b) {
        double product = 0;
        double ofA = 0;
        double ofB = 0;
        for (int i = 0; i < a.length; i++) {
            product += (double) a[i] * b[i];
            ofA += (double) a[i] * a[i];
            ofB += (double) b[i] * b[i];
        }
        return product / Math.sqrt(ofA * ofB);
    }

    /** Turn by turn after one to warm up, each ratio within its turn; says medians, gives back those of the ratios. */
    private BarPlot.Group compare(String what, List<String> texts, int size) throws Exception {
        Map<String, List<Double>> rates = new LinkedHashMap<>();
        Map<String, List<Double>> ratios = new LinkedHashMap<>();
        for (int turn = -1; turn < turns; turn++) {
            double ours = 0;
            for (Map.Entry<String, Peer> peer : peers.entrySet()) {
                double rate = texts.size() / peer.getValue().embed(texts, size).cpuSeconds();
                ours = peer.getKey().equals(OURS) ? rate : ours;
                if (turn >= 0) {
                    rates.computeIfAbsent(peer.getKey(), name -> new ArrayList<>())
                            .add(rate);
                    ratios.computeIfAbsent(peer.getKey(), name -> new ArrayList<>())
                            .add(ours / rate);
                }
            }
        }
        List<Double> medians =
                ratios.values().stream().skip(1).map(EncoderBenchmark::median).toList();
        report.say("| %s |", what);
        rates.values().forEach(some -> report.say(" %.1f |", EncoderBenchmark.median(some)));
        medians.forEach(ratio -> report.say(" %.2f |", ratio));
        report.say("%n");
        return new BarPlot.Group(what + " at once", medians);
    }
}
