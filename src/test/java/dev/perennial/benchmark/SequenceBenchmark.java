// SPDX-License-Identifier: Apache-2.0
package dev.perennial.benchmark;

import dev.perennial.adapt.MergeKind;
import dev.perennial.app.WorkerTrainer;
import dev.perennial.encode.Embedding;
import dev.perennial.encode.Encoder;
import dev.perennial.encode.Passage;
import dev.perennial.learn.AdaptationObjective;
import dev.perennial.learn.AdaptationStrategy;
import dev.perennial.learn.Continuation;
import dev.perennial.learn.EncoderTraining;
import dev.perennial.learn.LabelledPassage;
import dev.perennial.learn.TrainedAdapter;
import dev.perennial.learn.TrainingBudget;
import dev.perennial.learn.TrainingFollower;
import dev.perennial.onnx.BundledModels;
import dev.perennial.onnx.ExecutionProvider;
import dev.perennial.onnx.OnnxRuntime;
import dev.perennial.onnx.OnnxSettings;
import dev.perennial.task.Answer;
import dev.perennial.task.Teaching;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * What five tasks that are learnt one after another by one adapter do to one another, by each rule of merging: after
 * each task the accuracy of all earlier ones, by a ridge head that is fitted anew to the same few examples (as the
 * service does) and by the one that was fitted when the task was learnt. Arguments: the data folder, a folder for
 * unpacked models, the id of an encoder, steps of each training. {@code -Dperennial.examples} is the number of examples
 * a label, {@code -Dperennial.tests} that of test texts of a task, {@code -Dperennial.seed} what is drawn, and
 * {@code -Dperennial.rules} names rules, separated by commas.
 */
@SuppressWarnings("SystemOut")
public final class SequenceBenchmark {
    private static final List<DataSet> TASKS = List.of("sst2", "trec6", "cola", "agnews", "snips").stream()
            .map(DataSet::of)
            .toList();
    private static final int EXAMPLES = Integer.getInteger("perennial.examples", 16);
    private static final int TESTS = Integer.getInteger("perennial.tests", 300);
    private static final long SEED = Long.getLong("perennial.seed", 1);
    private static final List<String> RULES =
            List.of(System.getProperty("perennial.rules", "none,line-merge,lcia-code,lcia-paper")
                    .split(","));
    private static final double RIDGE = 0.3;
    private static final int AT_ONCE = 32;

    private final WorkerTrainer trainer;
    private final Encoder base;
    private final int steps;
    private final List<Slice> slices = new ArrayList<>();

    private SequenceBenchmark(WorkerTrainer trainer, Encoder base, int steps) {
        this.trainer = trainer;
        this.base = base;
        this.steps = steps;
    }

    /** A task with few examples and some texts to be asked. */
    private record Slice(String name, List<Labelled> examples, List<Labelled> tests) {}

    private record Labelled(Passage passage, int label) {}

    /** Runs every rule. */
    public static void main(String[] arguments) throws Exception {
        Path data = Path.of(arguments[0]);
        Path models = Path.of(arguments[1]);
        OnnxRuntime runtime = OnnxRuntime.start(
                OnnxSettings.defaults().on(ExecutionProvider.CPU, true).packing(models));
        Path directory = Files.createTempDirectory("sequence");
        WorkerTrainer trainer = new WorkerTrainer(
                runtime,
                new WorkerTrainer.Places(directory, directory.resolve("members"), 1L << 30),
                InstantSource.system());
        try (Encoder base =
                new BundledModels(models).open(runtime, List.of(arguments[2])).get(0)) {
            SequenceBenchmark benchmark = new SequenceBenchmark(trainer, base, Integer.parseInt(arguments[3]));
            for (DataSet set : TASKS) {
                benchmark.slices.add(slice(set, data));
            }
            System.out.printf(
                    "%s, %d steps a task, %d examples a label, %d test texts a task, seed %d%n",
                    arguments[2], benchmark.steps, EXAMPLES, TESTS, SEED);
            double[] frozen = benchmark.accuracies(base, benchmark.slices.size() - 1);
            System.out.println("frozen encoder: " + shown(frozen));
            TrainedAdapter first = benchmark.trained(0, Map.of());
            for (String rule : RULES) {
                benchmark.run(MergeKind.of(rule).orElseThrow(), first);
            }
        }
        System.exit(0);
    }

