// SPDX-License-Identifier: Apache-2.0
package dev.perennial.evaluate;

import dev.perennial.evaluate.Svg.At;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.TreeSet;

/** Pictures of trainings, as SVG. Pure functions. */
public final class TrainingPlots {
    private static final int TOP = 48;
    private static final int LEFT = 64;
    private static final int WIDTH = 520;
    private static final int HEIGHT = 280;
    private static final int BELOW = 52;
    private static final int RIGHT = 24;
    private static final int TICKS = 5;
    private static final int LEGEND_ROW = 18;
    private static final int LONGEST_SWATCH = 20;
    private static final int MOST_TENSORS = 100;
    private static final int TENSOR_ROW = 16;
    private static final int NAMES = 330;
    private static final int NAME_CHARS = 48;

    private TrainingPlots() {}

    /**
     * What was measured of one training.
     *
     * @param way what was tried; trainings of the same way look the same
     * @param valueByStep finite, not negative; steps count from 1
     */
    public record Curve(String way, TreeMap<Long, Double> valueByStep) {}

    /**
     * How much of one tensor was retained by a merge, each in [0, 1].
     *
     * @param least of the steps that decided, as are the others
     */
    public record Retained(String tensor, double least, double mean, double most) {}

    /** How the loss falls, step by step, in each of the trainings. */
    public static String losses(List<Curve> trainings) {
        List<String> ways =
                List.copyOf(new TreeSet<>(trainings.stream().map(Curve::way).toList()));
        double most = trainings.stream()
                .flatMap(one -> one.valueByStep().values().stream())
                .mapToDouble(Double::doubleValue)
                .max()
                .orElse(1);
        long last = trainings.stream()
                .filter(one -> !one.valueByStep().isEmpty())
                .mapToLong(one -> one.valueByStep().lastKey())
                .max()
                .orElse(1);
        Frame frame = new Frame(last, roundAbove(most));
        int legend = ways.size() * LEGEND_ROW;
        Svg svg = new Svg(LEFT + WIDTH + RIGHT, TOP + HEIGHT + BELOW + legend, "Loss of trainings, step by step");
        frame.draw(svg, "loss of the step");
        trainings.forEach(one -> frame.curve(svg, ways.indexOf(one.way()), one.valueByStep()));
        for (int way = 0; way < ways.size(); way++) {
            double y = TOP + HEIGHT + BELOW + (double) way * LEGEND_ROW;
            svg.curve(way, List.of(new At(LEFT, y - 4), new At(LEFT + LONGEST_SWATCH, y - 4)));
            svg.text(new At(LEFT + LONGEST_SWATCH + 8.0, y), "start", ways.get(way));
        }
        return svg.picture();
    }

    /**
     * How much of the old a merge retained: the mean of all tensors at each step, and of each tensor the range over the
     * steps.
     *
     * @param steps the means, in [0, 1]; fewer than two are not drawn
     */
    public static String retention(String merge, List<Double> steps, List<Retained> tensors) {
        List<Retained> shown = tensors.subList(0, Math.min(MOST_TENSORS, tensors.size()));
        boolean hasCurve = steps.size() > 1;
        int rows = TOP + (hasCurve ? HEIGHT + BELOW + TOP : 0);
        Svg svg = new Svg(
                NAMES + WIDTH / 2 + RIGHT + LEFT,
                rows + shown.size() * TENSOR_ROW + BELOW,
                "Share of the old that " + merge + " retained");
        if (hasCurve) {
            TreeMap<Long, Double> curve = new TreeMap<>();
            for (int step = 0; step < steps.size(); step++) {
                curve.put(step + 1L, steps.get(step));
            }
            Frame frame = new Frame(steps.size(), 1);
            frame.draw(svg, "mean share of all tensors");
            frame.curve(svg, 0, curve);
        }
        String range = shown.size() < tensors.size() ? "the first " + shown.size() + " tensors" : "each tensor";
        svg.text(
                new At(16, rows - 6.0),
                "start",
                "least to most of " + range + ", from 0 to 1, with the mean as a mark");
        for (int row = 0; row < shown.size(); row++) {
            tensor(svg, rows + (double) row * TENSOR_ROW, shown.get(row));
        }
        return svg.picture();
    }

    private static void tensor(Svg svg, double top, Retained of) {
        double width = WIDTH / 2.0;
        double middle = top + TENSOR_ROW / 2.0;
        svg.text(new At(NAMES - 8.0, middle + 4), "end", shortened(of.tensor()));
        svg.line("faint", new At(NAMES, middle), new At(NAMES + width, middle));
        String words = String.format(
                Locale.ROOT, "%s: least %.3f, mean %.3f, most %.3f", of.tensor(), of.least(), of.mean(), of.most());
        double left = NAMES + width * of.least();
        svg.box("cell", new Svg.Box(left, middle - 3, Math.max(1, width * (of.most() - of.least())), 6), 0.4, words);
        svg.box("bar", new Svg.Box(NAMES + width * of.mean() - 2, middle - 5, 4, 10), 1, words);
    }

    /** The end of a tensor's name tells more than its beginning. */
    private static String shortened(String name) {
        int chars = name.codePointCount(0, name.length());
        return chars <= NAME_CHARS ? name : "…" + name.substring(name.offsetByCodePoints(0, chars - NAME_CHARS + 1));
    }

    /** The least of 1, 2 and 5 times a power of ten that is not below a value. */
    static double roundAbove(double value) {
        if (!(value > 0)) {
            return 1;
        }
        double power = Math.pow(10, Math.floor(Math.log10(value)));
        for (int times : new int[] {1, 2, 5}) {
            if (times * power >= value) {
                return times * power;
            }
        }
        return 10 * power;
    }

    /**
     * Axes from 0.
     *
     * @param steps the last step
     * @param top the greatest value
     */
    private record Frame(long steps, double top) {

        void draw(Svg svg, String beside) {
            for (int tick = 0; tick <= TICKS; tick++) {
                double share = (double) tick / TICKS;
                svg.line("faint", at(0, share), at(1, share));
                svg.text(new At(LEFT - 8.0, at(0, share).y() + 4), "end", number(share * top));
                svg.text(new At(at(share, 0).x(), TOP + HEIGHT + 18.0), "middle", number(share * steps));
            }
            svg.line("ink", at(0, 0), at(1, 0)).line("ink", at(0, 0), at(0, 1));
            svg.text(new At(LEFT + WIDTH / 2.0, TOP + HEIGHT + 36.0), "middle", "step");
            svg.upright(new At(18, TOP + HEIGHT / 2.0), "middle", beside);
        }

        void curve(Svg svg, int style, TreeMap<Long, Double> valueByStep) {
            List<At> points = new ArrayList<>();
            valueByStep.forEach((step, value) -> points.add(at((double) step / steps, value / top)));
            svg.curve(style, points);
        }

        private static At at(double x, double y) {
            return new At(LEFT + WIDTH * x, TOP + HEIGHT * (1 - y));
        }

        private static String number(double value) {
            return value == Math.rint(value)
                    ? String.format(Locale.ROOT, "%.0f", value)
                    : String.format(Locale.ROOT, "%.3g", value);
        }
    }
}
