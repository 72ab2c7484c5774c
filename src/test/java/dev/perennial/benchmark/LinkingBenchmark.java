// SPDX-License-Identifier: Apache-2.0
package dev.perennial.benchmark;

import dev.perennial.encode.Encoder;
import dev.perennial.encode.Passage;
import dev.perennial.knowledge.AliasIndex;
import dev.perennial.knowledge.EntityVectors;
import dev.perennial.knowledge.GraphId;
import dev.perennial.knowledge.KnowledgeEncoder;
import dev.perennial.knowledge.KnowledgeGraph;
import dev.perennial.knowledge.KnowledgeGraphBuilder;
import dev.perennial.knowledge.LinkedEntity;
import dev.perennial.knowledge.Linker;
import dev.perennial.knowledge.LinkerSettings;
import dev.perennial.knowledge.Statement;
import dev.perennial.knowledge.TextualVectors;
import dev.perennial.knowledge.VectorsFile;
import dev.perennial.knowledge.Verbalisation;
import dev.perennial.onnx.BundledModels;
import dev.perennial.onnx.OnnxRuntime;
import dev.perennial.onnx.OnnxSettings;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;

/**
 * What whole WordNet costs in memory and how fast texts are linked to it: memory and time of graph, names and vectors;
 * texts a second by the time of one thread; time until an added entity is linked. Arguments: the evaluation data, a
 * folder for unpacked models and vectors, a folder for the report.
 */
@SuppressWarnings("SystemOut")
public final class LinkingBenchmark {
    private static final int TEXTS = 3000;
    private static final int TURNS = 9;
    private static final int WARMING = 5;
    private static final int ADDED = 2000;
    private static final int MANY = 1_000_000;
    private static final double MEGABYTE = 1e6;
    private static final double NANOS_PER_SECOND = 1e9;

    private final Report report = new Report();
    private final Path data;
    private final Path models;

    private LinkingBenchmark(Path data, Path models) {
        this.data = data;
        this.models = models;
    }

    public static void main(String[] arguments) throws Exception {
        LinkingBenchmark benchmark = new LinkingBenchmark(Path.of(arguments[0]), Path.of(arguments[1]));
        benchmark.run();
        benchmark.report.write(Path.of(arguments[2]), "linking.txt");
        System.exit(0);
    }

    /** Something that is built. */
    private interface Build<T> {
        T build() throws Exception;
    }

    private <T> T built(String what, Build<T> build) throws Exception {
        long before = usedHeap();
        long began = System.nanoTime();
        T built = build.build();
        double seconds = (System.nanoTime() - began) / NANOS_PER_SECOND;
        report.say("%-28s %6.2f s, heap grew by %.1f MB%n", what, seconds, (usedHeap() - before) / MEGABYTE);
        return built;
    }

    private void run() throws Exception {
        report.say("%s; load average %.1f%n", Machine.description(), Machine.load());
        Map<String, List<Statement>> wordNet = WordNetStatements.read();
        report.say(
                "WordNet 3.1: %d synsets, %d statements%n",
                wordNet.size(), wordNet.values().stream().mapToInt(List::size).sum());
        KnowledgeGraph graph = built("graph", () -> graph(wordNet));
        report.say("  its arrays: %.1f MB%n", graph.memory() / MEGABYTE);
        AliasIndex index = built("names", () -> AliasIndex.of(graph));
        report.say("  its arrays: %.1f MB%n", index.memory() / MEGABYTE);
        try (Encoder encoder = new BundledModels(models)
                .open(OnnxRuntime.start(OnnxSettings.defaults()), List.of("static"))
                .get(0)) {
            linking(graph, index, encoder);
        }
        large();
        report.say("Load average %.1f%n", Machine.load());
    }

    /** A made-up graph of five million statements. */
    private void large() throws Exception {
        KnowledgeGraph graph = built("graph of 5,000,000", () -> {
            KnowledgeGraphBuilder builder = new KnowledgeGraphBuilder(new GraphId("large"), Long.MAX_VALUE);
            for (int i = 0; i < MANY; i++) {
                String entity = "http://example.org/entity/Q" + i;
                builder.add(List.of(
                        Statement.label(entity, "name" + i % (MANY / 2) + " of something", "en"),
                        Statement.description(entity, "one of a million things that are made up", "en"),
                        Statement.relation(entity, "http://example.org/relation/P1", other(3L * i)),
                        Statement.relation(entity, "http://example.org/relation/P2", other(7L * i + 1)),
                        Statement.relation(entity, "http://example.org/relation/P3", other(i / 1000))));
            }
            return builder.build();
        });
        report.say("  its arrays: %.1f MB%n", graph.memory() / MEGABYTE);
        AliasIndex index = built("its names", () -> AliasIndex.of(graph));
        report.say("  its arrays: %.1f MB%n", index.memory() / MEGABYTE);
    }

    private static String other(long number) {
        return "http://example.org/entity/Q" + number % MANY;
    }

