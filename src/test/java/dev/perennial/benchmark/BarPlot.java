// SPDX-License-Identifier: Apache-2.0
package dev.perennial.benchmark;

import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;

/**
 * Groups of bars as an SVG picture.
 *
 * @param title what is seen, with its unit
 * @param series names of the bars of every group, in order
 * @param groups the groups from left to right
 * @param logarithmic whether heights are logarithms; the lowest bar then has a height of a tenth
 */
record BarPlot(String title, List<String> series, List<Group> groups, boolean logarithmic) {
    private static final List<String> COLOURS =
            List.of("#1b6ca8", "#e08e0b", "#3a8f5c", "#8a5a9e", "#b23a48", "#777777");
    private static final int BAR = 46;
    private static final int GAP = 34;
    private static final int LEFT = 20;
    private static final int TOP = 70;
    private static final int HEIGHT = 260;
    private static final int BELOW = 40;
    private static final int LEGEND_STEP = 150;
    private static final int LEGEND_TOP = 36;
    private static final double LOWEST = 0.1;

    /** Bars side by side under one name; {@code NaN} leaves a place empty. */
    record Group(String name, List<Double> values) {}

    String svg() {
        int groupWidth = series.size() * BAR + GAP;
        int width = Math.max(LEFT * 2 + groups.size() * groupWidth, LEFT * 2 + series.size() * LEGEND_STEP);
        StringBuilder svg = new StringBuilder(String.format(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\""
                        + " font-size=\"12\">%n<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>%n",
                width, TOP + HEIGHT + BELOW));
        svg.append(text(LEFT, 20, "start", title));
        for (int i = 0; i < series.size(); i++) {
            int x = LEFT + i * LEGEND_STEP;
            svg.append(box(x, LEGEND_TOP, 12, 12, i)).append(text(x + 18, LEGEND_TOP + 11, "start", series.get(i)));
        }
        for (int g = 0; g < groups.size(); g++) {
            Group group = groups.get(g);
            int left = LEFT + GAP / 2 + g * groupWidth;
            for (int i = 0; i < group.values().size(); i++) {
                svg.append(bar(left + i * BAR, group.values().get(i), i));
            }
            svg.append(text(left + series.size() * BAR / 2, TOP + HEIGHT + 20, "middle", group.name()));
        }
        return svg.append("</svg>\n").toString();
    }

    private String bar(int x, double value, int colour) {
        if (Double.isNaN(value)) {
            return "";
        }
        int height = (int) Math.round(HEIGHT * share(value));
        String label = String.format(Locale.ROOT, value < 10 ? "%.2f" : "%.0f", value);
        return box(x + 2, TOP + HEIGHT - height, BAR - 4, height, colour)
                + text(x + BAR / 2, TOP + HEIGHT - height - 4, "middle", label);
    }

    private double share(double value) {
        double most = values().max().orElseThrow();
        if (!logarithmic) {
            return value / most;
        }
        double least = values().min().orElseThrow();
        return most == least ? 1 : LOWEST + (1 - LOWEST) * Math.log(value / least) / Math.log(most / least);
    }

    private DoubleStream values() {
        return groups.stream()
                .flatMap(group -> group.values().stream())
                .mapToDouble(Double::doubleValue)
                .filter(value -> !Double.isNaN(value));
    }

    private static String box(int x, int y, int width, int height, int colour) {
        return String.format(
                "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\"/>%n",
                x, y, width, height, COLOURS.get(colour % COLOURS.size()));
    }

    private static String text(int x, int y, String anchor, String words) {
        String escaped = words.replace("&", "&amp;").replace("<", "&lt;");
        return String.format("<text x=\"%d\" y=\"%d\" text-anchor=\"%s\">%s</text>%n", x, y, anchor, escaped);
    }
}
