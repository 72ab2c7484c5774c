// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A parser of the Prometheus text format 0.0.4 that takes nothing which a server would not take. */
record PrometheusText(Map<String, Family> families) {
    private static final Pattern NAME = Pattern.compile("[a-zA-Z_:][a-zA-Z0-9_:]*");
    private static final Pattern SAMPLE =
            Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(\\{(.*)})? (NaN|[+-]Inf|[-+0-9.eE]+)( [0-9]+)?");
    private static final Pattern LABEL = Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\]|\\\\.)*)\",?");

    /** All series under one HELP and TYPE. */
    record Family(String name, String help, String type, List<Sample> samples) {}

    /** One line. */
    record Sample(String name, Map<String, String> labels, double value) {}

    static PrometheusText parse(String text) {
        Map<String, String> helps = new LinkedHashMap<>();
        Map<String, Family> families = new LinkedHashMap<>();
        Map<String, String> seen = new TreeMap<>();
        for (String line : text.split("\n")) {
            if (line.startsWith("# HELP ")) {
                String[] parts = line.substring(7).split(" ", 2);
                require(helps.put(parts[0], parts.length > 1 ? parts[1] : "") == null, "HELP twice: " + line);
            } else if (line.startsWith("# TYPE ")) {
                String[] parts = line.substring(7).split(" ");
                require(NAME.matcher(parts[0]).matches(), "not a name: " + line);
                require(helps.containsKey(parts[0]), "TYPE without HELP: " + line);
                Family family = new Family(parts[0], helps.get(parts[0]), parts[1], new ArrayList<>());
                require(families.put(parts[0], family) == null, "TYPE twice: " + line);
            } else if (!line.isBlank() && !line.startsWith("# EOF")) {
                Sample sample = sample(line);
                require(seen.put(sample.name() + sample.labels(), line) == null, "series twice: " + line);
                family(families, sample.name())
                        .orElseGet(() -> families.computeIfAbsent(
                                sample.name(), name -> new Family(name, "", "untyped", new ArrayList<>())))
                        .samples()
                        .add(sample);
            }
        }
        return new PrometheusText(families);
    }

    Family family(String name) {
        return Optional.ofNullable(families.get(name))
                .orElseThrow(() -> new AssertionError("no " + name + " among " + families.keySet()));
    }

    /** The value of the one series with these labels (name, value, name, value, ...). */
    double value(String name, String... labels) {
        Family family = family(families, name).orElseThrow(() -> new AssertionError("no " + name));
        return family.samples().stream()
                .filter(sample -> sample.name().equals(name))
                .filter(sample -> {
                    boolean all = true;
                    for (int i = 0; i < labels.length; i += 2) {
                        all &= labels[i + 1].equals(sample.labels().get(labels[i]));
                    }
                    return all;
                })
                .mapToDouble(Sample::value)
                .findFirst()
                .orElseThrow(() -> new AssertionError("no series " + name + List.of(labels) + " in " + family));
    }

    private static Optional<Family> family(Map<String, Family> families, String sample) {
        for (String suffix : List.of("", "_bucket", "_sum", "_count")) {
            if (sample.endsWith(suffix)) {
                Family family = families.get(sample.substring(0, sample.length() - suffix.length()));
                if (family != null && (suffix.isEmpty() || !family.type().equals("gauge"))) {
                    return Optional.of(family);
                }
            }
        }
        return Optional.empty();
    }

    private static Sample sample(String line) {
        Matcher matcher = SAMPLE.matcher(line);
        require(matcher.matches(), "not a sample: " + line);
        Map<String, String> labels = new TreeMap<>();
        String list = matcher.group(3) == null ? "" : matcher.group(3);
        Matcher label = LABEL.matcher(list);
        int end = 0;
        while (label.find() && label.start() == end) {
            require(labels.put(label.group(1), label.group(2)) == null, "label twice: " + line);
            end = label.end();
        }
        require(end == list.length(), "broken labels: " + line);
        String value = matcher.group(4);
        return new Sample(
                matcher.group(1),
                labels,
                switch (value) {
                    case "+Inf" -> Double.POSITIVE_INFINITY;
                    case "-Inf" -> Double.NEGATIVE_INFINITY;
                    default -> Double.parseDouble(value);
                });
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new AssertionError(message);
        }
    }
}