    private static Slice slice(DataSet set, Path data) {
        Map<String, Integer> numbers = new TreeMap<>();
        List<Labelled> train = drawn(set.train(), set, data, numbers);
        Map<Integer, Integer> counts = new HashMap<>();
        List<Labelled> examples = train.stream()
                .filter(each -> counts.merge(each.label(), 1, Integer::sum) <= EXAMPLES)
                .toList();
        List<Labelled> tests = drawn(set.test(), set, data, numbers);
        return new Slice(set.name(), examples, tests.subList(0, Math.min(TESTS, tests.size())));
    }

    private static List<Labelled> drawn(DataSet.Split split, DataSet set, Path data, Map<String, Integer> numbers) {
        List<Teaching> all = new ArrayList<>(split.read(data, set.kind()));
        Collections.shuffle(all, new Random(SEED));
        return all.stream()
                .map(each -> new Labelled(
                        Passage.of(each.input().text().value()),
                        numbers.computeIfAbsent(((Answer.OneLabel) each.answer()).label(), label -> numbers.size())))
                .toList();
    }

    /** @param old what it goes on from, by its rule; none to begin with the encoder as it ships */
    private TrainedAdapter trained(int task, Map<MergeKind, TrainedAdapter> old) {
        List<LabelledPassage> examples = slices.get(task).examples().stream()
                .map(each -> new LabelledPassage(each.passage(), each.label()))
                .toList();
        EncoderTraining training = new EncoderTraining(
                AdaptationStrategy.LORA,
                AdaptationObjective.CONTRAST,
                examples,
                new TrainingBudget(
                        steps, Duration.ofHours(2), 1_300_000_000, base.info().parameters()),
                SEED);
        for (Map.Entry<MergeKind, TrainedAdapter> each : old.entrySet()) {
            training = training.from(
                    new Continuation(each.getValue().adapter(), each.getValue().information(), each.getKey()));
        }
        return trainer.train(base, training, TrainingFollower.PATIENT);
    }

    private void run(MergeKind rule, TrainedAdapter first) {
        System.out.println(rule.key());
        double[][] refitted = new double[slices.size()][];
        double[][] kept = new double[slices.size()][];
        List<Head> heads = new ArrayList<>();
        TrainedAdapter adapter = first;
        double seconds = 0;
        for (int task = 0; task < slices.size(); task++) {
            if (task > 0) {
                adapter = trained(task, Map.of(rule, adapter));
                seconds += adapter.cpuSeconds();
            }
            try (Encoder encoder = trainer.open(base, adapter.adapter())) {
                heads.add(Head.of(slices.get(task), encoder));
                refitted[task] = accuracies(encoder, task);
                kept[task] = new double[task + 1];
                for (int j = 0; j <= task; j++) {
                    kept[task][j] = heads.get(j).accuracy(slices.get(j), encoder);
                }
            }
            System.out.printf(
                    "  after %-7s refitted %s, kept heads %s, after %d steps, retained %.3f %s%n",
                    slices.get(task).name(),
                    shown(refitted[task]),
                    shown(kept[task]),
                    adapter.steps(),
                    adapter.retained().mean(),
                    curve(adapter.retained().steps()));
        }
        System.out.printf(
                "  %s: forgetting %.2f points with refitted heads, %.2f with kept ones; mean accuracy at the end %.2f and "
                        + "%.2f; when learnt %.2f; %.0f s of processor time%n",
                rule.key(),
                100 * forgetting(refitted),
                100 * forgetting(kept),
                100 * mean(refitted[slices.size() - 1]),
                100 * mean(kept[slices.size() - 1]),
                100 * whenLearnt(refitted),
                seconds);
    }

    /** Mean over all tasks but the last: the best accuracy before the end, less that at the end. */
    private static double forgetting(double[][] accuracies) {
        int last = accuracies.length - 1;
        double sum = 0;
        for (int j = 0; j < last; j++) {
            double best = 0;
            for (int after = j; after < last; after++) {
                best = Math.max(best, accuracies[after][j]);
            }
            sum += best - accuracies[last][j];
        }
        return sum / last;
    }

    private static double whenLearnt(double[][] accuracies) {
        double sum = 0;
        for (int task = 0; task < accuracies.length; task++) {
            sum += accuracies[task][task];
        }
        return sum / accuracies.length;
    }

