// SPDX-License-Identifier: Apache-2.0
package dev.perennial.benchmark;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What came of a load. Times are milliseconds; {@code NaN} where there is nothing to tell.
 *
 * @param perSecond answers a second
 * @param p50 half of the answers took no longer
 * @param p99 nearly all of the answers took no longer
 * @param refused share of requests that were refused
 * @param refusedP99 nearly all of the refusals took no longer
 * @param lateP99 nearly all requests were sent no later than this after they were due
 * @param cpuMillis processor time of the service over its answers
 * @param residentBefore memory of the service at the start, in megabytes
 * @param residentAfter the same at the end
 */
record LoadReport(
        double perSecond,
        double p50,
        double p99,
        double refused,
        double refusedP99,
        double lateP99,
        double cpuMillis,
        double residentBefore,
        double residentAfter) {
    private static final double NANOS_PER_MILLI = 1e6;
    private static final double MILLIS = 1e3;
    private static final double NEARLY_ALL = 0.99;

    static LoadReport of(List<Load.Exchange> exchanges, double seconds, ProcessUse before, ProcessUse after) {
        List<Load.Exchange> answers =
                exchanges.stream().filter(Load.Exchange::answered).toList();
        List<Load.Exchange> refusals =
                exchanges.stream().filter(exchange -> !exchange.answered()).toList();
        return new LoadReport(
                answers.size() / seconds,
                quantile(answers, 0.5, exchange -> exchange.ended() - exchange.due()),
                quantile(answers, NEARLY_ALL, exchange -> exchange.ended() - exchange.due()),
                (double) refusals.size() / exchanges.size(),
                quantile(refusals, NEARLY_ALL, exchange -> exchange.ended() - exchange.due()),
                quantile(exchanges, NEARLY_ALL, Load.Exchange::late),
                MILLIS * (after.seconds() - before.seconds()) / answers.size(),
                before.residentMegabytes(),
                after.residentMegabytes());
    }

    private static double quantile(List<Load.Exchange> exchanges, double share, ToDoubleFunction<Load.Exchange> nanos) {
        double[] sorted = exchanges.stream().mapToDouble(nanos).sorted().toArray();
        return sorted.length == 0 ? Double.NaN : sorted[(int) Math.ceil(share * sorted.length) - 1] / NANOS_PER_MILLI;
    }

    /** The middle one of several reports of the same load, figure by figure. */
    static LoadReport median(List<LoadReport> reports) {
        return new LoadReport(
                median(reports, LoadReport::perSecond),
                median(reports, LoadReport::p50),
                median(reports, LoadReport::p99),
                median(reports, LoadReport::refused),
                median(reports, LoadReport::refusedP99),
                median(reports, LoadReport::lateP99),
                median(reports, LoadReport::cpuMillis),
                median(reports, LoadReport::residentBefore),
                median(reports, LoadReport::residentAfter));
    }

    private static double median(List<LoadReport> reports, ToDoubleFunction<LoadReport> figure) {
        return reports.stream().mapToDouble(figure).sorted().toArray()[reports.size() / 2];
    }
}
