// SPDX-License-Identifier: Apache-2.0
package dev.perennial.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.perennial.evaluate.Significance;
import dev.perennial.journey.ServiceClient;
import dev.perennial.task.Answer;
import dev.perennial.task.InputKind;
import dev.perennial.task.Teaching;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * What a job that adapts an encoder of a running service is worth over HTTP: test texts answered before and after it by
 * all members together, and what its gate said. Arguments: the address, the data folder, a set, examples a label (0:
 * all), draws, the member, the strategy, minutes; {@code -Dperennial.objective} names an objective. Whatever the gate
 * refuses must leave every answer as it was, and the run ends if not. The tasks that it makes are removed.
 */
@SuppressWarnings("SystemOut")
public final class AdaptationJobBenchmark {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TASK = "bench-adaptation";
    private static final int ASKED_AT_ONCE = 100;
    private static final long PAUSE_MILLIS = 500;

    private final ServiceClient service;
    private final DataSet set;

    private AdaptationJobBenchmark(ServiceClient service, DataSet set) {
        this.service = service;
        this.set = set;
    }

    public static void main(String[] arguments) throws Exception {
        Path data = Path.of(arguments[1]);
        DataSet set = DataSet.of(arguments[2]);
        // The dev split of sst2 was looked at when defaults were chosen.
        DataSet.Split testSplit = set.name().equals("sst2") ? new DataSet.Split("sst2/test.tsv", 0, -1, 1) : set.test();
        List<Teaching> train = set.train().read(data, set.kind());
        List<Teaching> test = testSplit.read(data, set.kind());
        int perLabel = Integer.parseInt(arguments[3]);
        int draws = Integer.parseInt(arguments[4]);
        AdaptationJobBenchmark benchmark = new AdaptationJobBenchmark(new ServiceClient(URI.create(arguments[0])), set);
        Map<String, Object> order = new LinkedHashMap<>();
        order.put("strategy", arguments[6]);
        order.put("tasks", List.of(TASK));
        order.put("max_minutes", Integer.parseInt(arguments[7]));
        order.put("objective", System.getProperty("perennial.objective", "auto"));
        double gain = 0;
        for (int draw = 1; draw <= draws; draw++) {
            order.put("seed", draw);
            gain += benchmark.run(drawn(train, perLabel, draw), test, arguments[5], order) / draws;
        }
        System.out.printf("mean gain %+.2f points over %d draws, %d test texts%n", 100 * gain, draws, test.size());
    }

    private static List<Teaching> drawn(List<Teaching> train, int perLabel, int seed) {
        List<Teaching> shuffled = new ArrayList<>(train);
        Collections.shuffle(shuffled, new Random(seed));
        Map<String, Integer> counts = new HashMap<>();
        return shuffled.stream()
                .filter(each -> perLabel == 0 || counts.merge(label(each), 1, Integer::sum) <= perLabel)
                .toList();
    }

    private double run(List<Teaching> taught, List<Teaching> test, String member, Map<String, Object> order)
            throws Exception {
        String path = "/v1/tasks/" + TASK;
        service.delete(path);
        String input = set.input() == InputKind.PAIR ? "pair" : "text";
        ServiceLoad.expect(
                service.put(path, JSON.writeValueAsString(Map.of("kind", "classification", "input", input))));
        ServiceLoad.teach(
                service,
                TASK,
                taught.stream().map(AdaptationJobBenchmark::example).toList());
        List<String> before = answers(test);
        long began = System.nanoTime();
        JsonNode job = ServiceLoad.expect(
                service.post("/v1/members/" + member + "/refreshes", JSON.writeValueAsString(order)));
        String id = job.path("id").asText();
        while (job.path("finished_at").isNull() || job.path("finished_at").isMissingNode()) {
            Thread.sleep(PAUSE_MILLIS);
            job = ServiceLoad.expect(service.get("/v1/jobs/" + id));
        }
        double minutes = (System.nanoTime() - began) / 6e10;
        boolean promoted = job.at("/result/promoted").asBoolean();
        List<String> after = answers(test);
        if (!promoted && !after.equals(before)) {
            throw new IllegalStateException("what was refused has changed answers: " + job);
        }
        int won = 0;
        int lost = 0;
        int right = 0;
        for (int i = 0; i < test.size(); i++) {
            boolean was = before.get(i).equals(label(test.get(i)));
            boolean is = after.get(i).equals(label(test.get(i)));
            right += was ? 1 : 0;
            won += is && !was ? 1 : 0;
            lost += was && !is ? 1 : 0;
        }
        double gain = (won - lost) / (double) test.size();
        System.out.printf(
                "draw %s: %d taught, before %.2f, after %.2f, gain %+.2f, %d won, %d lost, p %.2g; %s, promoted %b, %.1f min%n",
                order.get("seed"),
                taught.size(),
                100.0 * right / test.size(),
                100.0 * right / test.size() + 100 * gain,
                100 * gain,
                won,
                lost,
                Significance.mcNemar(lost, won),
                job.path("status").asText(),
                promoted,
                minutes);
        tell(job);
        service.delete(path);
        return gain;
    }

    private static void tell(JsonNode job) {
        for (JsonNode way : job.at("/result/report/strategies")) {
            System.out.printf(
                    "  %s: held out %.1f %% before, %.1f %% after, loss %.4f and %.4f, passes %b, %.0f s of processor time%n",
                    way.path("way").asText(),
                    100 * way.path("accuracy_before").asDouble(),
                    100 * way.path("accuracy_after").asDouble(),
                    way.path("loss_before").asDouble(),
                    way.path("loss_after").asDouble(),
                    way.path("passes").asBoolean(),
                    way.path("cpu_seconds").asDouble());
        }
        if (!job.path("problem").isNull()) {
            System.out.println("  " + job.path("problem"));
        }
    }

    private List<String> answers(List<Teaching> test) throws Exception {
        List<String> answers = new ArrayList<>();
        for (int from = 0; from < test.size(); from += ASKED_AT_ONCE) {
            List<Map<String, Object>> inputs = test.subList(from, Math.min(test.size(), from + ASKED_AT_ONCE)).stream()
                    .map(AdaptationJobBenchmark::input)
                    .toList();
            JsonNode reply = ServiceLoad.expect(service.post(
                    "/v1/tasks/" + TASK + "/predictions",
                    JSON.writeValueAsString(Map.of("inputs", inputs, "mode", "full"))));
            reply.path("predictions")
                    .forEach(one -> answers.add(one.path("label").asText()));
        }
        return answers;
    }

    private static Map<String, Object> example(Teaching teaching) {
        Map<String, Object> example = input(teaching);
        example.put("label", label(teaching));
        return example;
    }

    private static Map<String, Object> input(Teaching teaching) {
        Map<String, Object> input = new HashMap<>();
        input.put("text", teaching.input().text().value());
        teaching.input().textPair().ifPresent(pair -> input.put("text_pair", pair.value()));
        return input;
    }

    private static String label(Teaching teaching) {
        return ((Answer.OneLabel) teaching.answer()).label();
    }
}
