// SPDX-License-Identifier: Apache-2.0
package dev.perennial.benchmark;

import dev.perennial.benchmark.TaskStream.OneSet;
import dev.perennial.blas.OpenBlas;
import dev.perennial.encode.Encoder;
import dev.perennial.encode.EncoderPool;
import dev.perennial.math.LinearAlgebra;
import dev.perennial.onnx.BundledModels;
import dev.perennial.onnx.OnnxRuntime;
import dev.perennial.onnx.OnnxSettings;
import dev.perennial.task.InputKind;
import dev.perennial.task.Policy;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import dev.perennial.task.Teaching;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * What is forgotten of streams, by the service as it ships and by the usual methods over the same frozen vectors.
 * Arguments: the data folder, a folder for cached vectors, then parts: {@code classes:clinc150:15} is a stream of the
 * labels of a set, so many a step; {@code tasks} a stream of ten sets; {@code routing} and {@code unlearning} what they
 * say. Each stream is replayed in five orders, of seeds 1 to 5; {@code -Dperennial.orders=1} asks for fewer,
 * {@code -Dperennial.only=service} and {@code rivals} for a part of the table.
 */
@SuppressWarnings("SystemOut")
public final class LifelongBenchmark {
    private static final List<String> TEN_SETS =
            List.of("banking77", "clinc150", "snips", "atis", "trec6", "sst2", "agnews", "cola", "mrpc", "rte");
    private static final int MOST_TAUGHT = 1000;
    private static final int MOST_ASKED = 200;
    private static final int HIDDEN = 128;

    private final StreamTexts texts;
    private final StreamService.Means means;
    private final LinearAlgebra algebra = new OpenBlas(1L << 30);
    private final String only = System.getProperty("perennial.only", "");
    private final int orders = Integer.getInteger("perennial.orders", 5);

    private LifelongBenchmark(StreamTexts texts) {
        this.texts = texts;
        this.means = StreamService.Means.of(texts.encoders());
    }

    /** Runs the parts named. */
    public static void main(String[] arguments) throws Exception {
        Path data = Path.of(arguments[0]);
        Path cache = Path.of(arguments[1]);
        Path models = cache.resolve("models");
        OnnxRuntime runtime = OnnxRuntime.start(OnnxSettings.defaults().packing(models));
        List<Encoder> opened = new BundledModels(models)
                .open(runtime, List.of("static", "all-minilm-l6-v2", "bge-small-en-v1.5", "e5-small-v2"));
        try (StreamTexts texts = new StreamTexts(data, cache, opened)) {
            LifelongBenchmark benchmark = new LifelongBenchmark(texts);
            for (String part : Arrays.asList(arguments).subList(2, arguments.length)) {
                String[] words = part.split(":", -1);
                System.out.println("== " + part);
                switch (words[0].toLowerCase(Locale.ROOT)) {
                    case "classes" -> benchmark.classes(DataSet.of(words[1]), Integer.parseInt(words[2]));
                    case "tasks" -> benchmark.tasks();
                    case "routing" -> new RoutingPart(benchmark.means).run(benchmark.sets());
                    case "unlearning" -> new UnlearningPart(texts, benchmark.means).run();
                    default -> throw new IllegalArgumentException("unknown part " + part);
                }
            }
        }
        System.exit(0);
    }

    private void classes(DataSet set, int aStep) throws Exception {
        List<Teaching> train = texts.drawn(set, set.train(), Integer.MAX_VALUE);
        List<Teaching> test = texts.drawn(set, set.test(), Integer.MAX_VALUE);
        System.out.printf("  taught %d, asked %d%n", train.size(), test.size());
        StreamTable table = new StreamTable();
        Ordered streams = seed -> new ClassStream(train, test, aStep, seed);
        if (!only.equals("rivals")) {
            service(set, streams, table);
            table.print();
        }
        if (!only.equals("service")) {
            rivals(streams, table);
            table.print();
        }
    }

    private void service(DataSet set, Ordered streams, StreamTable table) {
        TaskId id = new TaskId(set.name());
        Task task = new Task(id, set.kind(), set.input(), "", List.of(), Optional.empty(), Policy.DEFAULT);
        Joint joint;
        ClassStream other = streams.by(orders + 1);
        List<Teaching> test = all(other.test());
        try (StreamService atOnce = new StreamService(means)) {
            atOnce.define(task);
            atOnce.teach(id, all(other.train()));
            joint = Joint.of(atOnce, id, test);
        }
        System.out.printf("  everything at once: %.3f%n", 100 * joint.accuracy());
        for (long seed = 1; seed <= orders; seed++) {
            ClassStream stream = streams.by(seed);
            try (StreamService service = new StreamService(means)) {
                service.define(task);
                ClassPupil pupil = new ClassPupil(service, id, stream);
                table.add("Perennial", seed, StreamReplay.of(pupil, stream.steps(), false));
                joint.compare(Joint.of(service, id, test));
            }
        }
    }

