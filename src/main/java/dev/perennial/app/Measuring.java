// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.api.EvaluationViews;
import dev.perennial.api.Json;
import dev.perennial.encode.EncoderPool;
import dev.perennial.encode.Encoders;
import dev.perennial.ensemble.ActiveEnsembles;
import dev.perennial.evaluate.Evaluations;
import dev.perennial.store.SqliteDatabase;
import dev.perennial.store.SqliteReportStore;
import dev.perennial.store.SqliteSuiteStore;
import java.time.InstantSource;
import java.util.List;

/**
 * What evaluations are made of.
 *
 * @param config how much of each there may be
 * @param clock what time it is
 * @param json writes reports
 */
record Measuring(PerennialConfig config, InstantSource clock, Json json) {

    /** Evaluations whose texts are read by threads of their own, which keep nothing of them. */
    Evaluations of(SqliteDatabase database, ActiveEnsembles active) {
        EncoderPool pool = new EncoderPool(
                EncodingThreads.of(config.encoding()).runs(), config.encoding().maxCharsInFlight());
        Evaluations.Ports ports = new Evaluations.Ports(
                new SqliteSuiteStore(database, clock),
                new SqliteReportStore(database),
                new EvaluationViews(json),
                clock,
                config.limits().evaluationReports());
        return new Evaluations(ports, active, new Encoders(pool, List.of()));
    }
}
