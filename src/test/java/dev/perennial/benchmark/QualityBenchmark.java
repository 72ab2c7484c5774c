// SPDX-License-Identifier: Apache-2.0
package dev.perennial.benchmark;

import dev.perennial.encode.Encoded;
import dev.perennial.encode.Encoder;
import dev.perennial.encode.EncoderPool;
import dev.perennial.encode.Encoders;
import dev.perennial.ensemble.Agreement;
import dev.perennial.ensemble.Cascade;
import dev.perennial.ensemble.Ensemble;
import dev.perennial.ensemble.Known;
import dev.perennial.ensemble.Mode;
import dev.perennial.ensemble.Prediction;
import dev.perennial.ensemble.PredictionRequest;
import dev.perennial.evaluate.Metrics;
import dev.perennial.learn.Learner;
import dev.perennial.math.Probabilities;
import dev.perennial.onnx.BundledModels;
import dev.perennial.onnx.OnnxRuntime;
import dev.perennial.onnx.OnnxSettings;
import dev.perennial.onnx.OnnxSettings.Precisions;
import dev.perennial.onnx.Precision;
import dev.perennial.task.Answer;
import dev.perennial.task.Input;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.Policy;
import dev.perennial.task.Teaching;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Accuracy, calibration and coverage of the shipped ensemble on public sets, next to each of its members and to their
 * uniform average. Arguments: the data folder, a folder for cached vectors, then names of sets; {@code name:10} teaches
 * ten examples a label, over five seeded draws. {@code -Dperennial.precision=int8} rounds the encoders to bytes;
 * {@code auto} says what a task of the set would choose at several risks, and how often bytes answer otherwise.
 */
public final class QualityBenchmark {
    private static final int BINS = 15;
    private static final int DRAWS = 5;

    private final Path data;
    private final Encoders encoders;
    private final Course course;
    private final Course rounded;

    private QualityBenchmark(Path data, Path cache, Encoders encoders) {
        this.data = data;
        this.encoders = encoders;
        this.course = new Course(data, cache, encoders);
        this.rounded = new Course(data, cache, new Encoders(encoders.pool(), Encoders.rounded(encoders.ready())));
    }

    /** Runs the sets named. */
    public static void main(String[] arguments) throws Exception {
        Path data = Path.of(arguments[0]);
        Path cache = Path.of(arguments[1]);
        Path models = cache.resolve("models");
        Precision precision = Precision.valueOf(
                System.getProperty("perennial.precision", "fp32").toUpperCase(Locale.ROOT));
        OnnxRuntime runtime =
                OnnxRuntime.start(OnnxSettings.defaults().packing(models).rounding(Precisions.all(precision)));
        List<Encoder> opened = new BundledModels(models)
                .open(runtime, List.of("static", "all-minilm-l6-v2", "bge-small-en-v1.5", "e5-small-v2"));
        int cores = Runtime.getRuntime().availableProcessors();
        try (EncoderPool pool = new EncoderPool(cores, Integer.MAX_VALUE)) {
            QualityBenchmark benchmark = new QualityBenchmark(data, cache, new Encoders(pool, opened));
            for (String name : Arrays.asList(arguments).subList(2, arguments.length)) {
                String[] parts = name.split(":", -1);
                if (precision == Precision.AUTO) {
                    benchmark.choice(DataSet.of(name));
                } else if (name.equals("similarity")) {
                    benchmark.similarity();
                } else if (parts.length == 1) {
                    benchmark.full(DataSet.of(name));
                } else {
                    benchmark.few(DataSet.of(parts[0]), Integer.parseInt(parts[1]));
                }
            }
        }
    }

    private void full(DataSet set) throws Exception {
        List<Known> train = course.known(set, set.train());
        List<Known> test = course.known(set, set.test());
        long start = System.nanoTime();
        Ensemble ensemble = course.learn(set, train);
        double seconds = (System.nanoTime() - start) / 1e9;
        Figures figures = measure(set, ensemble, test);
        System.out.printf(
                "%-10s taught %d, fit %.2f s, asked %d: %s%n",
                set.name(), train.size(), seconds, test.size(), figures.line());
        ensemble.parts().forEach(part -> System.out.printf("  weight %-20s %.3f%n", part.name(), part.weight()));
        if (set.kind() == Kind.CLASSIFICATION) {
            cascade(ensemble, test);
        }
        if (set.name().equals("clinc150")) {
            outOfScope(ensemble, test);
        }
    }

