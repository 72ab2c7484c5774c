// SPDX-License-Identifier: Apache-2.0
package dev.perennial.evaluate;

import dev.perennial.encode.Encoders;
import dev.perennial.ensemble.ActiveEnsembles;
import dev.perennial.ensemble.Ensemble;
import dev.perennial.ensemble.Predictor;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import dev.perennial.task.Teaching;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Measures how well tasks answer, on rows whose answers are known, and keeps the reports. What encoders read for it is
 * kept nowhere, so that latencies are those of texts that nobody has asked before. Thread-safe.
 */
public final class Evaluations implements AutoCloseable {
    private static final int TIMED = 100;

    /**
     * What evaluations need.
     *
     * @param suites the frozen rows of the tasks
     * @param reports where reports are kept
     * @param accuracies where it is kept how well suites were answered
     * @param gate what judging candidates needs
     * @param text writes a report as a JSON object, without any text of a client but names of labels
     * @param clock what time it is
     * @param kept how many reports of a task are kept
     */
    public record Ports(
            SuiteStore suites,
            ReportStore reports,
            SuiteAccuracyStore accuracies,
            Gatekeeper.Ports gate,
            Function<EvaluationReport, String> text,
            InstantSource clock,
            int kept) {}

    /**
     * What to evaluate.
     *
     * @param task whose serving ensemble is asked
     * @param rows what it is asked; empty: the task's suite
     * @param stress whether to ask the rows written worse as well
     * @param seed of draws and slips
     */
    public record Order(TaskId task, Optional<List<Teaching>> rows, boolean stress, long seed) {}

    private final Ports ports;
    private final ActiveEnsembles active;
    private final Encoders readers;
    private final Predictor predictor;
    private final SuiteRecorder recorder;
    private final Gatekeeper gatekeeper;

    /**
     * @param readers has a pool of its own, which is closed with this
     * @param recorder asks suites in the background, and is closed with this
     */
    public Evaluations(Ports ports, ActiveEnsembles active, Encoders readers, SuiteRecorder recorder) {
        this.ports = ports;
        this.active = active;
        this.readers = readers;
        this.predictor = new Predictor(active, readers);
        this.recorder = recorder;
        this.gatekeeper = new Gatekeeper(ports.gate(), active, recorder.readers(), readers);
    }

    /** Tells whether candidates may serve. */
    public Gatekeeper gatekeeper() {
        return gatekeeper;
    }

    /** The frozen rows of the tasks. */
    public SuiteStore suites() {
        return ports.suites();
    }

    public ReportStore reports() {
        return ports.reports();
    }

    /** How well suites were answered, by step. */
    public SuiteAccuracyStore accuracies() {
        return ports.accuracies();
    }

    /** Begins to ask suites in the background. */
    public void beginRecording() {
        recorder.begin();
    }

    /** How many rows ask what the ensemble was taught, so that answering them right is memory. */
    public static long taught(Ensemble ensemble, List<Teaching> rows) {
        return rows.stream().filter(row -> ensemble.remembers(row.input())).count();
    }

    /** An ensemble, serving or not, as it can be measured. */
    public Answering answering(Ensemble ensemble) {
        return new EnsembleAnswers(ensemble, predictor);
    }

    /** How many rows an order asks. */
    public long rows(Order order) {
        return order.rows()
                .map(rows -> (long) rows.size())
                .orElseGet(() -> suite(order.task()).rows());
    }

    /**
     * Evaluates the serving ensemble and keeps the report.
     *
     * @param id of the report, {@code eval_...}
     * @return the report as JSON
     * @throws Refusal.NotFound when there is no such task, or it has no suite
     * @throws Refusal.Conflict when the rows are not of the kind of the task
     */
    public String evaluate(String id, Order order, Evaluator.Watch watch) {
        Ensemble ensemble = active.of(order.task());
        Optional<Suite> suite = order.rows().isPresent() ? Optional.empty() : Optional.of(suite(order.task()));
        List<Teaching> rows = order.rows().orElseGet(() -> suiteRows(order.task()));
        requireKind(ensemble.task(), rows);
        Evaluator.Options options = new Evaluator.Options(order.stress(), TIMED, order.seed());
        Evaluation evaluation = Evaluator.evaluate(answering(ensemble), rows, options, watch);
        Instant now = ports.clock().instant().truncatedTo(ChronoUnit.MICROS);
        String report = ports.text()
                .apply(new EvaluationReport(
                        id,
                        ensemble.task(),
                        ensemble.answerRevision(),
                        suite.map(Suite::digest),
                        options,
                        now,
                        evaluation));
        ports.reports().keep(new ReportStore.Kept(id, order.task(), now, report), ports.kept());
        return report;
    }

    /**
     * How what serves a task differs from what was learnt of all that is stored of it at once, asked by its suite.
     *
     * @param joint of the same task
     * @throws Refusal.NotFound when the task has no suite
     * @throws Refusal.Conflict when the suite is not of the kind of the task
     */
    public LifelongGap gap(Ensemble serving, Ensemble joint) {
        Suite suite = suite(serving.task().id());
        List<Teaching> rows = suiteRows(suite.task());
        requireKind(joint.task(), rows);
        Paired<Ensemble> ensembles = new Paired<>(serving, joint);
        return LifelongGap.of(ensembles, SharedAnswers.of(predictor, ensembles, rows));
    }

    private Suite suite(TaskId task) {
        return ports.suites().suite(task).orElseThrow(() -> new Refusal.NotFound("suite of the task", task.value()));
    }

    private List<Teaching> suiteRows(TaskId task) {
        return ports.suites().rows(task, 0, Integer.MAX_VALUE).stream()
                .map(Suite.Row::teaching)
                .toList();
    }

    /** A task without examples may have become another one since its suite was stored. */
    static void requireKind(Task task, List<Teaching> rows) {
        boolean fits = !rows.isEmpty()
                && rows.stream()
                        .allMatch(row -> row.answer().kind() == task.kind()
                                && row.input().kind() == task.input());
        if (!fits) {
            throw new Refusal.Conflict(
                    "The rows are not of the kind of the task, which has changed; store its suite anew.");
        }
    }

    /** Lets what is being read end. */
    @Override
    public void close() {
        recorder.close();
        readers.pool().close();
    }
}
