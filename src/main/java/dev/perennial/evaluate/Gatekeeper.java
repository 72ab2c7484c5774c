// SPDX-License-Identifier: Apache-2.0
package dev.perennial.evaluate;

import dev.perennial.encode.Encoders;
import dev.perennial.ensemble.ActiveEnsembles;
import dev.perennial.ensemble.Ensemble;
import dev.perennial.ensemble.Mode;
import dev.perennial.ensemble.Prediction;
import dev.perennial.ensemble.PredictionRequest;
import dev.perennial.ensemble.Predictor;
import dev.perennial.learn.Rehearsal;
import dev.perennial.task.Input;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import dev.perennial.task.Teaching;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** Tells whether candidates may serve, and keeps a report each time. Thread-safe. */
public final class Gatekeeper {
    /** Single answers of each side that are timed. */
    private static final int TIMED = 16;

    private static final double NANOS_PER_SECOND = 1e9;

    /** The same suite and answers always come to the same verdict. */
    private static final long SEED = 1;

    /**
     * What judging needs.
     *
     * @param suites the frozen rows of the tasks
     * @param bounds how much worse candidates may be
     * @param reports where reports are kept
     * @param text writes a report as a JSON object, without any text of a client but names of labels
     * @param ids of reports
     * @param clock what time it is
     * @param kept how many reports of a task are kept
     */
    public record Ports(
            SuiteStore suites,
            GateStore bounds,
            ReportStore reports,
            Function<GateReport, String> text,
            Supplier<String> ids,
            InstantSource clock,
            int kept) {}

    private final Ports ports;
    private final Encoders reading;
    private final Predictor answering;
    private final Predictor timing;

    /**
     * @param reading reads suites, and may keep what it has read
     * @param timing keeps nothing, so that what is timed is an answer to a text that nobody has asked
     */
    public Gatekeeper(Ports ports, ActiveEnsembles active, Encoders reading, Encoders timing) {
        this.ports = ports;
        this.reading = reading;
        this.answering = new Predictor(active, reading);
        this.timing = new Predictor(active, timing);
    }

    /** How much worse candidates may be. */
    public GateStore bounds() {
        return ports.bounds();
    }

    public ReportStore reports() {
        return ports.reports();
    }

    /** Whether a task has a suite by which candidates can be judged. */
    public boolean isAsked(TaskId task) {
        return ports.suites().suite(task).isPresent();
    }

    /**
     * Whether a candidate may serve in the place of what serves; empty when the task has no suite to tell by.
     *
     * @throws dev.perennial.refusal.Refusal.Conflict when the suite is not of the kind of the task
     */
    public Optional<GateReport> judge(Candidacy candidacy) {
        TaskId task = candidacy.sides().candidate().ensemble().task().id();
        return ports.suites().suite(task).map(suite -> judge(candidacy, suite));
    }

    /**
     * Checks that what serves could be judged, whatever the candidate.
     *
     * @throws RuntimeException when it could not
     */
    public void requireJudgeable(Rehearsal serving) {
        GateEvidence unused = evidence(
                new Paired<>(serving, serving),
                ports.bounds().bounds(serving.ensemble().task().id()));
    }

    private GateEvidence evidence(Paired<Rehearsal> sides, GateBounds bounds) {
        Paired<Ensemble> ensembles = sides.map(Rehearsal::ensemble);
        Task task = ensembles.candidate().task();
        List<Teaching> rows = ports.suites().rows(task.id(), 0, Integer.MAX_VALUE).stream()
                .map(Suite.Row::teaching)
                .toList();
        Evaluations.requireKind(task, rows);
        return new GateEvidence(
                task,
                rows,
                SharedAnswers.of(answering, ensembles, rows),
                RecentAnswers.of(sides, (int) bounds.of(GateBound.RECENT_ROWS)),
                Optional.of(seconds(ensembles, rows)),
                Optional.of(ensembles.map(Ensemble::bytes)));
    }

    private GateReport judge(Candidacy candidacy, Suite suite) {
        Paired<Ensemble> ensembles = candidacy.sides().map(Rehearsal::ensemble);
        Task task = ensembles.candidate().task();
        GateBounds bounds = ports.bounds().bounds(task.id());
        GateEvidence evidence = evidence(candidacy.sides(), bounds);
        Instant now = ports.clock().instant().truncatedTo(ChronoUnit.MICROS);
        GateReport report = new GateReport(
                ports.ids().get(),
                suite,
                ensembles.serving().answerRevision(),
                candidacy,
                now,
                bounds,
                new Gate(bounds).judge(evidence, SEED));
        ports.reports()
                .keep(
                        new ReportStore.Kept(
                                report.id(), task.id(), now, ports.text().apply(report)),
                        ports.kept());
        forgetReplaced(suite);
        return report;
    }

    /** What was read of rows that are erased meanwhile is kept no longer than they are. */
    private void forgetReplaced(Suite suite) {
        if (ports.suites()
                .suite(suite.task())
                .filter(now -> now.digest().equals(suite.digest()))
                .isEmpty()) {
            reading.pool().forget();
        }
    }

    /** In turns, so that whatever else the machine does falls on both; the first row is asked before it is timed. */
    private Paired<double[]> seconds(Paired<Ensemble> ensembles, List<Teaching> rows) {
        int timed = Math.min(TIMED, rows.size());
        Paired<double[]> seconds = new Paired<>(new double[timed], new double[timed]);
        double unused = seconds(ensembles.serving(), rows.get(0).input())
                + seconds(ensembles.candidate(), rows.get(0).input());
        for (int i = 0; i < timed; i++) {
            Input input = rows.get((int) ((long) i * rows.size() / timed)).input();
            if (i % 2 == 0) {
                seconds.serving()[i] = seconds(ensembles.serving(), input);
                seconds.candidate()[i] = seconds(ensembles.candidate(), input);
            } else {
                seconds.candidate()[i] = seconds(ensembles.candidate(), input);
                seconds.serving()[i] = seconds(ensembles.serving(), input);
            }
        }
        return seconds;
    }

    private double seconds(Ensemble ensemble, Input input) {
        PredictionRequest request = new PredictionRequest(
                List.of(input), Math.max(1, ensemble.labels().size()), Mode.AUTO, false);
        long began = System.nanoTime();
        Prediction answer = timing.predict(ensemble, request).predictions().get(0);
        double seconds = (System.nanoTime() - began) / NANOS_PER_SECOND;
        if (answer.stage().isEmpty()) {
            throw new IllegalStateException("an answer names its stage");
        }
        return seconds;
    }
}