    /** In which precision a task serves, by the same evidence and test as in the service. */
    private void choice(DataSet set) throws Exception {
        Learner.Learnt exact = course.learnt(set, course.known(set, set.train()));
        Learner.Learnt inBytes = rounded.learnt(set, rounded.known(set, set.train()));
        Agreement evidence = Agreement.of(set.kind(), List.of(strangers(inBytes)), strangers(exact));
        System.out.printf(
                "%-10s held out %d, unlike in int8 %.4f%n",
                set.name(), exact.heldOut().size(), unlike(set, strangers(exact), strangers(inBytes)));
        for (double risk : new double[] {0.01, 0.02, 0.03, 0.05}) {
            Policy policy = new Policy(0.9, OptionalDouble.empty(), risk, OptionalDouble.empty(), Map.of());
            System.out.printf(
                    "  at a risk of %.2f: %s%n",
                    risk, Cascade.mayAlwaysStop(evidence, set.kind(), policy) ? "int8" : "fp32");
        }
        List<Known> test = course.known(set, set.test());
        List<double[]> full = answers(exact.ensemble(), test);
        List<double[]> other = answers(inBytes.ensemble(), rounded.known(set, set.test()));
        System.out.printf(
                "  asked %d: unlike in int8 %.4f, accuracy %.4f in fp32, %.4f in int8%n",
                test.size(),
                unlike(set, full, other),
                accuracy(exact.ensemble(), test, full),
                accuracy(inBytes.ensemble(), test, other));
    }

    private static List<double[]> strangers(Learner.Learnt learnt) {
        return learnt.heldOut().stream().map(Learner.HeldOutAnswer::asStranger).toList();
    }

    private static List<double[]> answers(Ensemble ensemble, List<Known> asked) {
        return asked.parallelStream()
                .map(known -> ensemble.voices().full().combined(ensemble.answers(known.encoded()), part -> true))
                .toList();
    }

    private static double unlike(DataSet set, List<double[]> some, List<double[]> others) {
        return IntStream.range(0, some.size())
                        .filter(i -> !Cascade.isSame(set.kind(), some.get(i), others.get(i)))
                        .count()
                / (double) some.size();
    }

    private static double accuracy(Ensemble ensemble, List<Known> asked, List<double[]> answers) {
        double right = 0;
        for (int i = 0; i < answers.size(); i++) {
            String truth = ((Answer.OneLabel) asked.get(i).example().teaching().answer()).label();
            right += hit(ensemble, answers.get(i), truth);
        }
        return right / answers.size();
    }

    private void few(DataSet set, int perLabel) throws Exception {
        List<Known> train = course.known(set, set.train());
        List<Known> test = course.known(set, set.test());
        List<Map<String, Double>> all = new ArrayList<>();
        for (int seed = 1; seed <= DRAWS; seed++) {
            Figures figures = measure(set, course.learn(set, draw(train, perLabel, seed)), test);
            all.add(figures.values());
            System.out.printf("%-10s %d a label, seed %d: %s%n", set.name(), perLabel, seed, figures.line());
        }
        Map<String, Double> mean = new LinkedHashMap<>();
        all.get(0)
                .keySet()
                .forEach(key -> mean.put(
                        key,
                        all.stream()
                                .mapToDouble(each -> each.get(key))
                                .average()
                                .orElseThrow()));
        System.out.printf("%-10s %d a label, mean of %d: %s%n", set.name(), perLabel, DRAWS, new Figures(mean).line());
    }

    private static List<Known> draw(List<Known> train, int perLabel, int seed) {
        Map<Answer, List<Known>> byAnswer = new HashMap<>();
        train.forEach(
                known -> byAnswer.computeIfAbsent(known.example().teaching().answer(), any -> new ArrayList<>())
                        .add(known));
        List<Known> drawn = new ArrayList<>();
        new TreeMap<>(byAnswerName(byAnswer)).values().forEach(ofLabel -> {
            Collections.shuffle(ofLabel, new Random(seed));
            drawn.addAll(ofLabel.subList(0, Math.min(perLabel, ofLabel.size())));
        });
        return drawn;
    }

