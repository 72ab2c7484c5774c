// SPDX-License-Identifier: Apache-2.0
package dev.perennial.benchmark;

import dev.perennial.encode.Encoder;
import dev.perennial.onnx.BundledModels;
import dev.perennial.onnx.OnnxRuntime;
import dev.perennial.onnx.OnnxSettings;
import dev.perennial.task.Answer;
import dev.perennial.task.Input;
import dev.perennial.task.Policy;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import dev.perennial.task.Teaching;
import dev.perennial.text.Text;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * Which task a text reaches that names none: how many of the texts of six tasks reach their own, how many of the texts
 * that are about none of them are said to be of none, and the same of each task's texts where the task is left out.
 * Arguments: the data folder, a folder for the unpacked models, then the names of the members.
 */
@SuppressWarnings("SystemOut")
public final class RoutingBenchmark {
    private static final List<String> SETS = List.of("banking77", "trec6", "sst2", "agnews", "clinc150", "snips");
    private static final int TAUGHT_A_LABEL = 10;
    private static final int ASKED = 200;
    private static final long SEED = 1;

    private record Outcome(int right, int wrong, int none) {}

    private final Path data;
    private final StreamService.Means means;

    private RoutingBenchmark(Path data, List<Encoder> encoders) {
        this.data = data;
        this.means = StreamService.Means.of(encoders);
    }

    /** Runs it. */
    public static void main(String[] arguments) throws Exception {
        Path models = Path.of(arguments[1]);
        OnnxRuntime runtime = OnnxRuntime.start(OnnxSettings.defaults().packing(models));
        List<String> members = List.of(arguments).subList(2, arguments.length);
        new RoutingBenchmark(Path.of(arguments[0]), new BundledModels(models).open(runtime, members)).run();
        System.exit(0);
    }

    private void run() throws IOException {
        System.out.printf("seed %d%n", SEED);
        Map<String, List<Input>> strange = Map.of(
                "tatoeba, English", strange("tatoeba/de-en.tsv", 1),
                "clinc150 out of scope", strange("clinc150/oos_test.tsv", 0));
        try (StreamService service = service(SETS)) {
            int right = 0;
            for (String name : SETS) {
                Outcome outcome = outcome(service, name, asked(DataSet.of(name)));
                print(name, outcome);
                right += outcome.right();
            }
            System.out.printf("all: %.1f %% right%n", 100.0 * right / (SETS.size() * ASKED));
            strange.forEach((name, inputs) -> print(name, outcome(service, "", inputs)));
        }
        for (String left : SETS) {
            List<String> others =
                    SETS.stream().filter(name -> !name.equals(left)).toList();
            try (StreamService service = service(others)) {
                print("without " + left, outcome(service, "", asked(DataSet.of(left))));
            }
        }
    }

    private static void print(String name, Outcome outcome) {
        System.out.printf(
                "%-24s right %d, to another %d, to none %d%n", name, outcome.right(), outcome.wrong(), outcome.none());
    }

    private static Outcome outcome(StreamService service, String name, List<Input> inputs) {
        List<Optional<String>> reached = service.routed(inputs).stream()
                .map(route ->
                        route.ensemble().map(ensemble -> ensemble.task().id().value()))
                .toList();
        int right = Collections.frequency(reached, Optional.of(name));
        int none = Collections.frequency(reached, Optional.empty());
        return new Outcome(right, reached.size() - right - none, none);
    }

    private StreamService service(List<String> names) {
        StreamService service = new StreamService(means);
        for (String name : names) {
            DataSet set = DataSet.of(name);
            TaskId id = new TaskId(name);
            service.define(new Task(id, set.kind(), set.input(), "", List.of(), Optional.empty(), Policy.DEFAULT));
            service.teach(id, taught(set));
        }
        return service;
    }

    private List<Teaching> taught(DataSet set) {
        Map<Answer, Integer> counts = new HashMap<>();
        return drawn(set, set.train()).stream()
                .filter(row -> counts.merge(row.answer(), 1, Integer::sum) <= TAUGHT_A_LABEL)
                .toList();
    }

    private List<Input> asked(DataSet set) {
        return drawn(set, set.test()).stream().limit(ASKED).map(Teaching::input).toList();
    }

    private List<Teaching> drawn(DataSet set, DataSet.Split split) {
        List<Teaching> rows = new ArrayList<>(split.read(data, set.kind()));
        Collections.shuffle(rows, new Random(SEED));
        return rows;
    }

    private List<Input> strange(String file, int column) throws IOException {
        List<String> lines = new ArrayList<>(Files.readAllLines(data.resolve(file)));
        List<String> rows = lines.subList(1, lines.size());
        Collections.shuffle(rows, new Random(SEED));
        return rows.stream()
                .limit(ASKED)
                .map(line -> Input.of(new Text(line.split("\t", -1)[column])))
                .toList();
    }
}
