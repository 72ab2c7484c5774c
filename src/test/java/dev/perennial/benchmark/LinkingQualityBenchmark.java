// SPDX-License-Identifier: Apache-2.0
package dev.perennial.benchmark;

import dev.perennial.encode.Encoder;
import dev.perennial.knowledge.AliasIndex;
import dev.perennial.knowledge.EntityVectors;
import dev.perennial.knowledge.GraphId;
import dev.perennial.knowledge.KnowledgeGraph;
import dev.perennial.knowledge.KnowledgeGraphBuilder;
import dev.perennial.knowledge.LinkedEntity;
import dev.perennial.knowledge.Linker;
import dev.perennial.knowledge.LinkerSettings;
import dev.perennial.knowledge.Statement;
import dev.perennial.knowledge.TextualVectors;
import dev.perennial.knowledge.Verbalisation;
import dev.perennial.onnx.BundledModels;
import dev.perennial.onnx.OnnxRuntime;
import dev.perennial.onnx.OnnxSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * How well the entities that texts name are found. Three sets: sentences about triples of Wikidata, against a graph of
 * all these triples; questions made of the names of countries in three languages; example sentences of WordNet, each of
 * which has a word of a synset that is known. Arguments: the evaluation data, a folder for unpacked models, a folder
 * for the report.
 */
@SuppressWarnings("SystemOut")
public final class LinkingQualityBenchmark {
    private static final Pattern EXAMPLE = Pattern.compile("\"([^\"]{10,})\"");
    private static final int EVERY_NTH_EXAMPLE = 8;

    private final Report report = new Report();
    private final Path data;

    private LinkingQualityBenchmark(Path data) {
        this.data = data;
    }

    public static void main(String[] arguments) throws Exception {
        LinkingQualityBenchmark benchmark = new LinkingQualityBenchmark(Path.of(arguments[0]));
        benchmark.report.say("%s%n", Machine.description());
        try (Encoder encoder = new BundledModels(Path.of(arguments[1]))
                .open(OnnxRuntime.start(OnnxSettings.defaults()), List.of("static"))
                .get(0)) {
            benchmark.sentences(encoder);
            benchmark.countries(encoder);
            benchmark.senses(encoder);
        }
        benchmark.report.write(Path.of(arguments[2]), "linking-quality.txt");
        System.exit(0);
    }

    /** Statements by entity, in the order of ids. */
    private static final class Statements {
        private final Map<String, Set<Statement>> byEntity = new TreeMap<>();

        void add(Statement statement) {
            byEntity.computeIfAbsent(statement.entity(), entity -> new LinkedHashSet<>())
                    .add(statement);
        }

        KnowledgeGraph graph(String id) {
            KnowledgeGraphBuilder builder = new KnowledgeGraphBuilder(new GraphId(id), Long.MAX_VALUE);
            byEntity.values().forEach(statements -> builder.add(new ArrayList<>(statements)));
            return builder.build();
        }
    }

    private static Linker byContext(KnowledgeGraph graph, double kappa, Encoder encoder) {
        return byContext(graph, kappa, new TextualVectors(Verbalisation.DESCRIPTION, encoder));
    }

    private static Linker byContext(KnowledgeGraph graph, double kappa, TextualVectors texts) {
        EntityVectors vectors = texts.build(graph, Optional.empty(), (done, all) -> true);
        return Linker.byContext(AliasIndex.of(graph), new LinkerSettings(kappa, 1000, 256), texts, vectors);
    }

    private List<String[]> rows(String file) throws IOException {
        try (Stream<String> lines = Files.lines(data.resolve(file))) {
            return lines.skip(1).map(line -> line.split("\t", -1)).toList();
        }
    }

    private void sentences(Encoder encoder) throws IOException {
        List<String[]> rows = new ArrayList<>();
        for (String file : List.of("kelm/train.tsv", "kelm/dev.tsv", "kelm/test.tsv")) {
            rows.addAll(rows(file));
        }
        Statements statements = new Statements();
        for (String[] row : rows) {
            statements.add(Statement.label(row[0], row[0], "en"));
            statements.add(Statement.label(row[2], row[2], "en"));
            statements.add(Statement.relation(row[0], "relation:" + row[1], row[2]));
        }
        KnowledgeGraph graph = statements.graph("kelm");
        Linker linker = byContext(graph, 5, encoder);
        report.say(
                "Sentences about triples: %d texts, graph of %d entities, all names unique%n",
                rows.size(), graph.entities());
        Tally heads = new Tally();
        Tally tails = new Tally();
        Tally links = new Tally();
        for (String[] row : rows) {
            String text = row[3] + " " + row[4];
            Set<String> found = entities(linker, text);
            heads.count(found.contains(row[0]), contains(text, row[0]));
            tails.count(found.contains(row[2]), contains(text, row[2]));
            found.forEach(entity -> links.count(entity.equals(row[0]) || entity.equals(row[2]), false));
        }
        report.say("  subject found %s%n", heads.words("is in the text letter by letter"));
        report.say("  object found %s%n", tails.words("is in the text letter by letter"));
        report.say("  of %d links %.1f %% are subject or object%n", links.all, links.share());
        List<String> others =
                rows("banking77/dev.tsv").stream().map(row -> row[0]).toList();
        int wrong = others.stream().mapToInt(text -> linker.link(text).size()).sum();
        report.say("  links in %d texts on banking, which should name few: %d%n", others.size(), wrong);
    }

    private static boolean contains(String text, String name) {
        return text.toLowerCase(Locale.ROOT).contains(name.toLowerCase(Locale.ROOT));
    }

