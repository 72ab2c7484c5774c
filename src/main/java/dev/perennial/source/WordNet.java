// SPDX-License-Identifier: Apache-2.0
package dev.perennial.source;

import dev.perennial.knowledge.Statement;
import dev.perennial.knowledge.Statement.Aspect;
import dev.perennial.knowledge.StatementSink;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * WordNet 3.1 from the class path, in the form of {@code wndb(5WN)}. An entity is a set of synonyms,
 * {@code wn:02086723-n} by offset and part of speech; its words are its names, with how often they were tagged in this
 * sense, what defines it is its description, and the pointers are its relations.
 */
final class WordNet {
    private static final String FOLDER = "/net/sf/extjwnl/data/wordnet/wn31/";
    private static final List<String> PARTS_OF_SPEECH = List.of("noun", "verb", "adj", "adv");
    private static final String ENGLISH = "en";
    private static final String LICENCE_INDENT = "  ";
    private static final String GLOSS = " | ";
    private static final Pattern SPACE = Pattern.compile(" ");
    private static final Pattern MARKER = Pattern.compile("\\((a|p|ip)\\)$");
    private static final int HEXADECIMAL = 16;

    /** Fields before the words of a line, and of each word and pointer. */
    private static final int WORD_COUNT = 3;

    private static final int FIRST_WORD = 4;
    private static final int FIELDS_OF_WORD = 2;
    private static final int FIELDS_OF_POINTER = 4;
    private static final int POINTED_PART = 2;

    /** By the symbols of {@code wninput(5WN)}; what a backslash stands for depends on the part of speech. */
    private static final Map<String, String> RELATION_BY_SYMBOL = Map.ofEntries(
            Map.entry("!", "antonym"),
            Map.entry("@", "hypernym"),
            Map.entry("@i", "instance_hypernym"),
            Map.entry("~", "hyponym"),
            Map.entry("~i", "instance_hyponym"),
            Map.entry("#m", "member_holonym"),
            Map.entry("#s", "substance_holonym"),
            Map.entry("#p", "part_holonym"),
            Map.entry("%m", "member_meronym"),
            Map.entry("%s", "substance_meronym"),
            Map.entry("%p", "part_meronym"),
            Map.entry("=", "attribute"),
            Map.entry("+", "derivationally_related_form"),
            Map.entry(";c", "topic_domain"),
            Map.entry("-c", "member_of_topic_domain"),
            Map.entry(";r", "region_domain"),
            Map.entry("-r", "member_of_region_domain"),
            Map.entry(";u", "usage_domain"),
            Map.entry("-u", "member_of_usage_domain"),
            Map.entry("*", "entailment"),
            Map.entry(">", "cause"),
            Map.entry("^", "also_see"),
            Map.entry("$", "verb_group"),
            Map.entry("&", "similar_to"),
            Map.entry("<", "participle_of_verb"));

    void read(StatementSink sink) throws IOException {
        Map<String, Integer> counts = counts();
        for (String part : PARTS_OF_SPEECH) {
            try (BufferedReader lines = open("data." + part)) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    if (!line.startsWith(LICENCE_INDENT)) {
                        new Synset(line).stateTo(sink, counts);
                    }
                }
            }
        }
    }

    /** How often each word was tagged in a sense, by {@link #sense}; those that never were are left out. */
    private static Map<String, Integer> counts() throws IOException {
        Map<String, Integer> counts = new HashMap<>();
        try (BufferedReader lines = open("index.sense")) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] fields = SPACE.split(line, -1);
                int count = Integer.parseInt(fields[3]);
                if (count > 0) {
                    int percent = fields[0].lastIndexOf('%');
                    String part = part("nvars"
                            .substring(fields[0].charAt(percent + 1) - '1')
                            .substring(0, 1));
                    counts.merge(sense(fields[0].substring(0, percent), fields[1], part), count, Integer::sum);
                }
            }
        }
        return counts;
    }

    private static String sense(String word, String offset, String part) {
        return word.toLowerCase(Locale.ROOT) + ' ' + offset + part;
    }

    /** Satellites of adjectives lie among the other adjectives. */
    private static String part(String letter) {
        return letter.equals("s") ? "a" : letter;
    }

    private static String id(String offset, String part) {
        return "wn:" + offset + "-" + part;
    }

    private static BufferedReader open(String name) throws IOException {
        InputStream in = WordNet.class.getResourceAsStream(FOLDER + name);
        if (in == null) {
            throw new IOException("WordNet is not on the class path");
        }
        return new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII));
    }

    /** One line of a data file. */
    private static final class Synset {
        private final String[] fields;
        private final String gloss;
        private final String part;
        private final int words;

        Synset(String line) {
            int end = line.indexOf(GLOSS);
            this.fields = SPACE.split(line.substring(0, end), -1);
            this.gloss = line.substring(end + GLOSS.length());
            this.part = part(fields[2]);
            this.words = Integer.parseInt(fields[WORD_COUNT], HEXADECIMAL);
        }

        void stateTo(StatementSink sink, Map<String, Integer> counts) {
            String id = id(fields[0], part);
            List<String> names = Stream.iterate(FIRST_WORD, at -> at + FIELDS_OF_WORD)
                    .limit(words)
                    .map(at -> MARKER.matcher(fields[at]).replaceFirst(""))
                    .distinct()
                    .toList();
            for (int i = 0; i < names.size(); i++) {
                int count = Math.max(1, counts.getOrDefault(sense(names.get(i), fields[0], part), 1));
                String words = names.get(i).replace('_', ' ');
                sink.accept(new Statement(id, i == 0 ? Aspect.LABEL : Aspect.ALIAS, "", words, ENGLISH, count));
            }
            sink.accept(Statement.description(id, definition(), ENGLISH));
            int pointers = FIRST_WORD + words * FIELDS_OF_WORD;
            for (int i = 0; i < Integer.parseInt(fields[pointers]); i++) {
                int at = pointers + 1 + i * FIELDS_OF_POINTER;
                sink.accept(Statement.relation(
                        id, relation(fields[at]), id(fields[at + 1], part(fields[at + POINTED_PART]))));
            }
        }

        /** The gloss without its examples. */
        private String definition() {
            int quote = gloss.indexOf('"');
            String definition = (quote > 0 ? gloss.substring(0, quote) : gloss).strip();
            while (definition.endsWith(";")) {
                definition = definition.substring(0, definition.length() - 1).strip();
            }
            return definition.isEmpty() ? gloss.strip() : definition;
        }

        private String relation(String symbol) {
            if (symbol.equals("\\")) {
                return part.equals("r") ? "derived_from_adjective" : "pertainym";
            }
            String relation = RELATION_BY_SYMBOL.get(symbol);
            if (relation == null) {
                throw new IllegalStateException("a pointer of WordNet is unknown");
            }
            return relation;
        }
    }
}
