// SPDX-License-Identifier: Apache-2.0
package dev.perennial.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.perennial.task.Kind;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * The packaged service over HTTP next to others, in turns: its answers to a task of 77 intents next to those of a
 * {@link LangChainServer}, and, where one runs, its vectors and its answers next to the vectors of DJL Serving.
 * Arguments: see {@link LoadPlan}, and {@code djl-serving=}, as often as there are, for routes of all-minilm-l6-v2 on a
 * running DJL Serving, and {@code djl-pid=} for its process. Writes {@code http-peers.md}.
 */
@SuppressWarnings("SystemOut")
public final class HttpPeersBenchmark {
    private static final long SEED = Long.getLong("perennial.seed", 1);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String MODEL = "all-minilm-l6-v2";
    private static final String VECTOR = "vector";
    private static final String LANGCHAIN = "LangChain4j and a head";
    private static final List<Integer> CONNECTIONS = List.of(1, 8, 64);
    private static final int TURNS = 5;
    private static final int COMPARED_VECTORS = 100;
    private static final int OK = 200;
    private static final double SAME = 0.999;
    private static final double PERCENT = 100;

    private final LoadPlan plan;
    private final IntentTask task;
    private final Load langChain;
    private final Map<String, Load> djlServing = new LinkedHashMap<>();
    private final Questions questions;
    private final Report report = new Report();

    private HttpPeersBenchmark(LoadPlan plan, IntentTask task, ServerProcess langChain) {
        this.plan = plan;
        this.task = task;
        this.questions = Questions.of(IntentTask.SET.test().read(plan.data(), Kind.CLASSIFICATION), 1, SEED);
        this.langChain = new Load(
                langChain.address(),
                "/",
                () -> "{\"inputs\":[" + IntentTask.quoted(questions) + "]}",
                langChain.process().pid());
        long pid = plan.values("djl-pid=").map(Long::parseLong).findFirst().orElse(0L);
        plan.values("djl-serving=").map(URI::create).forEach(route -> {
            String name = route.getPath().substring(route.getPath().lastIndexOf('/') + 1);
            djlServing.put(
                    "DJL Serving " + name,
                    new Load(route, route.getPath(), () -> "{\"inputs\":" + IntentTask.quoted(questions) + "}", pid));
        });
    }

    public static void main(String[] arguments) throws Exception {
        LoadPlan plan = LoadPlan.of(arguments);
        Path home = Files.createDirectories(Path.of("target", plan.quick() ? "load-quick" : "load"));
        Path peer = Files.createDirectories(Path.of("target", "http-peers"));
        try (ServerProcess packaged = ServerProcess.packaged(home);
                ServerProcess langChain = ServerProcess.langChain(plan.data(), peer)) {
            packaged.ready();
            packaged.task().teach(plan.data(), plan.examplesOfALabel(), SEED);
            langChain.ready();
            new HttpPeersBenchmark(plan, packaged.task(), langChain).run();
        }
    }

    private void run() throws Exception {
        report.say("# The service next to others over HTTP%n%nWritten by `HttpPeersBenchmark`; do not edit.%n%n");
        report.say(
                "%s; the load comes from the same machine. Seed %d%s. Load average at the start %.1f.%n%n",
                Machine.description(), SEED, plan.quick() ? ", quick" : "", Machine.load());
        answers();
        Map<String, Load> loads = new LinkedHashMap<>();
        for (String mode : List.of("auto", "fast")) {
            loads.put(mode, task.asking(questions, mode));
        }
        loads.put(LANGCHAIN, langChain);
        if (!djlServing.isEmpty()) {
            loads.put(VECTOR, task.embedding(questions, MODEL));
        }
        loads.putAll(djlServing);
        compare(loads);
        report.say("%nLoad average at the end %.1f.%n", Machine.load());
        report.write(plan.output(), "http-peers.md");
    }

    /** Who is right, and whether vectors that are compared are the same. */
    private void answers() throws Exception {
        List<Questions.Question> all = questions.all();
        report.say("| who | right, of %d |%n| --- | --- |%n", all.size());
        for (String mode : List.of("full", "auto", "fast")) {
            List<IntentTask.Answered> answers = task.answers(all, mode);
            right(
                    "Perennial, " + mode,
                    answers.stream().map(IntentTask.Answered::label).toList());
        }
        List<String> labels = new ArrayList<>();
        try (HttpConnection connection = new HttpConnection(langChain.service())) {
            for (Questions.Question question : all) {
                String asked = JSON.writeValueAsString(Map.of("inputs", List.of(question.text())));
                labels.add(reply(connection, langChain, asked)
                        .at("/predictions/0/label")
                        .asText());
            }
        }
        right(LANGCHAIN, labels);
        report.say("%n");
        for (Map.Entry<String, Load> peer : djlServing.entrySet()) {
            report.say(
                    "Vectors of %d questions: least cosine to those of %s %.6f.%n%n",
                    COMPARED_VECTORS, peer.getKey(), agreement(peer.getValue()));
        }
    }

