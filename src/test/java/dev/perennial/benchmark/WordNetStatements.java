// SPDX-License-Identifier: Apache-2.0
package dev.perennial.benchmark;

import dev.perennial.knowledge.Statement;
import dev.perennial.knowledge.Statement.Aspect;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * All of WordNet 3.1 as statements, by synset in the order of their ids: words with how often they were seen to mean
 * it, the definition, and every pointer. Its format is {@code wndb(5WN)}.
 */
final class WordNetStatements {
    private static final String FOLDER = "/net/sf/extjwnl/data/wordnet/wn31/";
    private static final List<String> PARTS_OF_SPEECH = List.of("noun", "verb", "adj", "adv");
    private static final String LICENCE_INDENT = "  ";
    private static final int HEX = 16;
    private static final int WORD_COUNT = 3;
    private static final int FIRST_WORD = 4;
    private static final int FIELDS_OF_A_POINTER = 4;

    private static final Map<String, String> RELATIONS = Map.ofEntries(
            Map.entry("!", "antonym"),
            Map.entry("@", "hypernym"),
            Map.entry("@i", "instance of"),
            Map.entry("~", "hyponym"),
            Map.entry("~i", "has instance"),
            Map.entry("#m", "member of"),
            Map.entry("#s", "substance of"),
            Map.entry("#p", "part of"),
            Map.entry("%m", "has member"),
            Map.entry("%s", "has substance"),
            Map.entry("%p", "has part"),
            Map.entry("=", "attribute"),
            Map.entry("+", "derivation"),
            Map.entry("*", "entails"),
            Map.entry(">", "causes"),
            Map.entry("^", "see also"),
            Map.entry("$", "verb group"),
            Map.entry("&", "similar to"),
            Map.entry("<", "participle of"),
            Map.entry("\\", "pertains to"));

    private final Map<String, List<Statement>> bySynset = new TreeMap<>();
    private final Map<String, Integer> countBySense = new HashMap<>();

    private WordNetStatements() {}

    static Map<String, List<Statement>> read() throws IOException {
        WordNetStatements wordNet = new WordNetStatements();
        wordNet.readCounts();
        for (String part : PARTS_OF_SPEECH) {
            wordNet.readSynsets(part);
        }
        return wordNet.bySynset;
    }

    /** Gets the whole gloss of each synset, with its examples. */
    interface GlossReader {
        void read(String synset, String gloss);
    }

    static void readGlosses(GlossReader reader) throws IOException {
        for (String part : PARTS_OF_SPEECH) {
            lines("data." + part, line -> {
                int bar = line.indexOf("| ");
                String[] fields = line.substring(0, bar).split(" ");
                reader.read(id(fields[2], fields[0]), line.substring(bar + 2));
            });
        }
    }

    private interface LineReader {
        void read(String line);
    }

    private static void lines(String file, LineReader reader) throws IOException {
        try (InputStream in = WordNetStatements.class.getResourceAsStream(FOLDER + file)) {
            if (in == null) {
                throw new IOException("WordNet is not on the class path");
            }
            BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.startsWith(LICENCE_INDENT)) {
                    reader.read(line);
                }
            }
        }
    }

    private void readCounts() throws IOException {
        lines("index.sense", line -> {
            String[] fields = line.split(" ");
            String[] key = fields[0].split("%");
            String part = key[1].substring(0, 1);
            countBySense.put(key[0] + " " + part + fields[1], Integer.parseInt(fields[3]));
        });
    }

    private void readSynsets(String part) throws IOException {
        lines("data." + part, line -> {
            int bar = line.indexOf("| ");
            String[] fields = line.substring(0, bar).split(" ");
            String id = id(fields[2], fields[0]);
            List<Statement> statements = new ArrayList<>();
            int words = Integer.parseInt(fields[WORD_COUNT], HEX);
            for (int i = 0; i < words; i++) {
                statements.add(name(id, i == 0, fields[FIRST_WORD + 2 * i], fields));
            }
            statements.add(Statement.description(id, definition(line.substring(bar + 2)), "en"));
            int pointers = FIRST_WORD + 2 * words;
            for (int i = 0; i < Integer.parseInt(fields[pointers]); i++) {
                int at = pointers + 1 + FIELDS_OF_A_POINTER * i;
                String relation = RELATIONS.getOrDefault(fields[at], "domain");
                statements.add(Statement.relation(id, relation, id(fields[at + 2], fields[at + 1])));
            }
            bySynset.put(id, statements);
        });
    }

    private Statement name(String id, boolean first, String written, String[] fields) {
        int marker = written.indexOf('(');
        String word = marker < 0 ? written : written.substring(0, marker);
        String part = String.valueOf(1 + "nvars".indexOf(fields[2]));
        String sense = word.toLowerCase(Locale.ROOT) + " " + part + fields[0];
        int count = Math.max(1, countBySense.getOrDefault(sense, 0));
        Aspect aspect = first ? Aspect.LABEL : Aspect.ALIAS;
        return new Statement(id, aspect, "", word.replace('_', ' '), "en", count);
    }

    /** Satellites of adjectives are adjectives. */
    private static String id(String part, String offset) {
        return "wn:" + offset + (part.equals("s") ? "a" : part);
    }

    static String definition(String gloss) {
        int quote = gloss.indexOf('"');
        return (quote < 2 ? gloss : gloss.substring(0, quote)).replaceAll("[;\\s]+$", "");
    }
}
