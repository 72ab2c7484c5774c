// SPDX-License-Identifier: Apache-2.0
package dev.perennial.benchmark;

import dev.perennial.encode.Encoder;
import dev.perennial.encode.EncoderPool;
import dev.perennial.encode.Encoders;
import dev.perennial.ensemble.Ensemble;
import dev.perennial.ensemble.Known;
import dev.perennial.ensemble.Mode;
import dev.perennial.ensemble.PredictionRequest;
import dev.perennial.onnx.BundledModels;
import dev.perennial.onnx.OnnxRuntime;
import dev.perennial.onnx.OnnxSettings;
import dev.perennial.task.Answer;
import dev.perennial.task.Example;
import dev.perennial.task.Policy;
import dev.perennial.task.SourceName;
import dev.perennial.task.Teaching;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a source does that teaches wrong labels, what a cap of its share does about it, and what is left when it is
 * taken back: {@code banking77}, where one source teaches a random 20 % of train with another label, either by chance
 * or always the next one, and nobody is named for the rest. Arguments: the data folder, a folder for cached vectors,
 * the cap, seeds.
 */
public final class PoisonBenchmark {
    private static final double SHARE = 0.2;

    private PoisonBenchmark() {}

    /** Runs all seeds. */
    public static void main(String[] arguments) throws Exception {
        Path cache = Path.of(arguments[1]);
        Path models = cache.resolve("models");
        OnnxRuntime runtime = OnnxRuntime.start(OnnxSettings.defaults().packing(models));
        List<Encoder> opened = new BundledModels(models)
                .open(runtime, List.of("static", "all-minilm-l6-v2", "bge-small-en-v1.5", "e5-small-v2"));
        try (EncoderPool pool = new EncoderPool(2, Integer.MAX_VALUE)) {
            Course course = new Course(Path.of(arguments[0]), cache, new Encoders(pool, opened));
            DataSet set = DataSet.of("banking77");
            List<Known> train = course.known(set, set.train());
            List<Known> test = course.known(set, set.test());
            Policy capped = Policy.DEFAULT.withLearning(
                    new Policy.Learning(OptionalDouble.of(Double.parseDouble(arguments[2])), false));
            System.out.printf("unharmed: %.4f%n", right(course.learn(set, train), test));
            for (String seed : List.of(arguments).subList(3, arguments.length)) {
                for (boolean next : new boolean[] {false, true}) {
                    List<Known> poisoned = poisoned(train, new Random(Long.parseLong(seed)), next);
                    List<Known> rest = poisoned.stream()
                            .filter(known -> known.example().teaching().source().isEmpty())
                            .toList();
                    System.out.printf(
                            "seed %s, %s: no cap %.4f, cap %s %.4f, taken back %.4f%n",
                            seed,
                            next ? "always the next label" : "another label by chance",
                            right(course.learn(set, poisoned), test),
                            arguments[2],
                            right(course.learnt(set, poisoned, capped).ensemble(), test),
                            right(course.learn(set, rest), test));
                }
            }
        }
    }

    private static List<Known> poisoned(List<Known> train, Random random, boolean next) {
        List<String> labels = new ArrayList<>(
                new TreeSet<>(train.stream().map(PoisonBenchmark::label).toList()));
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < train.size(); i++) {
            order.add(i);
        }
        Collections.shuffle(order, random);
        Set<Integer> chosen = new HashSet<>(order.subList(0, (int) Math.round(SHARE * train.size())));
        List<Known> poisoned = new ArrayList<>();
        for (int i = 0; i < train.size(); i++) {
            int step = next ? 1 : 1 + random.nextInt(labels.size() - 1);
            String other = labels.get((labels.indexOf(label(train.get(i))) + step) % labels.size());
            poisoned.add(chosen.contains(i) ? from("poison", train.get(i), other) : train.get(i));
        }
        return poisoned;
    }

    private static Known from(String source, Known row, String label) {
        Teaching teaching = Teaching.of(row.example().teaching().input(), new Answer.OneLabel(label))
                .from(Optional.of(new SourceName(source)));
        Example example = row.example();
        return new Known(
                new Example(example.id(), teaching, teaching.contentKey(), example.addedBy(), example.addedAt()),
                row.encoded());
    }

    private static double right(Ensemble ensemble, List<Known> questions) {
        PredictionRequest request = new PredictionRequest(List.of(), 1, Mode.FULL, false);
        return questions.parallelStream()
                .mapToDouble(
                        asked -> ensemble.predict(asked.example().teaching().input(), asked.encoded(), request)
                                        .label()
                                        .map(label(asked)::equals)
                                        .orElse(false)
                                ? 1
                                : 0)
                .average()
                .orElseThrow();
    }

    private static String label(Known known) {
        return ((Answer.OneLabel) known.example().teaching().answer()).label();
    }
}
