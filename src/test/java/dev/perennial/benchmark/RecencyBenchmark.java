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
import dev.perennial.task.RevisionId;
import dev.perennial.task.Teaching;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.TreeSet;

/**
 * What it is worth, and what it costs, to say that a task drifts: {@code trec6} train in random order, learnt by and
 * by, each chunk answered before it is taught. In one stream labels mean what they meant all the time; in the other
 * each label takes the place of the next one after half of the examples. Arguments: the data folder, a folder for
 * cached vectors, the number of examples, seeds.
 */
public final class RecencyBenchmark {
    private static final int CHUNK = 50;

    private RecencyBenchmark() {}

    /** Runs all seeds. */
    public static void main(String[] arguments) throws Exception {
        Path cache = Path.of(arguments[1]);
        Path models = cache.resolve("models");
        OnnxRuntime runtime = OnnxRuntime.start(OnnxSettings.defaults().packing(models));
        List<Encoder> opened = new BundledModels(models)
                .open(runtime, List.of("static", "all-minilm-l6-v2", "bge-small-en-v1.5", "e5-small-v2"));
        try (EncoderPool pool = new EncoderPool(2, Integer.MAX_VALUE)) {
            Course course = new Course(Path.of(arguments[0]), cache, new Encoders(pool, opened));
            DataSet set = DataSet.of("trec6");
            List<Known> rows = course.known(set, set.train());
            int count = Integer.parseInt(arguments[2]);
            for (String seed : List.of(arguments).subList(3, arguments.length)) {
                Collections.shuffle(rows, new Random(Long.parseLong(seed)));
                for (boolean changes : new boolean[] {false, true}) {
                    List<Known> stream = stream(rows.subList(0, count), changes);
                    for (boolean drifts : new boolean[] {false, true}) {
                        System.out.println("seed " + seed + (changes ? " change" : " steady")
                                + (drifts ? " drifts: " : " plain:  ") + run(course, set, stream, drifts));
                    }
                }
            }
        }
    }

    private static List<Known> stream(List<Known> rows, boolean changes) {
        List<String> labels = new ArrayList<>(
                new TreeSet<>(rows.stream().map(RecencyBenchmark::label).toList()));
        List<Known> stream = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            boolean moved = changes && i >= rows.size() / 2;
            int place = labels.indexOf(label(rows.get(i))) + (moved ? 1 : 0);
            stream.add(at(i, rows.get(i), labels.get(place % labels.size())));
        }
        return stream;
    }

    private static Known at(int position, Known row, String label) {
        Teaching teaching = Teaching.of(row.example().teaching().input(), new Answer.OneLabel(label));
        String id = String.format("ex_%016d", position);
        return new Known(
                new Example(id, teaching, teaching.contentKey(), new RevisionId(1), Instant.EPOCH), row.encoded());
    }

    private static String run(Course course, DataSet set, List<Known> stream, boolean drifts) {
        Policy policy = Policy.DEFAULT.withLearning(new Policy.Learning(OptionalDouble.empty(), drifts));
        PredictionRequest request = new PredictionRequest(List.of(), 1, Mode.FULL, false);
        StringBuilder curve = new StringBuilder();
        double right = 0;
        double rightAfter = 0;
        long nanos = 0;
        for (int from = CHUNK; from < stream.size(); from += CHUNK) {
            long start = System.nanoTime();
            Ensemble ensemble =
                    course.learnt(set, stream.subList(0, from), policy).ensemble();
            nanos += System.nanoTime() - start;
            double hits = 0;
            for (Known asked : stream.subList(from, Math.min(stream.size(), from + CHUNK))) {
                hits += ensemble.predict(asked.example().teaching().input(), asked.encoded(), request)
                                .label()
                                .map(label(asked)::equals)
                                .orElse(false)
                        ? 1
                        : 0;
            }
            right += hits;
            rightAfter += from >= stream.size() / 2 ? hits : 0;
            curve.append(' ').append(Math.round(100 * hits / CHUNK));
        }
        double asked = stream.size() - CHUNK;
        return String.format(
                "right %.3f, in the second half %.3f, %.1f s of learning;%s",
                right / asked, rightAfter / (stream.size() - stream.size() / 2.0), nanos / 1e9, curve);
    }

    private static String label(Known known) {
        return ((Answer.OneLabel) known.example().teaching().answer()).label();
    }
}