    private void linking(KnowledgeGraph graph, AliasIndex index, Encoder encoder) throws Exception {
        TextualVectors descriptions = new TextualVectors(Verbalisation.DESCRIPTION, encoder);
        TextualVectors surroundings = new TextualVectors(Verbalisation.SURROUNDINGS, encoder);
        EntityVectors ofDescriptions = mapped("vectors of descriptions", descriptions, graph);
        EntityVectors ofSurroundings = mapped("vectors of surroundings", surroundings, graph);
        LinkerSettings settings = LinkerSettings.defaults();
        Linker byPrior = Linker.byPrior(index, settings);
        Linker byContext = Linker.byContext(index, settings, descriptions, ofDescriptions);
        KnowledgeEncoder knowledge = KnowledgeEncoder.textual(byContext, surroundings, ofSurroundings);
        Map<String, List<String>> sets = texts(graph);
        for (int warming = 0; warming < WARMING; warming++) {
            sets.values().forEach(texts -> texts.forEach(text -> knowledge.encode(List.of(Passage.of(text)))));
        }
        for (Map.Entry<String, List<String>> texts : sets.entrySet()) {
            List<Passage> passages = texts.getValue().stream().map(Passage::of).toList();
            speed(
                    texts.getKey() + ", by prior",
                    texts.getValue(),
                    text -> byPrior.link(text).size());
            speed(
                    texts.getKey() + ", by context",
                    texts.getValue(),
                    text -> byContext.link(text).size());
            speed(
                    texts.getKey() + ", static table",
                    passages,
                    passage -> encoder.encode(List.of(passage)).size());
            speed(
                    texts.getKey() + ", encoded",
                    passages,
                    passage -> knowledge.encode(List.of(passage)).size());
        }
        adding(knowledge);
    }

    private EntityVectors mapped(String what, TextualVectors texts, KnowledgeGraph graph) throws Exception {
        EntityVectors vectors = built(what, () -> texts.build(graph, Optional.empty(), (done, all) -> true));
        Path file = models.resolve(what.replace(' ', '-'));
        VectorsFile.write(vectors, file);
        long began = System.nanoTime();
        EntityVectors read = VectorsFile.read(file, texts.source(graph)).orElseThrow();
        report.say(
                "  %d rows, %.1f MB, verified and mapped in %.2f s%n",
                read.rows(), read.bytes() / MEGABYTE, (System.nanoTime() - began) / NANOS_PER_SECOND);
        return read;
    }

    private Map<String, List<String>> texts(KnowledgeGraph graph) throws IOException {
        Map<String, List<String>> texts = new LinkedHashMap<>();
        for (String file : List.of("banking77/dev.tsv", "clinc150/dev.tsv")) {
            if (Files.exists(data.resolve(file))) {
                texts.put(
                        file,
                        Files.readAllLines(data.resolve(file)).stream()
                                .skip(1)
                                .map(line -> line.split("\t")[0])
                                .limit(TEXTS)
                                .toList());
            }
        }
        List<String> glosses = new ArrayList<>();
        graph.forEach(entity -> {
            if (entity.hashCode() % 40 == 0 && glosses.size() < TEXTS) {
                glosses.add(graph.description(entity).orElseThrow());
            }
        });
        texts.put("glosses", glosses);
        return texts;
    }

    private <T> void speed(String what, List<T> texts, ToIntFunction<T> work) {
        List<Double> rates = new ArrayList<>();
        long found = 0;
        for (int turn = 0; turn < TURNS; turn++) {
            long began = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            found = texts.stream().mapToLong(work::applyAsInt).sum();
            long nanos = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - began;
            rates.add(texts.size() * NANOS_PER_SECOND / nanos);
        }
        List<Double> warm = rates.subList(TURNS / 2, TURNS);
        report.say(
                "%-34s %8.0f texts/s of a core (%.0f to %.0f), %.1f a text%n",
                what,
                EncoderBenchmark.median(warm),
                warm.stream().min(Double::compare).orElseThrow(),
                warm.stream().max(Double::compare).orElseThrow(),
                (double) found / texts.size());
    }

    private void adding(KnowledgeEncoder before) throws Exception {
        KnowledgeEncoder encoder = before;
        Stopwatch first = new Stopwatch();
        Stopwatch last = new Stopwatch();
        for (int i = 0; i < ADDED; i++) {
            String entity = "new:" + i;
            String name = "zorblax " + i;
            List<Statement> statements = List.of(
                    Statement.label(entity, name, "en"),
                    Statement.description(entity, "a new kind of animal that is kept at home", "en"),
                    Statement.relation(entity, "hypernym", "wn:02086723n"));
            KnowledgeEncoder now = encoder;
            KnowledgeEncoder[] next = new KnowledgeEncoder[1];
            (i < ADDED / 2 ? first : last).time(() -> {
                next[0] = now.with(entity, statements);
                List<LinkedEntity> links = next[0].links(Passage.of("I saw the " + name + " today"));
                if (links.stream().noneMatch(link -> link.entity().equals(entity))) {
                    throw new IllegalStateException("not linked");
                }
            });
            encoder = next[0];
        }
        report.say(
                "added and linked: first %d median %.2f ms, 99 %% %.2f ms; next %d median %.2f ms, 99 %% %.2f ms%n",
                ADDED / 2, first.median(), first.quantile(0.99), ADDED / 2, last.median(), last.quantile(0.99));
    }

    private static KnowledgeGraph graph(Map<String, List<Statement>> byEntity) {
        KnowledgeGraphBuilder builder = new KnowledgeGraphBuilder(new GraphId("wordnet"), Long.MAX_VALUE);
        byEntity.values().forEach(builder::add);
        return builder.build();
    }

    private static long usedHeap() {
        IntStream.range(0, 3).forEach(i -> System.gc());
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