    private void right(String who, List<String> labels) {
        int right = 0;
        for (int i = 0; i < labels.size(); i++) {
            right += labels.get(i).equals(questions.all().get(i).label()) ? 1 : 0;
        }
        report.say("| %s | %.2f %% |%n", who, PERCENT * right / labels.size());
    }

    /** A comparison of those who do not compute the same would be worth nothing. */
    private double agreement(Load peer) throws Exception {
        Load vector = task.embedding(questions, MODEL);
        double least = 1;
        try (HttpConnection ours = new HttpConnection(vector.service());
                HttpConnection theirs = new HttpConnection(peer.service())) {
            for (Questions.Question question : questions.all().subList(0, COMPARED_VECTORS)) {
                String text = question.text();
                JsonNode one = reply(ours, vector, JSON.writeValueAsString(Map.of("model", MODEL, "input", text)))
                        .at("/data/0/embedding");
                JsonNode other = reply(theirs, peer, JSON.writeValueAsString(Map.of("inputs", text)));
                double cosine = 0;
                for (int k = 0; k < one.size(); k++) {
                    cosine += one.get(k).asDouble() * other.get(k).asDouble();
                }
                least = Math.min(least, cosine);
            }
        }
        if (least < SAME) {
            throw new IllegalStateException("DJL Serving differs: cosine " + least);
        }
        return least;
    }

    private static JsonNode reply(HttpConnection connection, Load load, String json) throws Exception {
        HttpConnection.Reply reply = connection.post(load.path(), json);
        if (reply.status() != OK) {
            throw new IllegalStateException(load.path() + " answers " + reply.status() + ": " + reply.body());
        }
        return JSON.readTree(reply.body());
    }

    /** All of them at each number of connections, turn by turn after one to warm up. */
    private void compare(Map<String, Load> loads) throws Exception {
        int turns = plan.quick() ? 1 : TURNS;
        for (Load load : loads.values()) {
            load.closed(CONNECTIONS.get(1), 0, plan.seconds());
        }
        Map<Integer, Map<String, List<LoadReport>>> reports = new LinkedHashMap<>();
        for (int turn = 0; turn < turns; turn++) {
            for (int connections : CONNECTIONS) {
                Map<String, List<LoadReport>> here =
                        reports.computeIfAbsent(connections, number -> new LinkedHashMap<>());
                for (Map.Entry<String, Load> load : loads.entrySet()) {
                    here.computeIfAbsent(load.getKey(), name -> new ArrayList<>())
                            .add(load.getValue().closed(connections, plan.warmUpSeconds(), plan.seconds()));
                }
            }
        }
        report.say(
                "Every connection asks one text, waits for the answer and asks the next. Medians of %d turns of %.1f s.%n%n",
                turns, plan.seconds());
        report.say(
                "| connections | what | requests/s | p50 ms | p99 ms | CPU ms a request |%n|%s%n", " --- |".repeat(6));
        reports.forEach((connections, here) -> here.forEach((name, some) -> {
            LoadReport median = LoadReport.median(some);
            report.say(
                    "| %d | %s | %.1f | %.1f | %.1f | %.2f |%n",
                    connections, name, median.perSecond(), median.p50(), median.p99(), median.cpuMillis());
        }));
        report.say("%nRatios within a turn, medians over turns; least and most in brackets.%n%n");
        report.say(
                "| connections | what over what | requests/s | CPU ms a request, the other way round |%n|%s%n",
                " --- |".repeat(4));
        reports.forEach((connections, here) -> {
            ratio(connections, here, "auto", LANGCHAIN);
            ratio(connections, here, "fast", LANGCHAIN);
            for (String peer : djlServing.keySet()) {
                ratio(connections, here, VECTOR, peer);
                ratio(connections, here, "auto", peer);
                ratio(connections, here, "fast", peer);
            }
        });
    }

    private void ratio(int connections, Map<String, List<LoadReport>> reports, String one, String other) {
        report.say(
                "| %d | %s over %s | %s | %s |%n",
                connections,
                one,
                other,
                ratios(reports.get(one), reports.get(other), LoadReport::perSecond),
                ratios(reports.get(other), reports.get(one), LoadReport::cpuMillis));
    }

    private static String ratios(List<LoadReport> one, List<LoadReport> other, ToDoubleFunction<LoadReport> figure) {
        List<Double> ratios = new ArrayList<>();
        for (int turn = 0; turn < one.size(); turn++) {
            ratios.add(figure.applyAsDouble(one.get(turn)) / figure.applyAsDouble(other.get(turn)));
        }
        ratios.sort(null);
        return String.format(
                Locale.ROOT,
                "%.2f (%.2f to %.2f)",
                ratios.get(ratios.size() / 2),
                ratios.get(0),
                ratios.get(ratios.size() - 1));
    }
}
