// SPDX-License-Identifier: Apache-2.0
package dev.perennial.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.perennial.journey.ServiceClient;
import dev.perennial.task.Answer;
import dev.perennial.task.Kind;
import dev.perennial.task.Teaching;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * Revisions of a running service over HTTP. Arguments: its address, the data folder, then what to measure.
 *
 * <ul>
 *   <li>{@code rollback}: from the request until its reply, after which every answer must be the earlier revision's; of
 *       tasks with 2,000 and with 10,000 examples, 20 times each
 *   <li>{@code rebuild}: 100 revisions of {@code trec6}, each made anew from what is stored
 *   <li>{@code gate}: candidates whose labels are wrong at random, and honest ones, against the suite of {@code trec6};
 *       how many are refused, for what, and how long a gate takes
 * </ul>
 *
 * <p>The seed is {@code -Dperennial.seed}. The tasks that it makes are removed.
 */
@SuppressWarnings("SystemOut")
public final class RevisionBenchmark {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long SEED = Long.getLong("perennial.seed", 1);
    private static final int ROLLBACKS = 20;
    private static final int FRESH = 100;
    private static final int ASKED = 10;
    private static final int REVISIONS = 100;
    private static final int BATCH = 20;
    private static final int HELD = 200;
    private static final int SUITE = 300;
    private static final int CANDIDATE = 60;

    private final ServiceClient service;
    private final Path data;

    private RevisionBenchmark(ServiceClient service, Path data) {
        this.service = service;
        this.data = data;
    }

    public static void main(String[] arguments) throws Exception {
        RevisionBenchmark benchmark =
                new RevisionBenchmark(new ServiceClient(URI.create(arguments[0])), Path.of(arguments[1]));
        System.out.println("seed " + SEED);
        for (String what : List.of(arguments).subList(2, arguments.length)) {
            switch (what) {
                case "rollback" -> {
                    benchmark.rollback(2_000);
                    benchmark.rollback(10_000);
                }
                case "rebuild" -> benchmark.rebuild();
                case "gate" -> {
                    benchmark.gate(200, 1);
                    benchmark.gate(50, 0.3);
                    benchmark.gate(100, 0);
                }
                default -> throw new IllegalArgumentException("nothing to measure is called " + what);
            }
        }
    }

    private void rollback(int held) throws Exception {
        String task = "bench-rollback";
        List<Map<String, Object>> rows = ServiceLoad.intents(data, SEED);
        service.delete("/v1/tasks/" + task);
        ServiceLoad.define(service, task, 0);
        ServiceLoad.teach(service, task, rows.subList(0, held));
        Stopwatch watch = new Stopwatch();
        int same = 0;
        for (int i = 0; i < ROLLBACKS; i++) {
            List<JsonNode> before = answers(task, rows);
            String revision = before.get(0).path("revision").asText();
            ServiceLoad.teach(service, task, rows.subList(held + i * FRESH, held + (i + 1) * FRESH));
            watch.time(() -> serve(task, revision));
            same += answers(task, rows).equals(before) ? 1 : 0;
        }
        System.out.printf(
                "rollback %d examples: p50 %.0f ms, longest %.0f ms over %d; answers of then: %d%n",
                held, watch.median(), watch.quantile(1), ROLLBACKS, same);
        service.delete("/v1/tasks/" + task);
    }

    private JsonNode serve(String task, String revision) throws Exception {
        return ServiceLoad.expect(service.put(
                "/v1/tasks/" + task + "/aliases/serving", JSON.writeValueAsString(Map.of("revision", revision))));
    }

    /** Without what names the single answer. */
    private List<JsonNode> answers(String task, List<Map<String, Object>> rows) throws Exception {
        List<JsonNode> answers = new ArrayList<>();
        for (int i = 0; i < ASKED; i++) {
            JsonNode reply = ServiceLoad.ask(
                    service, task, (String) rows.get(rows.size() - 1 - i).get("text"));
            ((ObjectNode) reply.path("predictions").get(0)).remove("id");
            answers.add(reply);
        }
        return answers;
    }

