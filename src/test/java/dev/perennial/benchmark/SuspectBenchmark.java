// SPDX-License-Identifier: Apache-2.0
package dev.perennial.benchmark;

import dev.perennial.encode.Encoded;
import dev.perennial.encode.Encoder;
import dev.perennial.encode.EncoderPool;
import dev.perennial.encode.Encoders;
import dev.perennial.ensemble.Known;
import dev.perennial.evaluate.Metrics;
import dev.perennial.learn.Lesson;
import dev.perennial.learn.Recency;
import dev.perennial.learn.Suspect;
import dev.perennial.learn.SuspectRun;
import dev.perennial.onnx.BundledModels;
import dev.perennial.onnx.OnnxRuntime;
import dev.perennial.onnx.OnnxSettings;
import dev.perennial.task.Answer;
import dev.perennial.task.Example;
import dev.perennial.task.Policy;
import dev.perennial.task.RevisionId;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import dev.perennial.task.Teaching;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/**
 * How many of the examples whose labels were changed are found: {@code banking77} train, where a random 5 % were given
 * another label by chance. Arguments: the data folder, a folder for cached vectors, seeds.
 */
public final class SuspectBenchmark {
    private static final double SHARE = 0.05;

    private SuspectBenchmark() {}

    /** Runs all seeds. */
    public static void main(String[] arguments) throws Exception {
        Path cache = Path.of(arguments[1]);
        Path models = cache.resolve("models");
        OnnxRuntime runtime = OnnxRuntime.start(OnnxSettings.defaults().packing(models));
        List<Encoder> opened = new BundledModels(models)
                .open(runtime, List.of("static", "all-minilm-l6-v2", "bge-small-en-v1.5", "e5-small-v2"));
        try (EncoderPool pool = new EncoderPool(2, Integer.MAX_VALUE)) {
            Encoders encoders = new Encoders(pool, opened);
            Course course = new Course(Path.of(arguments[0]), cache, encoders);
            DataSet set = DataSet.of("banking77");
            List<Known> rows = course.known(set, set.train());
            for (String seed : List.of(arguments).subList(2, arguments.length)) {
                run(course, opened, rows, Long.parseLong(seed));
            }
        }
    }

    private static void run(Course course, List<Encoder> members, List<Known> rows, long seed) {
        Random random = new Random(seed);
        List<String> labels = new ArrayList<>(
                new TreeSet<>(rows.stream().map(SuspectBenchmark::label).toList()));
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            order.add(i);
        }
        Collections.shuffle(order, random);
        Set<String> flipped = new HashSet<>();
        List<Known> taught = new ArrayList<>(rows);
        for (int i : order.subList(0, (int) Math.round(SHARE * rows.size()))) {
            Known row = rows.get(i);
            String other = label(row);
            while (other.equals(label(row))) {
                other = labels.get(random.nextInt(labels.size()));
            }
            taught.set(i, relabelled(row, other));
            flipped.add(row.example().id());
        }
        Map<String, Encoded> descriptions = Map.of();
        DataSet set = DataSet.of("banking77");
        Task task = new Task(
                new TaskId("banking77"), set.kind(), set.input(), "", List.of(), Optional.empty(), Policy.DEFAULT);
        long began = System.nanoTime();
        SuspectRun.Held held = SuspectRun.of(new Lesson(
                task,
                new RevisionId(1),
                members,
                course.spreads().featureMap(set.input(), members),
                taught,
                descriptions,
                Set.of(),
                Recency.NONE));
        double learnt = (System.nanoTime() - began) / 1e9;
        List<Suspect> suspects = held.suspects();
        System.out.printf(
                "seed %d: %d taught, %d flipped, learnt in %.0f s, %d suspects in %.1f s%n",
                seed,
                taught.size(),
                flipped.size(),
                learnt,
                suspects.size(),
                (System.nanoTime() - began) / 1e9 - learnt);
        report("all", suspects, flipped);
        report("first 5 %", suspects.subList(0, Math.min(flipped.size(), suspects.size())), flipped);
        for (double threshold : new double[] {0.6, 0.7, 0.8, 0.9, 0.95}) {
            report(
                    "score >= " + threshold,
                    suspects.stream().filter(one -> one.score() >= threshold).toList(),
                    flipped);
        }
        System.out.printf("  area under ROC among suspects %.4f%n", area(suspects, flipped));
    }

    private static void report(String name, List<Suspect> listed, Set<String> flipped) {
        long right =
                listed.stream().filter(one -> flipped.contains(one.exampleId())).count();
        System.out.printf(
                "  %-14s %5d listed, precision %.3f, recall %.3f%n",
                name, listed.size(), right / (double) Math.max(1, listed.size()), right / (double) flipped.size());
    }

    private static double area(List<Suspect> suspects, Set<String> flipped) {
        return Metrics.areaUnderRoc(
                suspects.stream()
                        .filter(one -> flipped.contains(one.exampleId()))
                        .mapToDouble(Suspect::score)
                        .toArray(),
                suspects.stream()
                        .filter(one -> !flipped.contains(one.exampleId()))
                        .mapToDouble(Suspect::score)
                        .toArray());
    }

    private static String label(Known known) {
        return ((Answer.OneLabel) known.example().teaching().answer()).label();
    }

    private static Known relabelled(Known row, String label) {
        Teaching teaching = Teaching.of(row.example().teaching().input(), new Answer.OneLabel(label));
        return new Known(
                new Example(row.example().id(), teaching, teaching.contentKey(), new RevisionId(1), Instant.EPOCH),
                row.encoded());
    }
}
