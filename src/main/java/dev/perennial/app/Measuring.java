// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.api.EvaluationViews;
import dev.perennial.api.GateViews;
import dev.perennial.api.Json;
import dev.perennial.api.SortableIds;
import dev.perennial.encode.EmbeddingCache;
import dev.perennial.encode.EncoderPool;
import dev.perennial.encode.Encoders;
import dev.perennial.encode.EncodingObserver;
import dev.perennial.ensemble.ActiveEnsembles;
import dev.perennial.evaluate.Evaluations;
import dev.perennial.evaluate.Gatekeeper;
import dev.perennial.evaluate.SuiteRecorder;
import dev.perennial.evaluate.SuiteStore;
import dev.perennial.store.Database;
import dev.perennial.store.SqlGateStore;
import dev.perennial.store.SqlReportStore;
import dev.perennial.store.SqlSuiteAccuracyStore;
import dev.perennial.store.SqlSuiteStore;
import java.time.InstantSource;
import java.util.List;

/**
 * What evaluations are made of.
 *
 * @param config how much of each there may be
 * @param clock what time it is
 * @param json writes reports
 * @param ids of reports that no request asked for
 */
record Measuring(PerennialConfig config, InstantSource clock, Json json, SortableIds ids) {
    private static final String GATE_ID = "gate_";

    /** Holds what the bundled encoders read of some 5,000 rows, so that asking a suite again costs little. */
    private static final long KEPT_BYTES = 1L << 25;

    /** Evaluations whose texts are read by threads of their own, which keep nothing of them. */
    Evaluations of(Database database, ActiveEnsembles active) {
        EncoderPool pool = new EncoderPool(
                threads(EncodingThreads.of(config.encoding()).runs()),
                config.encoding().maxCharsInFlight());
        SuiteStore suites = new SqlSuiteStore(database, clock);
        Evaluations.Ports ports = new Evaluations.Ports(
                suites,
                new SqlReportStore(database, SqlReportStore.Sort.EVALUATIONS),
                new SqlSuiteAccuracyStore(database),
                gate(database, suites),
                new EvaluationViews(json),
                clock,
                config.limits().evaluationReports());
        return new Evaluations(ports, active, new Encoders(pool, List.of()), recorder(ports, active));
    }

    /**
     * Half as many as read for who asks, so that an evaluation of thousands of rows takes at most a third of the time
     * that they share with it.
     */
    static int threads(int serving) {
        return Math.max(1, serving / 2);
    }

    private Gatekeeper.Ports gate(Database database, SuiteStore suites) {
        return new Gatekeeper.Ports(
                suites,
                new SqlGateStore(database, clock),
                new SqlReportStore(database, SqlReportStore.Sort.GATES),
                new GateViews(json),
                () -> ids.next(GATE_ID),
                clock,
                config.limits().gateReports());
    }

    /** On one thread: nobody waits for it. */
    private SuiteRecorder recorder(Evaluations.Ports ports, ActiveEnsembles active) {
        EncoderPool pool = new EncoderPool(
                1, config.encoding().maxCharsInFlight(), new EmbeddingCache(KEPT_BYTES), EncodingObserver.NONE);
        SuiteRecorder.Ports recording = new SuiteRecorder.Ports(
                ports.suites(), ports.accuracies(), clock, config.lifelong().delay());
        return new SuiteRecorder(recording, active, new Encoders(pool, List.of()));
    }
}