    private void rebuild() throws Exception {
        String task = "bench-rebuild";
        List<Map<String, Object>> rows = questions();
        service.delete("/v1/tasks/" + task);
        ServiceLoad.define(service, task, 0);
        List<String> revisions = new ArrayList<>();
        for (int i = 0; i < REVISIONS; i++) {
            ServiceLoad.teach(service, task, rows.subList(i * BATCH, (i + 1) * BATCH));
            revisions.add(
                    ServiceLoad.ask(service, task, "who is it").path("revision").asText());
        }
        int same = 0;
        for (String revision : revisions) {
            JsonNode rebuilt =
                    ServiceLoad.expect(service.post("/v1/tasks/" + task + "/revisions/" + revision + "/rebuilds", ""));
            same += rebuilt.path("same").asBoolean() ? 1 : 0;
        }
        System.out.printf("rebuild  %d of %d revisions come to the digest that answered%n", same, REVISIONS);
        service.delete("/v1/tasks/" + task);
    }

    /** @param share of a candidate's rows that carry another label than theirs, drawn at random */
    private void gate(int candidates, double share) throws Exception {
        String task = "bench-gate";
        List<Map<String, Object>> rows = questions();
        service.delete("/v1/tasks/" + task);
        ServiceLoad.define(service, task, 0);
        ServiceLoad.teach(service, task, rows.subList(0, HELD));
        List<Map<String, Object>> suite = rows.subList(HELD, HELD + SUITE);
        ServiceLoad.expect(
                service.put("/v1/tasks/" + task + "/suite", JSON.writeValueAsString(Map.of("examples", suite))));
        List<Map<String, Object>> rest = new ArrayList<>(rows.subList(HELD + SUITE, rows.size()));
        List<String> labels = rows.stream()
                .map(row -> (String) row.get("label"))
                .distinct()
                .sorted()
                .toList();
        int refused = 0;
        Stopwatch watch = new Stopwatch();
        Map<String, Integer> failed = new TreeMap<>();
        for (int i = 0; i < candidates; i++) {
            Random random = new Random(SEED * 1_000 + i);
            Collections.shuffle(rest, random);
            List<Map<String, Object>> some = new ArrayList<>();
            for (Map<String, Object> row : rest.subList(0, CANDIDATE)) {
                some.add(random.nextDouble() < share ? flipped(row, labels, random) : row);
            }
            ServiceLoad.expect(service.post(
                    "/v1/tasks/" + task + "/candidates", JSON.writeValueAsString(Map.of("examples", some))));
            JsonNode[] verdict = new JsonNode[1];
            watch.time(() -> verdict[0] =
                    ServiceLoad.expect(service.post("/v1/tasks/" + task + "/revisions/candidate/gates", "")));
            refused += verdict[0].path("passed").asBoolean() ? 0 : 1;
            for (JsonNode check : verdict[0].path("checks")) {
                if (!check.path("passed").asBoolean()) {
                    failed.merge(check.path("about").asText(), 1, Integer::sum);
                }
            }
        }
        System.out.printf(
                "gate     %d examples, suite of %d, candidates of %d more, %.0f %% with a wrong label: %d of %d refused,"
                        + " for %s; p50 %.0f ms%n",
                HELD, SUITE, CANDIDATE, 100 * share, refused, candidates, failed, watch.median());
        service.delete("/v1/tasks/" + task);
    }

    private static Map<String, Object> flipped(Map<String, Object> row, List<String> labels, Random random) {
        List<String> others = new ArrayList<>(labels);
        others.remove((String) row.get("label"));
        Map<String, Object> wrong = new HashMap<>(row);
        wrong.put("label", others.get(random.nextInt(others.size())));
        return wrong;
    }

    private List<Map<String, Object>> questions() {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (Teaching teaching : DataSet.of("trec6").train().read(data, Kind.CLASSIFICATION)) {
            rows.add(Map.of(
                    "text", teaching.input().text().value(), "label", ((Answer.OneLabel) teaching.answer()).label()));
        }
        Collections.shuffle(rows, new Random(SEED));
        return rows;
    }
}