    private static Set<String> entities(Linker linker, String text) {
        Set<String> entities = new LinkedHashSet<>();
        for (LinkedEntity link : linker.link(text)) {
            entities.add(link.entity());
        }
        return entities;
    }

    /** How often something was so, of all and of those that are clear. */
    private static final class Tally {
        private int right;
        private int all;
        private int rightOfClear;
        private int clear;

        void count(boolean isRight, boolean isClear) {
            all++;
            right += isRight ? 1 : 0;
            clear += isClear ? 1 : 0;
            rightOfClear += isRight && isClear ? 1 : 0;
        }

        double share() {
            return 100.0 * right / Math.max(1, all);
        }

        String words(String clearly) {
            return String.format(
                    Locale.ROOT,
                    "%.1f %% of %d; %.1f %% of the %d where it %s",
                    share(),
                    all,
                    100.0 * rightOfClear / Math.max(1, clear),
                    clear,
                    clearly);
        }
    }

    private void countries(Encoder encoder) throws IOException {
        Statements statements = new Statements();
        List<String> languages = List.of("en", "de", "ru");
        List<String[]> names = rows("countries/names.tsv");
        for (String[] row : names) {
            for (int i = 0; i < languages.size(); i++) {
                statements.add(Statement.label(row[0], row[i + 1], languages.get(i)));
            }
        }
        for (String[] row : rows("countries/triples.tsv")) {
            String other = row[2].matches("[A-Z]{3}") ? row[2] : "value:" + row[2];
            statements.add(Statement.relation(row[0], "relation:" + row[1], other));
            if (!other.equals(row[2])) {
                statements.add(Statement.label(other, row[2], "en"));
            }
        }
        Linker linker = byContext(statements.graph("countries"), 5, encoder);
        List<String> questions =
                List.of("What is the capital of %s?", "Was ist die Hauptstadt von %s?", "Какая столица: %s?");
        report.say("Questions made of %d names of countries a language, uninflected%n", names.size());
        for (int i = 0; i < languages.size(); i++) {
            Tally recall = new Tally();
            Tally precision = new Tally();
            Tally small = new Tally();
            for (String[] row : names) {
                String text = String.format(questions.get(i), row[i + 1]);
                Set<String> found = entities(linker, text);
                recall.count(found.contains(row[0]), false);
                found.forEach(entity -> precision.count(entity.equals(row[0]), false));
                small.count(entities(linker, text.toLowerCase(Locale.ROOT)).contains(row[0]), false);
            }
            report.say(
                    "  %s: found %.1f %%, in small letters %.1f %%; of %d links %.1f %% are right%n",
                    languages.get(i), recall.share(), small.share(), precision.all, precision.share());
        }
    }

    /** An example sentence and the synset that has a word in it. */
    private record Sense(String text, String synset) {}

    private void senses(Encoder encoder) throws IOException {
        Map<String, List<Statement>> wordNet = WordNetStatements.read();
        Statements statements = new Statements();
        wordNet.values().forEach(all -> all.forEach(statements::add));
        KnowledgeGraph graph = statements.graph("wordnet");
        List<Sense> senses = new ArrayList<>();
        WordNetStatements.readGlosses((synset, gloss) -> {
            Matcher examples = EXAMPLE.matcher(gloss);
            while (examples.find()) {
                senses.add(new Sense(examples.group(1), synset));
            }
        });
        report.say("Examples of WordNet: every %dth of %d%n", EVERY_NTH_EXAMPLE, senses.size());
        score("prior alone", Linker.byPrior(AliasIndex.of(graph), LinkerSettings.defaults()), graph, senses);
        for (double kappa : new double[] {2, 5, 10, 20}) {
            score("descriptions, kappa " + kappa, byContext(graph, kappa, encoder), graph, senses);
            TextualVectors surroundings = new TextualVectors(Verbalisation.SURROUNDINGS, encoder);
            score("surroundings, kappa " + kappa, byContext(graph, kappa, surroundings), graph, senses);
        }
    }

    /** A mention counts when the synset is among what its name may mean: what is chosen then is right or wrong. */
    private void score(String what, Linker linker, KnowledgeGraph graph, List<Sense> senses) {
        Tally tally = new Tally();
        int missed = 0;
        AliasIndex names = AliasIndex.of(graph);
        for (int i = 0; i < senses.size(); i += EVERY_NTH_EXAMPLE) {
            Sense sense = senses.get(i);
            boolean right = false;
            boolean possible = false;
            boolean several = false;
            for (LinkedEntity link : linker.link(sense.text())) {
                boolean chosen = link.entity().equals(sense.synset());
                boolean named = chosen || shares(link.entity(), sense.synset(), link.mention(), graph);
                right |= chosen;
                possible |= named;
                several |= named && names.candidates(link.mention()).size() != 1;
            }
            if (possible) {
                tally.count(right, several);
            } else {
                missed++;
            }
        }
        report.say("  %-24s right %s; no mention of it %d%n", what, tally.words("may mean several things"), missed);
    }

    private static boolean shares(String chosen, String synset, String mention, KnowledgeGraph graph) {
        Set<String> names = new LinkedHashSet<>();
        Stream.concat(graph.labels(chosen).stream(), graph.aliases(chosen).stream())
                .forEach(name -> names.add(name.value().toLowerCase(Locale.ROOT)));
        String start = mention.toLowerCase(Locale.ROOT).substring(0, Math.min(mention.length(), 3));
        return Stream.concat(graph.labels(synset).stream(), graph.aliases(synset).stream())
                .map(name -> name.value().toLowerCase(Locale.ROOT))
                .anyMatch(name -> names.contains(name) && name.startsWith(start));
    }
}