    private static Map<String, List<Known>> byAnswerName(Map<Answer, List<Known>> byAnswer) {
        Map<String, List<Known>> byName = new HashMap<>();
        byAnswer.forEach((answer, known) -> byName.put(answer.toString(), new ArrayList<>(known)));
        return byName;
    }

    private record Figures(Map<String, Double> values) {
        String line() {
            StringBuilder line = new StringBuilder();
            values.forEach((name, value) -> line.append(String.format("%s %.4f  ", name, value)));
            return line.toString().strip();
        }
    }

    private Figures measure(DataSet set, Ensemble ensemble, List<Known> test) {
        PredictionRequest request = new PredictionRequest(List.of(), 1, Mode.FULL, false);
        Map<String, Double> values = new LinkedHashMap<>();
        List<Prediction> predictions = test.parallelStream()
                .map(known -> ensemble.predict(known.example().teaching().input(), known.encoded(), request))
                .toList();
        if (set.kind() == Kind.REGRESSION) {
            double[] truth = test.stream()
                    .mapToDouble(
                            known -> ((Answer.Score) known.example().teaching().answer()).score())
                    .toArray();
            values.put(
                    "spearman",
                    Metrics.spearman(
                            predictions.stream()
                                    .mapToDouble(p -> p.score().orElseThrow())
                                    .toArray(),
                            truth));
            for (int h = 0; h < ensemble.parts().size(); h++) {
                int voice = h;
                double[] scores = test.stream()
                        .mapToDouble(known -> ensemble.answers(known.encoded()).get(voice)[0])
                        .toArray();
                values.put(ensemble.parts().get(h).name(), Metrics.spearman(scores, truth));
            }
            return new Figures(values);
        }
        int n = test.size();
        double right = 0;
        double covered = 0;
        double size = 0;
        double[] confidence = new double[n];
        boolean[] correct = new boolean[n];
        for (int i = 0; i < n; i++) {
            String truth = ((Answer.OneLabel) test.get(i).example().teaching().answer()).label();
            Prediction p = predictions.get(i);
            confidence[i] = p.probability().orElseThrow();
            correct[i] = p.label().orElse("").equals(truth);
            right += correct[i] ? 1 : 0;
            covered += p.labelSet().contains(truth) ? 1 : 0;
            size += p.labelSet().size();
        }
        values.put("accuracy", right / n);
        values.put("ece", Metrics.calibrationError(confidence, correct, BINS));
        values.put("coverage", covered / n);
        values.put("set", size / n);
        values.putAll(voices(ensemble, test));
        return new Figures(values);
    }

    /**
     * Accuracy by mode, the share of answers that each stage gives, and the share that the full ensemble gives
     * otherwise.
     */
    private static void cascade(Ensemble ensemble, List<Known> test) {
        Map<Mode, List<Prediction>> byMode = new EnumMap<>(Mode.class);
        for (Mode mode : Mode.values()) {
            PredictionRequest request = new PredictionRequest(List.of(), 1, mode, false);
            byMode.put(
                    mode,
                    test.parallelStream()
                            .map(known ->
                                    ensemble.predict(known.example().teaching().input(), known.encoded(), request))
                            .toList());
        }
        List<Prediction> full = byMode.get(Mode.FULL);
        byMode.forEach((mode, predictions) -> {
            Map<String, Integer> stages = new TreeMap<>();
            double right = 0;
            double other = 0;
            double covered = 0;
            for (int i = 0; i < full.size(); i++) {
                String truth =
                        ((Answer.OneLabel) test.get(i).example().teaching().answer()).label();
                stages.merge(predictions.get(i).stage(), 1, Integer::sum);
                right += predictions.get(i).label().orElse("").equals(truth) ? 1 : 0;
                covered += predictions.get(i).labelSet().contains(truth) ? 1 : 0;
                other += predictions.get(i).label().equals(full.get(i).label()) ? 0 : 1;
            }
            System.out.printf(
                    "  %s: accuracy %.4f, coverage %.3f, unlike full %.4f, stages %s%n",
                    mode, right / full.size(), covered / full.size(), other / full.size(), stages);
        });
    }

