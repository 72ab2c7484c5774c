// SPDX-License-Identifier: Apache-2.0
package dev.perennial.benchmark;

import dev.perennial.kge.Triples;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/**
 * A set for link prediction: {@code train}, {@code dev} and {@code test} in files of three columns under a header,
 * {@code .tsv} or {@code .tsv.gz}.
 */
record TripleFolder(Triples train, Triples dev, Triples test) {
    static TripleFolder read(Path folder) throws IOException {
        Map<String, Integer> entities = new LinkedHashMap<>();
        Map<String, Integer> relations = new LinkedHashMap<>();
        int[][] train = columns(folder, "train", entities, relations);
        int[][] dev = columns(folder, "dev", entities, relations);
        int[][] test = columns(folder, "test", entities, relations);
        Triples.Vocabulary vocabulary = new Triples.Vocabulary(entities.size(), relations.size());
        return new TripleFolder(
                Triples.of(vocabulary, train[0], train[1], train[2]),
                Triples.of(vocabulary, dev[0], dev[1], dev[2]),
                Triples.of(vocabulary, test[0], test[1], test[2]));
    }

    List<Triples> all() {
        return List.of(train, dev, test);
    }

    private static int[][] columns(
            Path folder, String name, Map<String, Integer> entities, Map<String, Integer> relations)
            throws IOException {
        Path packed = folder.resolve(name + ".tsv.gz");
        try (InputStream in = Files.exists(packed)
                        ? new GZIPInputStream(Files.newInputStream(packed))
                        : Files.newInputStream(folder.resolve(name + ".tsv"));
                BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            List<String[]> rows =
                    lines.lines().skip(1).map(line -> line.split("\t", -1)).toList();
            return new int[][] {
                rows.stream().mapToInt(row -> number(row[0], entities)).toArray(),
                rows.stream().mapToInt(row -> number(row[1], relations)).toArray(),
                rows.stream().mapToInt(row -> number(row[2], entities)).toArray()
            };
        }
    }

    private static int number(String name, Map<String, Integer> numbers) {
        return numbers.computeIfAbsent(name, unseen -> numbers.size());
    }
}
