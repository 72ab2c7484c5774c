// SPDX-License-Identifier: Apache-2.0
package dev.perennial.benchmark;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Sentences of WordNet 3.1, which is on the class path, as a data folder for benchmarks where none is at hand: its
 * examples of words in use, each labelled with the field of its word. They lie where {@code banking77} would. Argument:
 * the folder.
 */
public final class BundledSentences {
    private static final List<String> PARTS_OF_SPEECH = List.of("noun", "verb", "adj", "adv");
    private static final String FOLDER = "/net/sf/extjwnl/data/wordnet/wn31/data.";

    /** Offset, number of the field, and somewhere an example in quotes. */
    private static final Pattern LINE = Pattern.compile("\\d{8} (\\d\\d) .*?\"([^\"\t]{20,200})\".*");

    private static final int FEWEST = 60;
    private static final int ASKED = 20;
    private static final int MOST = 140;
    private static final long SEED = 1;

    private BundledSentences() {}

    public static void main(String[] arguments) throws IOException {
        Map<String, List<String>> sentencesByField = read();
        List<String> taught = new ArrayList<>();
        List<String> asked = new ArrayList<>();
        Random random = new Random(SEED);
        sentencesByField.forEach((field, all) -> {
            Collections.shuffle(all, random);
            for (int i = 0; i < Math.min(MOST, all.size()) && all.size() >= FEWEST; i++) {
                (i < ASKED ? asked : taught).add(all.get(i) + "\t" + field);
            }
        });
        Path folder = Files.createDirectories(Path.of(arguments[0], "banking77"));
        write(folder.resolve("train.tsv"), taught, random);
        write(folder.resolve("dev.tsv"), asked, random);
    }

    private static Map<String, List<String>> read() throws IOException {
        Map<String, List<String>> sentencesByField = new TreeMap<>();
        for (String part : PARTS_OF_SPEECH) {
            try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                    Objects.requireNonNull(BundledSentences.class.getResourceAsStream(FOLDER + part)),
                    StandardCharsets.US_ASCII))) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    Matcher found = LINE.matcher(line);
                    if (found.matches()) {
                        sentencesByField
                                .computeIfAbsent(part + "-" + found.group(1), field -> new ArrayList<>())
                                .add(found.group(2).strip());
                    }
                }
            }
        }
        return sentencesByField;
    }

    private static void write(Path file, List<String> rows, Random random) throws IOException {
        Collections.shuffle(rows, random);
        rows.add(0, "text\tlabel");
        Files.write(file, rows);
    }
}
