// SPDX-License-Identifier: Apache-2.0
package dev.perennial.benchmark;

import dev.perennial.encode.Embedding;
import dev.perennial.encode.Encoder;
import dev.perennial.encode.EncoderInfo;
import dev.perennial.encode.EncoderPool;
import dev.perennial.encode.Encoders;
import dev.perennial.encode.Passage;
import dev.perennial.encode.TableEncoder;
import dev.perennial.ensemble.Mode;
import dev.perennial.ensemble.Prediction;
import dev.perennial.ensemble.PredictionRequest;
import dev.perennial.ensemble.Predictor;
import dev.perennial.knowledge.LiveGraphs;
import dev.perennial.learn.FitSettings;
import dev.perennial.learn.School;
import dev.perennial.onnx.BundledModels;
import dev.perennial.onnx.OnnxRuntime;
import dev.perennial.onnx.OnnxSettings;
import dev.perennial.refresh.AskedQuestions;
import dev.perennial.refresh.CandidateShelf;
import dev.perennial.refresh.Job;
import dev.perennial.refresh.JobGate;
import dev.perennial.refresh.Members;
import dev.perennial.refresh.RefreshJob;
import dev.perennial.refresh.RefreshJob.Refreshable;
import dev.perennial.refresh.SilentProgress;
import dev.perennial.refresh.StaticRefresher;
import dev.perennial.task.Answer;
import dev.perennial.task.Input;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.Policy;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import dev.perennial.task.Teaching;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ForkJoinPool;
import java.util.stream.IntStream;

/**
 * What a refresh of the static member is worth, and whether it is judged truly. Arguments: the data folder, a folder
 * for cached vectors, then names of sets: all are tasks, taught a part of their texts for training, and the rest of the
 * first one's is what the service was asked. Says how the tasks answer their test sets before and after, and what the
 * job reports. {@code -Dperennial.force=true} promotes whatever is learnt, to see what was prevented.
 */
public final class RefreshBenchmark {
    private static final int MOST_TAUGHT = 4600;
    private static final int AT_ONCE = 1000;

    private final Path data;
    private final School school;
    private final TableEncoder table;

    private RefreshBenchmark(Path data, School school, TableEncoder table) {
        this.data = data;
        this.school = school;
        this.table = table;
    }

    /** Runs one refresh. */
    public static void main(String[] arguments) throws Exception {
        Path cache = Path.of(arguments[1]);
        Path models = cache.resolve("models");
        List<Encoder> opened = new BundledModels(models)
                .open(
                        OnnxRuntime.start(OnnxSettings.defaults().packing(models)),
                        List.of("static", "all-minilm-l6-v2", "bge-small-en-v1.5", "e5-small-v2"));
        List<DataSet> sets = Arrays.stream(arguments).skip(2).map(DataSet::of).toList();
        List<Encoder> members = new ArrayList<>();
        try (EncoderPool pool = new EncoderPool(2, Integer.MAX_VALUE)) {
            for (Encoder encoder : opened) {
                members.add(encoder instanceof TableEncoder ? encoder : new Known(encoder, new HashMap<>()));
            }
            CachedVectors vectors = new CachedVectors(new Encoders(pool, opened), cache);
            for (DataSet set : sets) {
                for (DataSet.Split split : List.of(set.train(), set.test())) {
                    List<Input> inputs = split.read(Path.of(arguments[0]), set.kind()).stream()
                            .map(Teaching::input)
                            .toList();
                    var encoded = vectors.of(split.file(), inputs);
                    for (int i = 0; i < inputs.size(); i++) {
                        for (int m = 0; m < members.size(); m++) {
                            if (members.get(m) instanceof Known one) {
                                one.vectorByText.put(
                                        inputs.get(i).text().value(),
                                        encoded.get(i).vectors().get(m));
                            }
                        }
                    }
                }
            }
        }
        try (School school = School.open(FitSettings.DEFAULT, members)) {
            new RefreshBenchmark(Path.of(arguments[0]), school, (TableEncoder) opened.get(0)).run(sets);
        }
        System.exit(0);
    }

    /** An encoder whose vectors of most texts are there already. */
    private record Known(Encoder encoder, Map<String, float[]> vectorByText) implements Encoder {
        @Override
        public EncoderInfo info() {
            return encoder.info();
        }

        @Override
        public List<Embedding> encode(List<Passage> passages) {
            return passages.stream()
                    .map(passage -> vectorByText.containsKey(passage.text())
                            ? new Embedding(vectorByText.get(passage.text()), 1, false)
                            : encoder.encode(List.of(passage)).get(0))
                    .toList();
        }

        @Override
        public void close() {}
    }

