// SPDX-License-Identifier: Apache-2.0
package dev.perennial.benchmark;

import dev.perennial.task.Kind;
import dev.perennial.task.Teaching;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The service under load over HTTP: a task of 77 labels is taught, then asked by many connections at once (closed
 * loop), and at fixed rates below and above what it can answer (open loop). Arguments: see {@link LoadPlan}. Writes
 * {@code load.md} and {@code load.svg}.
 *
 * <p>The packaged service is started in {@code target/load} unless the address of another one is given; what was taught
 * there before is not taught again.
 */
@SuppressWarnings("SystemOut")
public final class LoadBenchmark {
    private static final long SEED = Long.getLong("perennial.seed", 1);
    private static final int BEYOND_THE_KNEE = 64;
    private static final int QUESTIONS_IN_A_LONG_TEXT = 9;
    private static final double BELOW = 0.7;
    private static final double ABOVE = 3;
    private static final double PERCENT = 100;

    private final LoadPlan plan;
    private final IntentTask task;
    private final Map<String, Questions> questionsByLength;
    private final Report report = new Report();

    private LoadBenchmark(LoadPlan plan, IntentTask task) {
        this.plan = plan;
        this.task = task;
        List<Teaching> asked = IntentTask.SET.test().read(plan.data(), Kind.CLASSIFICATION);
        this.questionsByLength = new LinkedHashMap<>();
        questionsByLength.put("short", Questions.of(asked, 1, SEED));
        questionsByLength.put("long", Questions.of(asked, QUESTIONS_IN_A_LONG_TEXT, SEED));
    }

    public static void main(String[] arguments) throws Exception {
        LoadPlan plan = LoadPlan.of(arguments);
        if (plan.service().isPresent()) {
            new LoadBenchmark(plan, new IntentTask(plan.service().get(), plan.pid())).run();
            return;
        }
        Path home = Files.createDirectories(Path.of("target", plan.quick() ? "load-quick" : "load"));
        try (ServerProcess packaged = ServerProcess.packaged(home)) {
            packaged.ready();
            new LoadBenchmark(plan, packaged.task()).run();
        }
    }

    private void run() throws Exception {
        task.teach(plan.data(), plan.examplesOfALabel(), SEED);
        report.say("# The service under load%n%nWritten by `LoadBenchmark`; do not edit.%n%n");
        report.say(
                "%s; the load comes from the same machine. Seed %d%s. Load average at the start %.1f.%n%n",
                Machine.description(), SEED, plan.quick() ? ", quick" : "", Machine.load());
        stages();
        closed();
        open();
        report.say("Load average at the end %.1f.%n", Machine.load());
        report.write(plan.output(), "load.md");
    }

    /** Every question once, as it was written: who is right, and how far the cascade went. */
    private void stages() throws Exception {
        List<Questions.Question> all = questionsByLength.get("short").all();
        report.say(
                "## Answers%n%n| mode | right, of %d | same as full | stopped at |%n| --- | --- | --- | --- |%n",
                all.size());
        List<String> ofAllMembers = List.of();
        for (String mode : List.of("full", "auto", "fast")) {
            List<IntentTask.Answered> answers = task.answers(all, mode);
            List<String> labels =
                    answers.stream().map(IntentTask.Answered::label).toList();
            Map<String, Integer> stops = new TreeMap<>();
            answers.forEach(answer -> stops.merge(answer.stage(), 1, Integer::sum));
            ofAllMembers = mode.equals("full") ? labels : ofAllMembers;
            List<String> right = all.stream().map(Questions.Question::label).toList();
            report.say(
                    "| %s | %.2f %% | %.2f %% | %s |%n",
                    mode,
                    PERCENT * agreement(labels, right),
                    PERCENT * agreement(labels, ofAllMembers),
                    stops.entrySet().stream()
                            .map(stop ->
                                    stop.getKey() + " " + Math.round(PERCENT * stop.getValue() / all.size()) + " %")
                            .collect(Collectors.joining(", ")));
        }
        report.say("%n");
    }

    private static double agreement(List<String> some, List<String> others) {
        int same = 0;
        for (int i = 0; i < some.size(); i++) {
            same += some.get(i).equals(others.get(i)) ? 1 : 0;
        }
        return (double) same / some.size();
    }

    /** What can be asked for, by name. */
    private Map<String, Load> loads(Questions questions) {
        Map<String, Load> loads = new LinkedHashMap<>();
        for (String mode : List.of("full", "auto", "fast")) {
            loads.put(mode, task.asking(questions, mode));
        }
        loads.put("vector", task.embedding(questions, "all-minilm-l6-v2"));
        return loads;
    }

