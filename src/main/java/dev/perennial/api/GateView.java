// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.evaluate.Gate;
import dev.perennial.evaluate.GateReport;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Whether a candidate may serve in the place of what serves, in a reply.
 *
 * @param id of this report, {@code gate_...}
 * @param task whose answers they are
 * @param createdAt when they were compared
 * @param cause what wanted the candidate to serve: {@code revision}, or the kind of a job
 * @param serving the revision that served
 * @param candidate what was compared with it: a revision, or the job that made it
 * @param passed whether it may
 * @param suite digest of the rows that both answered
 * @param rows how many these are
 * @param difference mean of how right the candidate is, less that of what serves
 * @param low lower end of where that lies with 95 % confidence, by the paired bootstrap
 * @param high upper end
 * @param lost rows that the candidate answers worse
 * @param won rows that the candidate answers better
 * @param pValue two-sided, of McNemar's exact test
 * @param checks each thing that was asked
 * @param bounds how much worse it may be
 */
@Schema(name = "Gate")
record GateView(
        String id,
        String task,
        Instant createdAt,
        String cause,
        String serving,
        String candidate,
        boolean passed,
        String suite,
        long rows,
        double difference,
        double low,
        double high,
        long lost,
        long won,
        double pValue,
        List<CheckView> checks,
        GateBoundsView bounds) {

    /**
     * One thing that was asked.
     *
     * @param about accuracy, label, calibration, coverage, cost, scores, slice, recent, latency or memory
     * @param bound what the candidate must reach, or must not exceed
     * @param detail in words
     */
    @Schema(name = "GateCheck")
    record CheckView(
            String about,
            String name,
            boolean passed,
            @Nullable Double serving,
            @Nullable Double candidate,
            @Nullable Double bound,
            String detail) {

        static CheckView of(Gate.Check check) {
            return new CheckView(
                    check.about().name().toLowerCase(Locale.ROOT),
                    check.name(),
                    check.passed(),
                    finite(check.serving()),
                    finite(check.candidate()),
                    finite(check.bound()),
                    check.detail());
        }

        private static @Nullable Double finite(double number) {
            return Double.isFinite(number) ? (Double) number : null;
        }
    }

    static GateView of(GateReport report) {
        Gate.Verdict verdict = report.verdict();
        return new GateView(
                report.id(),
                report.suite().task().value(),
                report.createdAt(),
                report.candidacy().cause(),
                report.serving().toString(),
                report.candidacy().name(),
                verdict.passed(),
                report.suite().digest(),
                verdict.rows(),
                verdict.paired().difference(),
                verdict.paired().interval().low(),
                verdict.paired().interval().high(),
                verdict.paired().onlyFirst(),
                verdict.paired().onlySecond(),
                verdict.paired().p(),
                verdict.checks().stream().map(CheckView::of).toList(),
                GateBoundsView.of(report.bounds()));
    }
}
