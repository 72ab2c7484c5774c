// SPDX-License-Identifier: Apache-2.0
package dev.perennial.benchmark;

import com.sun.management.OperatingSystemMXBean;
import dev.perennial.encode.Encoder;
import dev.perennial.encode.EncoderPool;
import dev.perennial.encode.Encoders;
import dev.perennial.encode.TableEncoder;
import dev.perennial.ensemble.Ensemble;
import dev.perennial.ensemble.Known;
import dev.perennial.ensemble.Mode;
import dev.perennial.ensemble.Prediction;
import dev.perennial.ensemble.PredictionRequest;
import dev.perennial.onnx.BundledModels;
import dev.perennial.onnx.OnnxRuntime;
import dev.perennial.onnx.OnnxSettings;
import dev.perennial.onnx.StaticDistillation;
import dev.perennial.task.Answer;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Distils each shipped encoder into a static table, as the background worker does, and says what that takes and how
 * many questions of public sets each table answers right by itself, beside its teacher, and all of them together.
 * Arguments: the data folder, a folder for models and cached vectors, then names of sets.
 */
public final class TableBenchmark {
    private static final List<String> TEACHERS = List.of("all-minilm-l6-v2", "bge-small-en-v1.5", "e5-small-v2");
    private static final double NANOS = 1e9;

    private final Path data;
    private final Path cache;
    private final EncoderPool pool;

    private TableBenchmark(Path data, Path cache, EncoderPool pool) {
        this.data = data;
        this.cache = cache;
        this.pool = pool;
    }

    /** Distils and asks. */
    public static void main(String[] arguments) throws Exception {
        Path cache = Path.of(arguments[1]);
        Path models = cache.resolve("models");
        OnnxRuntime runtime = OnnxRuntime.start(OnnxSettings.defaults().packing(models));
        List<Encoder> teachers = new BundledModels(models).open(runtime, TEACHERS);
        List<Encoder> tables = new ArrayList<>();
        for (Encoder teacher : teachers) {
            tables.add(distilled(teacher));
        }
        int cores = Runtime.getRuntime().availableProcessors();
        try (EncoderPool pool = new EncoderPool(cores, Integer.MAX_VALUE)) {
            TableBenchmark benchmark = new TableBenchmark(Path.of(arguments[0]), cache, pool);
            for (String name : Arrays.asList(arguments).subList(2, arguments.length)) {
                benchmark.run(DataSet.of(name), teachers, tables);
            }
        }
        System.exit(0);
    }

    private static TableEncoder distilled(Encoder teacher) throws Exception {
        OperatingSystemMXBean machine = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        Path folder = Files.createTempDirectory("table");
        long cpu = machine.getProcessCpuTime();
        long start = System.nanoTime();
        TableEncoder table = StaticDistillation.distil(
                        "static-" + teacher.info().id(), teacher, folder, StaticDistillation.Progress.NONE)
                .orElseThrow()
                .open();
        System.out.printf(
                "%s: %.0f s, %.0f s of processor time, %d bytes, digest %s%n",
                table.info().id(),
                (System.nanoTime() - start) / NANOS,
                (machine.getProcessCpuTime() - cpu) / NANOS,
                table.info().bytes(),
                table.info().digest());
        return table;
    }

    private void run(DataSet set, List<Encoder> teachers, List<Encoder> tables) throws Exception {
        for (int i = 0; i < tables.size(); i++) {
            asked(set, Mode.FULL, teachers.get(i));
            asked(set, Mode.FAST, tables.get(i), teachers.get(i));
        }
        asked(set, Mode.FULL, tables.toArray(Encoder[]::new));
        List<Encoder> all = new ArrayList<>(teachers);
        all.add(tables.get(0));
        cascade(set, new Encoders(pool, all));
        all.addAll(tables.subList(1, tables.size()));
        cascade(set, new Encoders(pool, all));
    }

    /** What the cheapest of these members says by itself, or all their voices together. */
    private void asked(DataSet set, Mode mode, Encoder... members) throws Exception {
        Encoders encoders = new Encoders(pool, List.of(members));
        Course course = new Course(data, cache, encoders);
        Ensemble ensemble = course.learn(set, course.known(set, set.train()));
        List<Known> test = course.known(set, set.test());
        List<Prediction> answers = answers(ensemble, test, mode);
        System.out.printf("%s by %s: %.4f right%n", set.name(), answers.get(0).membersUsed(), right(answers, test));
    }

    private void cascade(DataSet set, Encoders encoders) throws Exception {
        Course course = new Course(data, cache, encoders);
        Ensemble ensemble = course.learn(set, course.known(set, set.train()));
        List<Known> test = course.known(set, set.test());
        for (Mode mode : Mode.values()) {
            List<Prediction> answers = answers(ensemble, test, mode);
            StringBuilder stages = new StringBuilder();
            answers.stream()
                    .map(Prediction::stage)
                    .distinct()
                    .sorted()
                    .forEach(stage -> stages.append(String.format(
                            " %s %.4f",
                            stage,
                            answers.stream()
                                            .filter(answer -> answer.stage().equals(stage))
                                            .count()
                                    / (double) answers.size())));
            System.out.printf(
                    "%s, %d members, %s: %.4f right, stages%s%n",
                    set.name(), encoders.ready().size(), mode, right(answers, test), stages);
        }
    }

    private static List<Prediction> answers(Ensemble ensemble, List<Known> asked, Mode mode) {
        PredictionRequest request = new PredictionRequest(List.of(), 1, mode, false);
        return asked.parallelStream()
                .map(known -> ensemble.predict(known.example().teaching().input(), known.encoded(), request))
                .toList();
    }

    private static double right(List<Prediction> answers, List<Known> asked) {
        double right = 0;
        for (int i = 0; i < answers.size(); i++) {
            String truth = ((Answer.OneLabel) asked.get(i).example().teaching().answer()).label();
            right += answers.get(i).label().orElse("").equals(truth) ? 1 : 0;
        }
        return right / answers.size();
    }
}