    /** Long texts by fewer: sixty-four of them wait longer than a round lasts. */
    private static List<Integer> connections(String length) {
        return length.equals("short") ? List.of(1, 8, 64) : List.of(1, 8);
    }

    private record Cell(String length, String what, int connections) {}

    private void closed() throws Exception {
        Map<Cell, List<LoadReport>> reports = new LinkedHashMap<>();
        for (int round = 0; round < plan.rounds(); round++) {
            for (Map.Entry<String, Questions> questions : questionsByLength.entrySet()) {
                for (int connections : connections(questions.getKey())) {
                    for (Map.Entry<String, Load> load :
                            loads(questions.getValue()).entrySet()) {
                        reports.computeIfAbsent(
                                        new Cell(questions.getKey(), load.getKey(), connections),
                                        cell -> new ArrayList<>())
                                .add(load.getValue().closed(connections, plan.warmUpSeconds(), plan.seconds()));
                    }
                }
            }
        }
        report.say(
                "## Closed loop%n%nEvery connection asks one text, waits for the answer and asks the next. Medians of %d"
                        + " rounds of %.1f s in turns.%n%n",
                plan.rounds(), plan.seconds());
        report.say("| texts | what | connections | answers/s | p50 ms | p99 ms | CPU ms an answer | refused |%n");
        report.say("| --- | --- | --- | --- | --- | --- | --- | --- |%n");
        Map<Cell, LoadReport> medians = new LinkedHashMap<>();
        reports.forEach((cell, some) -> medians.put(cell, LoadReport.median(some)));
        medians.forEach((cell, median) -> report.say(
                "| %s | %s | %d | %.1f | %.1f | %.1f | %.2f | %.1f %% |%n",
                cell.length(),
                cell.what(),
                cell.connections(),
                median.perSecond(),
                median.p50(),
                median.p99(),
                median.cpuMillis(),
                PERCENT * median.refused()));
        report.say("%n");
        Files.createDirectories(plan.output());
        Files.writeString(plan.output().resolve("load.svg"), plot(medians).svg());
    }

    private BarPlot plot(Map<Cell, LoadReport> medians) {
        List<String> names = List.copyOf(loads(questionsByLength.get("short")).keySet());
        List<BarPlot.Group> groups = new ArrayList<>();
        for (String length : questionsByLength.keySet()) {
            for (int connections : connections(length)) {
                groups.add(new BarPlot.Group(
                        length + ", " + connections + (connections == 1 ? " connection" : " connections"),
                        names.stream()
                                .map(name -> medians.get(new Cell(length, name, connections))
                                        .perSecond())
                                .toList()));
            }
        }
        return new BarPlot("answers a second over HTTP, logarithmic", names, groups, true);
    }

    private void open() throws Exception {
        report.say(
                "## Open loop%n%nShort texts at a fixed rate; times count from when a request was due. The knee is what %d"
                        + " connections get in a closed loop, measured before and after; rates are shares of the one before."
                        + " Late: how long after it was due a request was sent.%n%n",
                BEYOND_THE_KNEE);
        report.say("| mode | asked | answers/s | p50 ms | p99 ms | CPU ms an answer | refused | p99 of refusals ms |"
                + " late p99 ms | resident MB before, after |%n");
        report.say("|%s%n", " --- |".repeat(10));
        for (String mode : List.of("full", "auto")) {
            Load load = task.asking(questionsByLength.get("short"), mode);
            double knee = opened(mode, "knee", closedAtKnee(load));
            for (double share : List.of(BELOW, ABOVE)) {
                double rate = share * knee;
                double seconds = share > 1 ? plan.overloadSeconds() : plan.steadySeconds();
                String asked = String.format(Locale.ROOT, "%.1f × knee: %.1f/s for %.0f s", share, rate, seconds);
                opened(mode, asked, load.open(rate, seconds));
            }
            opened(mode, "knee again", closedAtKnee(load));
        }
        report.say("%n");
    }

    private LoadReport closedAtKnee(Load load) throws Exception {
        return load.closed(BEYOND_THE_KNEE, plan.warmUpSeconds(), plan.kneeSeconds());
    }

    /** Says what was seen; gives back the rate of answers. */
    private double opened(String mode, String asked, LoadReport seen) {
        report.say(
                "| %s | %s | %.1f | %.1f | %.1f | %.2f | %.1f %% | %.1f | %.1f | %.0f, %.0f |%n",
                mode,
                asked,
                seen.perSecond(),
                seen.p50(),
                seen.p99(),
                seen.cpuMillis(),
                PERCENT * seen.refused(),
                seen.refusedP99(),
                seen.lateP99(),
                seen.residentBefore(),
                seen.residentAfter());
        return seen.perSecond();
    }
}