    private static List<Teaching> all(List<List<Teaching>> parts) {
        return parts.stream().flatMap(List::stream).toList();
    }

    private interface Ordered {
        ClassStream by(long seed);
    }

    private void rivals(Ordered streams, StreamTable table) {
        try (EncoderPool pool = new EncoderPool(1, Integer.MAX_VALUE)) {
            StreamFeatures features = new StreamFeatures(pool, means);
            LearnerPupil.Stream tuning = streams.by(Rivals.TUNING_SEED).seenBy(features);
            Rivals rivals =
                    new Rivals(algebra, new SoftmaxNetwork.Shape(features.length(InputKind.TEXT), 0, labels(tuning)));
            rivals.tune(tuning);
            double atOnce = 0;
            for (long seed = 1; seed <= orders; seed++) {
                atOnce += rivals.replay(streams.by(seed).seenBy(features), seed, false, table) / orders;
            }
            System.out.printf("  softmax on everything at once: %.2f%n", 100 * atOnce);
        }
    }

    private static int labels(LearnerPupil.Stream stream) {
        return stream.choices().of(stream.steps() - 1, stream.steps() - 1).to();
    }

    /** What the service says that learnt everything at once. */
    private record Joint(String digest, List<Teaching> test, List<StreamService.Answered> answers) {
        static Joint of(StreamService service, TaskId id, List<Teaching> test) {
            return new Joint(service.digest(id), test, service.answers(id, test));
        }

        double accuracy() {
            double right = 0;
            for (int i = 0; i < test.size(); i++) {
                right += ClassStream.label(test.get(i)).equals(answers.get(i).label()) ? 1 : 0;
            }
            return right / test.size();
        }

        void compare(Joint stream) {
            double furthest = 0;
            for (int i = 0; i < answers.size(); i++) {
                furthest = Math.max(
                        furthest, answers.get(i).furthest(stream.answers().get(i)));
            }
            System.out.printf(
                    "  stream less at once: %.4f points, probabilities within %.2e, parameters equal: %s%n",
                    100 * (stream.accuracy() - accuracy()), furthest, digest.equals(stream.digest()));
        }
    }

    private List<OneSet> sets() throws Exception {
        List<OneSet> sets = new ArrayList<>();
        for (String name : TEN_SETS) {
            DataSet set = DataSet.of(name);
            sets.add(OneSet.of(
                    set, texts.drawn(set, set.train(), MOST_TAUGHT), texts.drawn(set, set.test(), MOST_ASKED)));
        }
        return sets;
    }

    private static TaskStream ordered(List<OneSet> sets, long seed) {
        List<OneSet> shuffled = new ArrayList<>(sets);
        Collections.shuffle(shuffled, new Random(seed));
        return new TaskStream(shuffled);
    }

    private void tasks() throws Exception {
        List<OneSet> sets = sets();
        sets.forEach(each -> System.out.printf(
                "  %s: taught %d, asked %d, %d labels%n",
                each.set().name(),
                each.train().size(),
                each.test().size(),
                each.labels().size()));
        StreamTable table = new StreamTable();
        for (long seed = 1; seed <= orders && !only.equals("rivals"); seed++) {
            TaskStream stream = ordered(sets, seed);
            try (StreamService service = new StreamService(means)) {
                TaskPupil pupil = new TaskPupil(service, stream);
                table.add("Perennial", seed, StreamReplay.of(pupil, sets.size(), true));
                System.out.printf("  old probabilities within %.2e%n", pupil.furthest());
            }
        }
        if (!only.equals("service")) {
            rivals(sets, table);
        }
        table.print();
    }

    private void rivals(List<OneSet> sets, StreamTable table) {
        try (EncoderPool pool = new EncoderPool(1, Integer.MAX_VALUE)) {
            StreamFeatures features = new StreamFeatures(pool, means);
            Map<String, TaskStream.Seen> seen = TaskStream.Seen.of(sets, features);
            TaskStream toTune = ordered(sets, Rivals.TUNING_SEED);
            Rivals rivals = new Rivals(
                    algebra, new SoftmaxNetwork.Shape(features.length(InputKind.PAIR), HIDDEN, toTune.labels()));
            rivals.tune(toTune.seenBy(seen));
            double atOnce = 0;
            for (long seed = 1; seed <= orders; seed++) {
                atOnce += rivals.replay(ordered(sets, seed).seenBy(seen), seed, true, table) / orders;
            }
            System.out.printf("  softmax on everything at once: %.2f%n", 100 * atOnce);
        }
    }
}