    private void run(List<DataSet> sets) {
        AskedQuestions asked = new AskedQuestions("all-minilm-l6-v2", table, Integer.MAX_VALUE, 1);
        Encoder teacher = school.encoders().find("all-minilm-l6-v2").orElseThrow();
        for (DataSet set : sets) {
            List<Teaching> train = set.train().read(data, set.kind());
            int every = 1 + Math.max(1, train.size() / MOST_TAUGHT);
            List<Teaching> taught = IntStream.range(0, train.size())
                    .filter(i -> i % every == 0)
                    .mapToObj(train::get)
                    .toList();
            teach(set, taught);
            List<Passage> rest = IntStream.range(0, train.size())
                    .filter(i -> i % every != 0)
                    .mapToObj(i -> Passage.of(train.get(i).input().text().value()))
                    .toList();
            if (set.equals(sets.get(0))) {
                asked.read(teacher, rest, teacher.encode(rest));
            }
            System.out.printf("%s taught %d%n", set.name(), taught.size());
        }
        System.out.printf("asked %d texts of %s%n", asked.size(), sets.get(0).name());
        sets.forEach(set -> test("before", set));
        long began = System.nanoTime();
        String result = refresh(asked);
        System.out.printf("refreshed in %.1f s: %s%n", (System.nanoTime() - began) / 1e9, result);
        if (Boolean.getBoolean("perennial.force")) {
            school.teacher()
                    .adopt(new StaticRefresher(asked, school.encoders(), school.store(), ForkJoinPool.commonPool())
                            .learn(table, 0)
                            .encoder());
        }
        sets.forEach(set -> test("after", set));
    }

    private void teach(DataSet set, List<Teaching> taught) {
        TaskId id = new TaskId(set.name());
        school.teacher()
                .define(new Task(
                        id, Kind.CLASSIFICATION, InputKind.TEXT, "", List.of(), Optional.empty(), Policy.DEFAULT));
        for (int from = 0; from < taught.size(); from += AT_ONCE) {
            school.teacher()
                    .teach(id, taught.subList(from, Math.min(taught.size(), from + AT_ONCE)), Optional.empty(), no -> {
                        throw new IllegalStateException("no reply was asked for");
                    });
        }
    }

    private void test(String when, DataSet set) {
        List<Teaching> test = set.test().read(data, set.kind());
        List<Input> inputs = test.stream().map(Teaching::input).toList();
        for (Mode mode : List.of(Mode.FAST, Mode.AUTO, Mode.FULL)) {
            List<Prediction> predictions = new Predictor(school.active(), school.encoders())
                    .predict(new TaskId(set.name()), new PredictionRequest(inputs, 1, mode, false))
                    .predictions();
            double right = 0;
            Map<String, Integer> stages = new TreeMap<>();
            for (int i = 0; i < test.size(); i++) {
                String truth = ((Answer.OneLabel) test.get(i).answer()).label();
                right += predictions.get(i).label().orElse("").equals(truth) ? 1 : 0;
                stages.merge(predictions.get(i).stage(), 1, Integer::sum);
            }
            System.out.printf(
                    "  %s %-10s %s: accuracy %.4f of %d, stages %s%n",
                    when, set.name(), mode, right / test.size(), test.size(), stages);
        }
    }

    private String refresh(AskedQuestions asked) {
        ForkJoinPool one = new ForkJoinPool(1);
        RefreshJob job = new RefreshJob(
                new Refreshable(
                        "static",
                        new StaticRefresher(asked, school.encoders(), school.store(), one),
                        new Memory(table)),
                new Members(school.encoders(), new LiveGraphs()),
                school.store(),
                school.examiner(),
                new RefreshJob.Adopting(school.teacher()::adopt, JobGate.OPEN),
                InstantSource.fixed(Instant.EPOCH));
        Job running = new Job(
                "job_1",
                RefreshJob.KIND,
                "static",
                Job.Status.RUNNING,
                new Job.Progress(0, 1, "steps", ""),
                Instant.EPOCH,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        return job.work(running, "LEARN\nPT24H\n0".getBytes(StandardCharsets.US_ASCII), new SilentProgress())
                .result();
    }

    /** Keeps nothing beyond the process. */
    private record Memory(Encoder built) implements CandidateShelf {
        @Override
        public Kept keep(String job, Encoder candidate, String report) {
            return new Kept(candidate, report);
        }

        @Override
        public Optional<Kept> kept(String job) {
            return Optional.empty();
        }

        @Override
        public void confirm(String job) {}

        @Override
        public void retain(Set<String> jobs) {}

        @Override
        public void discard(String job) {}

        @Override
        public void forget() {}
    }
}
