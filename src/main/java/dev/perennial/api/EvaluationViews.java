// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.ensemble.Mode;
import dev.perennial.evaluate.ConfusionCell;
import dev.perennial.evaluate.Evaluation;
import dev.perennial.evaluate.EvaluationReport;
import dev.perennial.evaluate.Figures;
import dev.perennial.evaluate.LabelFigures;
import dev.perennial.evaluate.RiskCoverage;
import dev.perennial.evaluate.RowOutcome;
import dev.perennial.task.Answer;
import dev.perennial.task.Kind;
import dev.perennial.task.Task;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Writes reports of evaluations in JSON. Thread-safe. */
public final class EvaluationViews implements Function<EvaluationReport, String> {
    private static final int LISTED = 100;
    private static final int ROWS_OF_A_CELL = 10;
    private static final int POINTS = 101;
    private static final double PLACES = 1e6;

    private final Json json;

    public EvaluationViews(Json json) {
        this.json = json;
    }

    @Override
    public String apply(EvaluationReport report) {
        return json.write(view(report));
    }

    private static EvaluationView view(EvaluationReport report) {
        Evaluation evaluation = report.evaluation();
        Task task = report.task();
        List<RowOutcome> wrong =
                evaluation.outcomes().stream().filter(row -> !row.isRight()).toList();
        return new EvaluationView(
                report.id(),
                task.id().value(),
                report.revision().toString(),
                report.createdAt(),
                evaluation.outcomes().size(),
                report.suite().orElse(null),
                evaluation.taught(),
                report.options().seed(),
                figures(task, evaluation.figures()),
                latency(evaluation.modes().get(0).latency()),
                LabelFigures.of(evaluation.outcomes()).stream()
                        .map(EvaluationViews::label)
                        .toList(),
                ConfusionCell.of(evaluation.outcomes()).stream()
                        .limit(LISTED)
                        .map(EvaluationViews::cell)
                        .toList(),
                wrong.stream()
                        .sorted(Comparator.comparingDouble(RowOutcome::right)
                                .thenComparing(
                                        row -> -row.prediction().probability().orElse(0))
                                .thenComparing(RowOutcome::index))
                        .limit(LISTED)
                        .map(EvaluationViews::wrong)
                        .toList(),
                wrong.size(),
                evaluation.figures().reliability().stream()
                        .map(bin -> new EvaluationView.BinView(
                                bin.count(), rounded(bin.confidence()), rounded(bin.accuracy())))
                        .toList(),
                RiskCoverage.thinned(evaluation.figures().curve(), POINTS).stream()
                        .map(point -> new EvaluationView.PointView(rounded(point.coverage()), rounded(point.risk())))
                        .toList(),
                evaluation.slices().stream().map(EvaluationViews::slice).toList(),
                evaluation.voices().stream().map(EvaluationViews::voice).toList(),
                evaluation.modes().stream().map(EvaluationViews::mode).toList(),
                plots(report));
    }

    private static EvaluationView.FiguresView figures(Task task, Figures figures) {
        return new EvaluationView.FiguresView(
                number(figures.accuracy()),
                number(figures.interval().low()),
                number(figures.interval().high()),
                number(figures.exact()),
                number(figures.macroF1()),
                number(figures.mcc()),
                number(figures.spearman()),
                number(figures.pearson()),
                number(figures.meanAbsoluteError()),
                number(figures.ece()),
                number(figures.nll()),
                number(figures.brier()),
                number(figures.aurc()),
                number(figures.coverage()),
                task.kind() == Kind.CLASSIFICATION ? number(task.policy().targetCoverage()) : null,
                number(figures.worstCoverage()),
                number(figures.setSize()),
                number(figures.abstention()),
                number(figures.cost()));
    }

    private static EvaluationView.LatencyView latency(Evaluation.Latency latency) {
        return new EvaluationView.LatencyView(
                latency.rows(), number(latency.p50()), number(latency.p95()), number(latency.p99()));
    }

    private static EvaluationView.LabelView label(LabelFigures label) {
        return new EvaluationView.LabelView(
                label.label(),
                label.truths(),
                label.answered(),
                label.right(),
                number(label.precision()),
                number(label.recall()),
                number(label.f1()));
    }

    private static EvaluationView.CellView cell(ConfusionCell cell) {
        return new EvaluationView.CellView(
                cell.truth(),
                cell.answered().isEmpty() ? null : cell.answered(),
                cell.rows().size(),
                cell.rows().stream().limit(ROWS_OF_A_CELL).toList());
    }

    private static EvaluationView.WrongView wrong(RowOutcome row) {
        boolean several = row.truth() instanceof Answer.Labels;
        return new EvaluationView.WrongView(
                row.index(),
                row.truth() instanceof Answer.OneLabel one ? one.label() : null,
                row.truth() instanceof Answer.Labels many ? many.labels() : null,
                row.truth() instanceof Answer.Score score ? score.score() : null,
                several ? null : row.prediction().label().orElse(null),
                several ? row.prediction().labelSet() : null,
                row.prediction().score().isPresent()
                        ? number(row.prediction().score().getAsDouble())
                        : null,
                several || row.prediction().probability().isEmpty()
                        ? null
                        : number(row.prediction().probability().getAsDouble()));
    }

    private static EvaluationView.SliceView slice(Evaluation.Slice slice) {
        return new EvaluationView.SliceView(
                slice.name(), slice.rows(), number(slice.accuracy()), number(slice.difference()), number(slice.p()));
    }

    private static EvaluationView.VoiceView voice(Evaluation.VoiceFigures voice) {
        return new EvaluationView.VoiceView(
                voice.voice().name(), rounded(voice.voice().weight()), number(voice.accuracy()), number(voice.loss()));
    }

    private static EvaluationView.ModeView mode(Evaluation.ModeFigures mode) {
        boolean isFull = mode.mode() == Mode.FULL;
        Map<String, Double> stages = new TreeMap<>(mode.stages());
        stages.replaceAll((stage, share) -> rounded(share));
        return new EvaluationView.ModeView(
                Choice.word(mode.mode()),
                number(mode.figures().accuracy()),
                isFull ? null : number(mode.againstFull().difference()),
                isFull ? null : number(mode.againstFull().p()),
                number(mode.figures().cost()),
                latency(mode.latency()),
                mode.bytes(),
                stages);
    }

    private static Map<String, String> plots(EvaluationReport report) {
        Map<String, String> paths = new TreeMap<>();
        String base = "/v1/tasks/" + report.task().id() + "/evaluations/" + report.id() + "/";
        if (report.task().kind() != Kind.REGRESSION) {
            paths.put("reliability", base + "reliability.svg");
            paths.put("risk_coverage", base + "risk-coverage.svg");
        }
        if (report.task().kind() == Kind.CLASSIFICATION) {
            paths.put("confusion", base + "confusion.svg");
        }
        return paths;
    }

    private static @Nullable Double number(double value) {
        return Double.isFinite(value) ? (Double) rounded(value) : null;
    }

    private static double rounded(double value) {
        return Math.rint(value * PLACES) / PLACES;
    }
}
