// SPDX-License-Identifier: Apache-2.0
package dev.perennial.evaluate;

import java.util.Locale;

/**
 * Writes one SVG picture that needs nothing from outside and can be read on light and dark ground. All words are
 * escaped. Not thread-safe.
 */
final class Svg {
    private static final String STYLE = """
            <style>
            text { fill: #1f2933; font-family: system-ui, sans-serif; font-size: 12px; }
            .title { font-size: 15px; font-weight: 600; }
            .ground { fill: #ffffff; }
            .faint { stroke: #c3ccd5; fill: none; }
            .ink { stroke: #1f2933; fill: none; }
            .dashed { stroke: #1f2933; fill: none; stroke-dasharray: 4 4; }
            .curve { fill: none; stroke-width: 2; }
            .hue0 { stroke: #1b6ca8; }
            .hue1 { stroke: #b5500b; }
            .hue2 { stroke: #237a4b; }
            .hue3 { stroke: #8a3f8f; }
            .hue4 { stroke: #5b6770; }
            .bar { fill: #1b6ca8; }
            .cell { fill: #1b6ca8; stroke: #c3ccd5; }
            .wrong { fill: #b5500b; stroke: #c3ccd5; }
            @media (prefers-color-scheme: dark) {
              text { fill: #e4e9ee; }
              .ground { fill: #14181d; }
              .faint { stroke: #4a5561; }
              .ink, .dashed { stroke: #e4e9ee; }
              .hue0 { stroke: #6cb4ee; }
              .hue1 { stroke: #f0a35e; }
              .hue2 { stroke: #6fce9b; }
              .hue3 { stroke: #d99bdd; }
              .hue4 { stroke: #a9b4be; }
              .bar { fill: #6cb4ee; }
              .cell { fill: #6cb4ee; stroke: #4a5561; }
              .wrong { fill: #f0a35e; stroke: #4a5561; }
            }
            </style>
            """;

    private static final int HUES = 5;

    private final StringBuilder picture = new StringBuilder();

    /** @param title what is seen, which is told to those who cannot see it as well */
    Svg(int width, int height, String title) {
        picture.append(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\">%n",
                width,
                height,
                width,
                height));
        picture.append("<title>").append(escaped(title)).append("</title>\n").append(STYLE);
        picture.append("<rect class=\"ground\" width=\"100%\" height=\"100%\"/>\n");
        text("title", new At(16, 26), "start", title);
    }

    /** A place in the picture, in pixels from the upper left. */
    record At(double x, double y) {}

    /** A part of the picture, likewise. */
    record Box(double left, double top, double width, double height) {}

    Svg line(String style, At from, At to) {
        return append(
                "<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>%n",
                style, from.x(), from.y(), to.x(), to.y());
    }

    Svg curve(Iterable<At> points) {
        return curve(0, points);
    }

    /** @param hue which of a few colours; those of different numbers differ as long as there are more */
    Svg curve(int hue, Iterable<At> points) {
        StringBuilder path = new StringBuilder();
        points.forEach(point -> path.append(String.format(Locale.ROOT, "%.1f,%.1f ", point.x(), point.y())));
        return append(
                "<polyline class=\"curve hue%d\" points=\"%s\"/>%n",
                hue % HUES, path.toString().strip());
    }

    /**
     * A box with what is said of it when it is pointed at.
     *
     * @param opacity in [0, 1]
     */
    Svg box(String style, Box box, double opacity, String words) {
        return append(
                "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill-opacity=\"%.3f\"><title>%s</title></rect>%n",
                style, box.left(), box.top(), box.width(), box.height(), opacity, escaped(words));
    }

    /** @param anchor {@code start}, {@code middle} or {@code end} */
    Svg text(At at, String anchor, String words) {
        return text("words", at, anchor, words);
    }

    /** Words that go upwards. */
    Svg upright(At at, String anchor, String words) {
        return append(
                "<text transform=\"translate(%.1f %.1f) rotate(-90)\" text-anchor=\"%s\">%s</text>%n",
                at.x(), at.y(), anchor, escaped(words));
    }

    private Svg text(String style, At at, String anchor, String words) {
        return append(
                "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>%n",
                style, at.x(), at.y(), anchor, escaped(words));
    }

    private Svg append(String format, Object... values) {
        picture.append(String.format(Locale.ROOT, format, values));
        return this;
    }

    /** The words as XML; characters that XML cannot hold become a replacement character. */
    static String escaped(String words) {
        StringBuilder escaped = new StringBuilder(words.length());
        words.codePoints().forEach(c -> {
            switch (c) {
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '&' -> escaped.append("&amp;");
                case '"' -> escaped.append("&quot;");
                case '\'' -> escaped.append("&#39;");
                default -> escaped.appendCodePoint(isXml(c) ? c : '\uFFFD');
            }
        });
        return escaped.toString();
    }

    /** By the production Char of XML 1.0. */
    private static boolean isXml(int c) {
        boolean isSpace = c == '\t' || c == '\n' || c == '\r';
        boolean isBasic = (c >= ' ' && c < Character.MIN_SURROGATE) || (c > Character.MAX_SURROGATE && c <= '\uFFFD');
        return isSpace || isBasic || Character.isSupplementaryCodePoint(c);
    }

    /** The picture. */
    String picture() {
        return picture + "</svg>\n";
    }
}
