// SPDX-License-Identifier: Apache-2.0
package dev.perennial.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import dev.perennial.journey.ServiceClient;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Times of a running service over HTTP, one request at a time. Arguments: its address, the data folder, then what to
 * measure.
 *
 * <ul>
 *   <li>{@code latency}: one text by every member, next to the sum of the encoders' own times
 *   <li>{@code tasks}: one task asked while it is alone, and while a thousand are defined, in turns
 *   <li>{@code teach}: a hundred examples more for a task that holds ten thousand
 *   <li>{@code restart}: from the start of the process to the first answer with ten thousand examples; starts the
 *       packaged service itself, and does not use the address
 * </ul>
 *
 * <p>Sizes by {@code -Dperennial.bench.scale=0.01}, for a trial. The tasks that it makes are removed.
 */
@SuppressWarnings("SystemOut")
public final class ServiceBenchmark {
    private static final double SCALE = Double.parseDouble(System.getProperty("perennial.bench.scale", "1"));
    private static final long SEED = Long.getLong("perennial.seed", 1);
    private static final int HELD = scaled(10_000);
    private static final int TASKS = scaled(1000);
    private static final int ASKED = scaled(500);
    private static final int WARM_UP = scaled(200);
    private static final int FRESH = scaled(100);
    private static final int TEACHINGS = 20;
    private static final int TURNS = 5;
    private static final int FEW = 500;

    private final ServiceClient service;
    private final Path data;

    private int questions;

    private ServiceBenchmark(ServiceClient service, Path data) {
        this.service = service;
        this.data = data;
    }

    public static void main(String[] arguments) throws Exception {
        ServiceBenchmark benchmark =
                new ServiceBenchmark(new ServiceClient(URI.create(arguments[0])), Path.of(arguments[1]));
        for (String what : List.of(arguments).subList(2, arguments.length)) {
            switch (what) {
                case "latency" -> benchmark.latency();
                case "tasks" -> benchmark.tasks();
                case "teach" -> benchmark.teach();
                case "restart" -> benchmark.restart();
                default -> throw new IllegalArgumentException("nothing to measure is called " + what);
            }
        }
    }

    /** A text that was not asked before: the service remembers embeddings. */
    private String fresh() {
        return ServiceLoad.question(questions++);
    }

    private static int scaled(int size) {
        return Math.max(1, (int) Math.round(size * SCALE));
    }

    private void latency() throws Exception {
        String task = "bench-latency";
        taught(service, task, FEW);
        Map<String, Stopwatch> encoders = new LinkedHashMap<>();
        Map<String, Double> reported = new LinkedHashMap<>();
        for (JsonNode member : service.get("/v1/members").body().path("items")) {
            encoders.put(member.path("id").asText(), new Stopwatch());
            reported.put(
                    member.path("id").asText(),
                    1000 * member.path("latency").path("p50_seconds").asDouble());
        }
        Turn warmUp = new Turn(new LinkedHashMap<>(encoders));
        warmUp.encoders.replaceAll((id, watch) -> new Stopwatch());
        Turn measured = new Turn(encoders);
        for (int i = 0; i < WARM_UP + ASKED; i++) {
            (i < WARM_UP ? warmUp : measured).run(task);
        }
        measured.print(reported);
        service.delete("/v1/tasks/" + task);
    }

    /** What is timed in turns: a reply without work, each encoder by itself, and the ensemble. */
    private final class Turn {
        private final Stopwatch floor = new Stopwatch();
        private final Stopwatch ensemble = new Stopwatch();
        private final Map<String, Stopwatch> encoders;

        Turn(Map<String, Stopwatch> encoders) {
            this.encoders = encoders;
        }

        private void run(String task) throws Exception {
            floor.time(() -> ServiceLoad.expect(service.get("/v1/tasks/" + task + "/policy")));
            for (Map.Entry<String, Stopwatch> encoder : encoders.entrySet()) {
                String text = fresh();
                encoder.getValue().time(() -> ServiceLoad.embed(service, encoder.getKey(), text));
            }
            String text = fresh();
            ensemble.time(() -> ServiceLoad.ask(service, task, text));
        }

