// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.evaluate.Gate;
import dev.perennial.task.RevisionId;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Whether a revision may serve in the place of what serves, in a reply.
 *
 * @param serving what serves
 * @param candidate what was compared with it
 * @param passed whether it may
 * @param rows how many rows of the suite both answered
 * @param difference mean of how right the candidate is, less that of what serves
 * @param low lower end of where that lies with 95 % confidence, by the paired bootstrap
 * @param high upper end
 * @param lost rows that the candidate answers worse
 * @param won rows that the candidate answers better
 * @param pValue two-sided, of McNemar's exact test
 * @param checks each thing that was asked
 */
@Schema(name = "Gate")
public record GateView(
        String serving,
        String candidate,
        boolean passed,
        long rows,
        double difference,
        double low,
        double high,
        long lost,
        long won,
        double pValue,
        List<CheckView> checks) {

    /**
     * One thing that was asked.
     *
     * @param bound what the candidate must reach, or must not exceed
     * @param detail in words
     */
    @Schema(name = "GateCheck")
    public record CheckView(
            String name,
            boolean passed,
            @Nullable Double serving,
            @Nullable Double candidate,
            @Nullable Double bound,
            String detail) {

        static CheckView of(Gate.Check check) {
            return new CheckView(
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

    static GateView of(RevisionId serving, RevisionId candidate, Gate.Verdict verdict) {
        return new GateView(
                serving.toString(),
                candidate.toString(),
                verdict.passed(),
                verdict.rows(),
                verdict.paired().difference(),
                verdict.paired().interval().low(),
                verdict.paired().interval().high(),
                verdict.paired().onlyFirst(),
                verdict.paired().onlySecond(),
                verdict.paired().p(),
                verdict.checks().stream().map(CheckView::of).toList());
    }
}
