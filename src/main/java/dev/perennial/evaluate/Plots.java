// SPDX-License-Identifier: Apache-2.0
package dev.perennial.evaluate;

import dev.perennial.evaluate.RiskCoverage.Point;
import dev.perennial.evaluate.Svg.At;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Pictures of evaluations, as SVG. Pure functions. */
public final class Plots {
    private static final int LEFT = 64;
    private static final int TOP = 48;
    private static final int SIDE = 360;
    private static final int BELOW = 52;
    private static final int RIGHT = 24;
    private static final int TICKS = 5;
    private static final int MOST_LABELS = 20;
    private static final int CELL = 30;
    private static final int NAMES = 170;
    private static final int NAME_CHARS = 24;
    private static final double FAINTEST = 0.15;

    private Plots() {}

    /** How often answers of like probability are right: on the diagonal, as often as they say. */
    public static String reliability(List<Metrics.Bin> bins) {
        Svg svg = square(
                "Reliability: how often answers are right",
                1,
                "mean probability of the answers",
                "share that is right");
        svg.line("dashed", at(0, 0), at(1, 1));
        List<At> points = new ArrayList<>();
        for (Metrics.Bin bin : bins) {
            At point = at(bin.confidence(), bin.accuracy());
            points.add(point);
            svg.box(
                    "bar",
                    new Svg.Box(point.x() - 4, point.y() - 4, 8, 8),
                    1,
                    String.format(
                            Locale.ROOT,
                            "%d answers: probability %.3f, right %.3f",
                            bin.count(),
                            bin.confidence(),
                            bin.accuracy()));
        }
        return svg.curve(points).picture();
    }

    /** The share of wrong answers among the surest ones. */
    public static String riskCoverage(List<Point> curve) {
        double most = curve.stream().mapToDouble(Point::risk).max().orElse(1);
        double top = Math.min(1, Math.max(0.05, Math.ceil(most * 20) / 20));
        Svg svg = square(
                "Risk and coverage: wrong answers among the surest",
                top,
                "share of rows answered, surest first",
                "share that is wrong");
        List<At> points = curve.stream()
                .map(point -> at(point.coverage(), point.risk() / top))
                .toList();
        return svg.curve(points).picture();
    }

    private static Svg square(String title, double top, String below, String beside) {
        Svg svg = new Svg(LEFT + SIDE + RIGHT, TOP + SIDE + BELOW, title);
        for (int tick = 0; tick <= TICKS; tick++) {
            double share = (double) tick / TICKS;
            svg.line("faint", at(share, 0), at(share, 1)).line("faint", at(0, share), at(1, share));
            svg.text(new At(at(share, 0).x(), TOP + SIDE + 18), "middle", number(share));
            svg.text(new At(LEFT - 8, at(0, share).y() + 4), "end", number(share * top));
        }
        svg.line("ink", at(0, 0), at(1, 0)).line("ink", at(0, 0), at(0, 1));
        svg.text(new At(LEFT + SIDE / 2.0, TOP + SIDE + 40), "middle", below);
        return svg.upright(new At(18, TOP + SIDE / 2.0), "middle", beside);
    }

    /** A place in the square, from the lower left, both in [0, 1]. */
    private static At at(double x, double y) {
        return new At(LEFT + SIDE * x, TOP + SIDE * (1 - y));
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value * 100 % 10 == 0 ? "%.1f" : "%.2f", value);
    }

    /**
     * What is answered for what: of the labels with the most wrong answers, so many as can be read.
     *
     * @param labels all labels
     * @param cells wrong answers; those without an answer are left out
     */
    public static String confusion(List<LabelFigures> labels, List<Count> cells) {
        List<String> shown = mostConfused(labels, cells);
        String title = shown.size() < labels.size()
                ? "Confusion of the " + shown.size() + " labels with most wrong answers"
                : "Confusion: answers by right label";
        int side = shown.size() * CELL;
        Svg svg = new Svg(Math.max(420, NAMES + side + RIGHT), TOP + 20 + side + NAMES, title);
        svg.text(new At(16, TOP + 10), "start", "rows: right label; columns: answer");
        Map<List<String>, Long> counts = counts(labels, cells);
        for (int row = 0; row < shown.size(); row++) {
            String truth = shown.get(row);
            double y = TOP + 20 + (double) row * CELL;
            svg.text(new At(NAMES - 8, y + CELL * 0.65), "end", shortened(truth));
            svg.upright(new At(NAMES + row * CELL + CELL * 0.65, TOP + 20 + side + 8), "end", shortened(truth));
            long all = Math.max(
                    1,
                    labels.stream()
                            .filter(one -> one.label().equals(truth))
                            .mapToLong(LabelFigures::truths)
                            .sum());
            for (int column = 0; column < shown.size(); column++) {
                long count = counts.getOrDefault(List.of(truth, shown.get(column)), 0L);
                cell(svg, new At(NAMES + (double) column * CELL, y), new Count(truth, shown.get(column), count), all);
            }
        }
        return svg.picture();
    }

    /** How many rows of one label were answered by another. */
    public record Count(String truth, String answered, long rows) {}

    private static void cell(Svg svg, At from, Count count, long all) {
        double share = (double) count.rows() / all;
        String style = count.truth().equals(count.answered()) ? "cell" : "wrong";
        svg.box(
                style,
                new Svg.Box(from.x(), from.y(), CELL, CELL),
                count.rows() == 0 ? 0 : FAINTEST + 0.5 * share,
                count.truth() + " answered " + count.answered() + ": " + count.rows() + " of " + all);
        if (count.rows() > 0) {
            svg.text(new At(from.x() + CELL / 2.0, from.y() + CELL * 0.65), "middle", Long.toString(count.rows()));
        }
    }

    private static Map<List<String>, Long> counts(List<LabelFigures> labels, List<Count> cells) {
        Map<List<String>, Long> counts = new HashMap<>();
        cells.forEach(cell -> counts.merge(List.of(cell.truth(), cell.answered()), cell.rows(), Long::sum));
        labels.forEach(label -> counts.put(List.of(label.label(), label.label()), label.right()));
        return counts;
    }

    private static List<String> mostConfused(List<LabelFigures> labels, List<Count> cells) {
        Map<String, Long> wrong = new HashMap<>();
        for (Count cell : cells) {
            wrong.merge(cell.truth(), cell.rows(), Long::sum);
            wrong.merge(cell.answered(), cell.rows(), Long::sum);
        }
        return labels.stream()
                .map(LabelFigures::label)
                .sorted(Comparator.comparing((String label) -> -wrong.getOrDefault(label, 0L))
                        .thenComparing(Comparator.naturalOrder()))
                .limit(MOST_LABELS)
                .sorted()
                .toList();
    }

    private static String shortened(String name) {
        return name.codePointCount(0, name.length()) <= NAME_CHARS
                ? name
                : name.substring(0, name.offsetByCodePoints(0, NAME_CHARS - 1)) + "…";
    }
}