    private static double mean(double[] numbers) {
        return Arrays.stream(numbers).average().orElseThrow();
    }

    private static String shown(double[] accuracies) {
        return Arrays.stream(accuracies)
                .mapToObj(each -> String.format("%.1f", 100 * each))
                .toList()
                .toString();
    }

    /** At most eight of them. */
    private static String curve(List<Double> steps) {
        int every = Math.max(1, steps.size() / 8);
        List<String> shown = new ArrayList<>();
        for (int i = 0; i < steps.size(); i += every) {
            shown.add(String.format("%.3f", steps.get(i)));
        }
        return shown.toString();
    }

    /** Of the tasks up to one, by heads that are fitted now. */
    private double[] accuracies(Encoder encoder, int upTo) {
        double[] accuracies = new double[upTo + 1];
        for (int j = 0; j <= upTo; j++) {
            accuracies[j] = Head.of(slices.get(j), encoder).accuracy(slices.get(j), encoder);
        }
        return accuracies;
    }

    private static float[][] vectors(Encoder encoder, List<Labelled> texts) {
        List<float[]> vectors = new ArrayList<>();
        for (int from = 0; from < texts.size(); from += AT_ONCE) {
            encoder
                    .encode(texts.subList(from, Math.min(texts.size(), from + AT_ONCE)).stream()
                            .map(Labelled::passage)
                            .toList())
                    .stream()
                    .map(Embedding::vector)
                    .forEach(vectors::add);
        }
        return vectors.toArray(float[][]::new);
    }

    /**
     * A ridge head: with the kernel {@code K = Z Z' + 1} of the examples and one column a label, {@code (K + r I)^-1
     * Y}, folded into weights and biases.
     */
    private record Head(double[][] weights, double[] biases) {
        static Head of(Slice slice, Encoder encoder) {
            float[][] z = vectors(encoder, slice.examples());
            int labels =
                    slice.examples().stream().mapToInt(Labelled::label).max().orElseThrow() + 1;
            double[][] system = new double[z.length][z.length + labels];
            for (int i = 0; i < z.length; i++) {
                for (int j = 0; j < z.length; j++) {
                    system[i][j] = dot(z[i], z[j]) + 1 + (i == j ? RIDGE : 0);
                }
                system[i][z.length + slice.examples().get(i).label()] = 1;
            }
            solve(system);
            double[][] weights = new double[labels][z[0].length];
            double[] biases = new double[labels];
            for (int i = 0; i < z.length; i++) {
                for (int c = 0; c < labels; c++) {
                    double weight = system[i][z.length + c];
                    biases[c] += weight;
                    for (int k = 0; k < z[i].length; k++) {
                        weights[c][k] += weight * z[i][k];
                    }
                }
            }
            return new Head(weights, biases);
        }

        /** Gauss and Jordan, on a matrix that is positive definite. */
        private static void solve(double[][] system) {
            for (int pivot = 0; pivot < system.length; pivot++) {
                double scale = 1 / system[pivot][pivot];
                for (int k = pivot; k < system[pivot].length; k++) {
                    system[pivot][k] *= scale;
                }
                for (int row = 0; row < system.length; row++) {
                    double factor = row == pivot ? 0 : system[row][pivot];
                    for (int k = pivot; factor != 0 && k < system[row].length; k++) {
                        system[row][k] -= factor * system[pivot][k];
                    }
                }
            }
        }

        private static double dot(float[] a, float[] b) {
            double sum = 0;
            for (int k = 0; k < a.length; k++) {
                sum += (double) a[k] * b[k];
            }
            return sum;
        }

        double accuracy(Slice slice, Encoder encoder) {
            float[][] vectors = vectors(encoder, slice.tests());
            double right = 0;
            for (int i = 0; i < vectors.length; i++) {
                right += answer(vectors[i]) == slice.tests().get(i).label() ? 1 : 0;
            }
            return right / vectors.length;
        }

        private int answer(float[] vector) {
            int best = 0;
            double highest = Double.NEGATIVE_INFINITY;
            for (int c = 0; c < biases.length; c++) {
                double score = biases[c];
                for (int k = 0; k < vector.length; k++) {
                    score += weights[c][k] * vector[k];
                }
                if (score > highest) {
                    highest = score;
                    best = c;
                }
            }
            return best;
        }
    }
}
