// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.perennial.evaluate.LabelFigures;
import dev.perennial.evaluate.Metrics;
import dev.perennial.evaluate.Plots;
import dev.perennial.evaluate.RiskCoverage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Draws reports of evaluations as they are kept; empty where a report has nothing of the sort. */
final class EvaluationPlots {
    private EvaluationPlots() {}

    static Optional<String> reliability(JsonNode report) {
        return drawn(
                report,
                "reliability",
                bins -> Plots.reliability(all(
                        bins,
                        bin -> new Metrics.Bin(
                                bin.path("count").asInt(),
                                bin.path("probability").asDouble(),
                                bin.path("accuracy").asDouble()))));
    }

    static Optional<String> riskCoverage(JsonNode report) {
        return drawn(
                report,
                "risk_coverage",
                points -> Plots.riskCoverage(all(
                        points,
                        point -> new RiskCoverage.Point(
                                point.path("coverage").asDouble(),
                                point.path("risk").asDouble()))));
    }

    static Optional<String> confusion(JsonNode report) {
        if (!report.path("plots").has("confusion")) {
            return Optional.empty();
        }
        List<Plots.Count> cells = all(
                        report.path("confusions"),
                        cell -> new Plots.Count(
                                cell.path("label").asText(),
                                cell.path("answered").isNull()
                                        ? ""
                                        : cell.path("answered").asText(),
                                cell.path("count").asLong()))
                .stream()
                .filter(cell -> !cell.answered().isEmpty())
                .toList();
        List<LabelFigures> labels = all(
                report.path("labels"),
                label -> new LabelFigures(
                        label.path("label").asText(),
                        label.path("rows").asLong(),
                        label.path("answered").asLong(),
                        label.path("right").asLong()));
        return Optional.of(Plots.confusion(labels, cells));
    }

    private static Optional<String> drawn(JsonNode report, String member, Function<JsonNode, String> draw) {
        return Optional.of(report.path(member)).filter(data -> !data.isEmpty()).map(draw);
    }

    private static <T> List<T> all(JsonNode array, Function<JsonNode, T> each) {
        List<T> all = new ArrayList<>(array.size());
        array.forEach(one -> all.add(each.apply(one)));
        return all;
    }
}