    /** Accuracy of each voice by itself, and of the plain mean of the members' probabilities. */
    private static Map<String, Double> voices(Ensemble ensemble, List<Known> test) {
        Map<String, Double> hits = new LinkedHashMap<>();
        ensemble.parts().forEach(part -> hits.put(part.name(), 0.0));
        hits.put("uniform", 0.0);
        List<List<double[]>> all = test.parallelStream()
                .map(known -> ensemble.answers(known.encoded()))
                .toList();
        for (int i = 0; i < all.size(); i++) {
            String truth = ((Answer.OneLabel) test.get(i).example().teaching().answer()).label();
            List<double[]> answers = all.get(i);
            double[] mean = new double[ensemble.labels().size()];
            for (int h = 0; h < answers.size(); h++) {
                hits.merge(ensemble.parts().get(h).name(), hit(ensemble, answers.get(h), truth), Double::sum);
                for (int c = 0;
                        c < mean.length && ensemble.parts().get(h).view().size() == 1;
                        c++) {
                    mean[c] += answers.get(h)[c];
                }
            }
            hits.merge("uniform", hit(ensemble, mean, truth), Double::sum);
        }
        hits.replaceAll((name, count) -> count / test.size());
        return hits;
    }

    private static double hit(Ensemble ensemble, double[] answer, String truth) {
        return ensemble.labels().get(Probabilities.argmax(answer)).equals(truth) ? 1 : 0;
    }

    private void outOfScope(Ensemble ensemble, List<Known> inScope) throws Exception {
        DataSet.Split split = new DataSet.Split("clinc150/oos_test.tsv", 0, -1, 1);
        List<Teaching> strangers = split.read(data, Kind.CLASSIFICATION);
        List<Input> inputs = strangers.stream().map(Teaching::input).toList();
        List<Encoded> encoded = course.encoded(split.file(), inputs);
        PredictionRequest request = new PredictionRequest(List.of(), 1, Mode.FULL, false);
        double[] out = new double[inputs.size()];
        for (int i = 0; i < out.length; i++) {
            out[i] = ensemble.predict(inputs.get(i), encoded.get(i), request)
                    .probability()
                    .orElseThrow();
        }
        double[] in = inScope.stream()
                .mapToDouble(
                        known -> ensemble.predict(known.example().teaching().input(), known.encoded(), request)
                                .probability()
                                .orElseThrow())
                .toArray();
        System.out.printf("  out of scope: AUROC of the probability %.4f%n", Metrics.areaUnderRoc(in, out));
    }

    /** Spearman of plain cosines on the similarity set, per member and for the mean of their ranks. */
    private void similarity() throws Exception {
        DataSet set = DataSet.of("stsb");
        List<Known> test = course.known(set, set.test());
        double[] truth = test.stream()
                .mapToDouble(known -> ((Answer.Score) known.example().teaching().answer()).score())
                .toArray();
        double[] sum = new double[test.size()];
        for (int m = 0; m < encoders.ready().size(); m++) {
            double[] cosine = new double[test.size()];
            for (int i = 0; i < cosine.length; i++) {
                float[] v = test.get(i).encoded().vectors().get(m);
                int d = v.length / 3;
                for (int k = 0; k < d; k++) {
                    cosine[i] += v[k] * v[d + k];
                }
            }
            double[] ranks = Metrics.ranks(cosine);
            for (int i = 0; i < ranks.length; i++) {
                sum[i] += ranks[i];
            }
            System.out.printf(
                    "similarity %-20s spearman %.4f%n",
                    encoders.ready().get(m).info().id(), Metrics.spearman(cosine, truth));
        }
        System.out.printf("similarity %-20s spearman %.4f%n", "mean of ranks", Metrics.spearman(sum, truth));
        double[] combined = new double[test.size()];
        var map = course.spreads().featureMap(InputKind.PAIR, encoders.ready());
        for (int i = 0; i < combined.length; i++) {
            combined[i] = map.closeness(test.get(i).encoded());
        }
        System.out.printf("similarity %-20s spearman %.4f%n", "combination", Metrics.spearman(combined, truth));
    }
}
