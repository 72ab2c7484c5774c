// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * The definitions and examples of WordNet 3.1: short English texts on everything, as unlabelled text to distil from.
 *
 * @param definitions what words mean
 * @param examples words in use
 */
record GlossCorpus(List<String> definitions, List<String> examples) {
    private static final List<String> PARTS_OF_SPEECH = List.of("noun", "verb", "adj", "adv");
    private static final String FOLDER = "/net/sf/extjwnl/data/wordnet/wn31/data.";
    private static final String LICENCE_INDENT = "  ";
    private static final String GLOSS = "| ";
    private static final char QUOTE = '"';
    private static final int SHORTEST_EXAMPLE = 9;

    /** Reads the database files on the class path; their format is WordNet's {@code wndb(5WN)}. */
    static GlossCorpus read() throws IOException {
        GlossCorpus corpus = new GlossCorpus(new ArrayList<>(), new ArrayList<>());
        for (String part : PARTS_OF_SPEECH) {
            try (InputStream in = GlossCorpus.class.getResourceAsStream(FOLDER + part)) {
                if (in == null) {
                    throw new IOException("WordNet is not on the class path");
                }
                BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII));
                for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                    int gloss = line.indexOf(GLOSS);
                    if (!line.startsWith(LICENCE_INDENT) && gloss >= 0) {
                        corpus.add(line.substring(gloss + GLOSS.length()).strip());
                    }
                }
            }
        }
        return corpus;
    }

    private void add(String gloss) {
        int quote = gloss.indexOf(QUOTE);
        String definition = (quote < 0 ? gloss : gloss.substring(0, quote)).strip();
        while (definition.endsWith(";")) {
            definition = definition.substring(0, definition.length() - 1).strip();
        }
        if (!definition.isEmpty()) {
            definitions.add(definition);
        }
        while (quote >= 0) {
            int end = gloss.indexOf(QUOTE, quote + 1);
            if (end - quote > SHORTEST_EXAMPLE) {
                examples.add(gloss.substring(quote + 1, end).strip());
            }
            quote = end < 0 ? -1 : gloss.indexOf(QUOTE, end + 1);
        }
    }

    /** As many definitions as examples, drawn at random. */
    List<String> sample(int count, long seed) {
        Random random = new Random(seed);
        List<String> sample = new ArrayList<>(drawn(examples, count / 2, random));
        sample.addAll(drawn(definitions, count - sample.size(), random));
        return sample;
    }

    private static List<String> drawn(List<String> texts, int count, Random random) {
        List<String> shuffled = new ArrayList<>(texts);
        Collections.shuffle(shuffled, random);
        return shuffled.subList(0, Math.min(count, shuffled.size()));
    }
}