        private void print(Map<String, Double> reported) {
            double http = floor.median();
            double own = encoders.values().stream()
                    .mapToDouble(watch -> watch.median() - http)
                    .sum();
            double said = reported.values().stream().mapToDouble(p50 -> p50).sum();
            encoders.forEach((id, watch) -> System.out.printf(
                    "latency  %-20s p50 %.2f ms net of HTTP, %.2f ms by itself at start%n",
                    id, watch.median() - http, reported.get(id)));
            System.out.printf(
                    "latency  one text, mode full: p50 %.2f ms, p95 %.2f ms; a reply without work %.2f ms%n",
                    ensemble.median(), ensemble.quantile(0.95), http);
            System.out.printf(
                    "latency  encoders together %.2f ms net of HTTP: ratio %.3f, net of HTTP %.3f%n",
                    own, ensemble.median() / own, (ensemble.median() - http) / own);
            System.out.printf(
                    "latency  encoders together %.2f ms at start: ratio %.3f%n", said, ensemble.median() / said);
        }
    }

    private void tasks() throws Exception {
        String task = "bench-one";
        taught(service, task, FEW);
        asked(task, WARM_UP);
        List<Double> alone = new ArrayList<>();
        List<Double> among = new ArrayList<>();
        for (int turn = 0; turn < TURNS; turn++) {
            alone.add(asked(task, ASKED));
            for (int i = 1; i < TASKS; i++) {
                ServiceLoad.define(service, "bench-other-" + i, 3);
            }
            among.add(asked(task, ASKED));
            for (int i = 1; i < TASKS; i++) {
                service.delete("/v1/tasks/bench-other-" + i);
            }
            System.out.printf(
                    "tasks    turn %d: 1 task %.2f ms, %d tasks %.2f ms%n",
                    turn, alone.get(turn), TASKS, among.get(turn));
        }
        service.delete("/v1/tasks/" + task);
        double one = alone.stream().sorted().toList().get(TURNS / 2);
        double many = among.stream().sorted().toList().get(TURNS / 2);
        System.out.printf("tasks    1 task %.2f ms, %d tasks %.2f ms: ratio %.3f%n", one, TASKS, many, many / one);
    }

    private double asked(String task, int times) throws Exception {
        Stopwatch watch = new Stopwatch();
        for (int i = 0; i < times; i++) {
            String text = fresh();
            watch.time(() -> ServiceLoad.ask(service, task, text));
        }
        return watch.median();
    }

    private void teach() throws Exception {
        String task = "bench-large";
        List<Map<String, Object>> rows = taught(service, task, HELD);
        Stopwatch watch = new Stopwatch();
        for (int i = 0; i < TEACHINGS; i++) {
            List<Map<String, Object>> fresh = rows.subList(HELD + i * FRESH, HELD + (i + 1) * FRESH);
            watch.time(() -> ServiceLoad.teach(service, task, fresh));
        }
        System.out.printf(
                "teach    %d examples to a task of %d: p50 %.0f ms, p95 %.0f ms, longest %.0f ms over %d teachings%n",
                FRESH, HELD, watch.median(), watch.quantile(0.95), watch.quantile(1), TEACHINGS);
        service.delete("/v1/tasks/" + task);
    }

    private void restart() throws Exception {
        Path home = Files.createTempDirectory("perennial-restart-");
        String task = "bench-restart";
        try (ServerProcess first = ServerProcess.packaged(home)) {
            taught(first.ready(), task, HELD);
        }
        long began = System.nanoTime();
        try (ServerProcess second = ServerProcess.packaged(home)) {
            ServiceClient client = second.ready();
            double ready = (System.nanoTime() - began) / 1e9;
            ServiceLoad.ask(client, task, ServiceLoad.question(0));
            double answered = (System.nanoTime() - began) / 1e9;
            System.out.printf(
                    "restart  with %d examples: ready after %.1f s, first answer after %.1f s; data in %s%n",
                    HELD, ready, answered, home);
        }
    }

    /** A task that holds the first rows; gives back all rows. */
    private List<Map<String, Object>> taught(ServiceClient client, String task, int count) throws Exception {
        List<Map<String, Object>> rows = ServiceLoad.intents(data, SEED);
        client.delete("/v1/tasks/" + task);
        ServiceLoad.define(client, task, 0);
        ServiceLoad.teach(client, task, rows.subList(0, count));
        return rows;
    }
}
