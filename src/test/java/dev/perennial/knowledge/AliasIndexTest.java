// SPDX-License-Identifier: Apache-2.0
package dev.perennial.knowledge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.perennial.knowledge.Statement.Aspect;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class AliasIndexTest {
    private final long seed = Long.getLong("perennial.seed", 7);

    /** The index of entities that are called by their ids. */
    private static AliasIndex names(String... names) {
        return AliasIndex.of(KnowledgeGraphTest.graph(
                Stream.of(names).map(name -> Statement.label(name, name, "")).toList()));
    }

    /** Mentions and what each most probably means: {@code words=entity}. */
    private static List<String> mentions(AliasIndex index, String text) {
        List<String> found = new ArrayList<>();
        MentionFinder finder = new MentionFinder(index, text, Tokens.of(text, 10_000));
        while (finder.next()) {
            int best = 0;
            for (int i = 1; i < finder.candidates().size(); i++) {
                best = finder.candidates().prior(i) > finder.candidates().prior(best) ? i : best;
            }
            String entity = index.graph().idOf(finder.candidates().entity(best));
            found.add(text.substring(finder.start(), finder.end()) + "=" + entity);
        }
        return found;
    }

    @Test
    void longestName_winsFromLeftToRight() {
        AliasIndex index = names("New York", "New York City", "York", "City Hall");

        assertThat(mentions(index, "in New York City Hall")).containsExactly("New York City=New York City");
        assertThat(mentions(index, "New York, York and new-york"))
                .containsExactly("New York=New York", "York=York", "new-york=New York");
        assertThat(mentions(index, "New Yorkers")).isEmpty();
        assertThat(mentions(index, "in New\nYork \r\n City")).containsExactly("New\nYork \r\n City=New York City");
        assertThat(mentions(index, "new\n\nYork")).containsExactly("York=York");
        assertThat(mentions(index, "new\n- York")).containsExactly("York=York");
        assertThat(mentions(index, "I saw City. Hall was open.")).isEmpty();
    }

    @Test
    void names_areFoundWhateverTheirCaseAndTheirAccents() {
        AliasIndex index = names("Straße", "Łódź", "Ёлка", "Йод", "ΟΔΥΣΣΕΥΣ", "Zürich", "İstanbul", "ﬁle");

        assertThat(mentions(index, "STRASSE")).containsExactly("STRASSE=Straße");
        assertThat(mentions(index, "lodz, елка und zu\u0308rich"))
                .containsExactly("lodz=Łódź", "елка=Ёлка", "zu\u0308rich=Zürich");
        assertThat(mentions(index, "Οδυσσεύς Istanbul file Ｆｉｌｅ"))
                .containsExactly("Οδυσσεύς=ΟΔΥΣΣΕΥΣ", "Istanbul=İstanbul", "file=ﬁle", "Ｆｉｌｅ=ﬁle");
        assertThat(mentions(index, "иод йод")).containsExactly("йод=Йод");
    }

    @Test
    void scriptsWithoutSpaces_areReadLetterByLetter() {
        AliasIndex index = names("東京", "東京都", "สยาม", "서울", "水");

        assertThat(mentions(index, "私は東京都と東京に行く")).containsExactly("東京都=東京都", "東京=東京");
        assertThat(mentions(index, "ประเทศสยามเก่า")).containsExactly("สยาม=สยาม");
        assertThat(mentions(index, "서울은 크다. 새서울")).containsExactly("서울=서울");
        assertThat(mentions(index, "水")).as("one letter is no name").isEmpty();
    }

    @Test
    void apostrophesAndSigns_belongToNamesOnlyWhereTheyMean() {
        AliasIndex index = names("dog", "o'clock", "eau", "C++", "rock'n'roll", "St. Louis", "don", "AT&T", "U.S.");

        assertThat(mentions(index, "the dog's bone, the dogs’ bone")).containsExactly("dog's=dog", "dogs=dog");
        assertThat(mentions(index, "o’clock l'eau rock'n'roll don't"))
                .containsExactly("o’clock=o'clock", "eau=eau", "rock'n'roll=rock'n'roll");
        assertThat(mentions(index, "St. Louis, at&t")).containsExactly("St. Louis=St. Louis", "at&t=AT&T");
        assertThat(mentions(index, "the U.S. and u.s.")).containsExactly("U.S=U.S.");
        assertThat(mentions(index, "C++ and c")).as("two signs and a letter").containsExactly("C++=C++");
    }

    @Test
    void functionWordsAndShortNames_areNamesOnlyInCapitals() {
        AliasIndex index = names("WHO", "May", "it", "ox", "US", "X", "more or less", "The Who", "go");

        assertThat(mentions(index, "who may use it? It is ours. Us too, more or less, so go."))
                .isEmpty();
        assertThat(mentions(index, "The WHO met in May. May I ask the US?"))
                .containsExactly("WHO=WHO", "May=May", "US=US");
        assertThat(mentions(index, "WHO MAY ASK US")).as("nothing but capitals").isEmpty();
        assertThat(mentions(index, "an ox, a go, an X")).isEmpty();
        assertThat(index.candidates("it")).isEmpty();
        assertThat(index.candidates("may")).hasSize(1);
    }

    @Test
    void englishForm_isFoundWhenItIsNoNameItself() {
        AliasIndex index =
                names("dog", "guinea pig", "glasses", "glass", "baby", "stop", "bake", "fireman", "church", "class");

        assertThat(mentions(index, "dogs, guinea pigs, babies and firemen in churches"))
                .containsExactly(
                        "dogs=dog", "guinea pigs=guinea pig", "babies=baby", "firemen=fireman", "churches=church");
        assertThat(mentions(index, "glasses glass classes"))
                .containsExactly("glasses=glasses", "glass=glass", "classes=class");
        assertThat(mentions(index, "stopped stopping baking bakes")).hasSize(4);
        assertThat(mentions(index, "clas dogss")).isEmpty();
        assertThat(mentions(names("clas"), "a class")).isEmpty();
    }

    @Test
    void prior_growsWithTheCount_andLabelsWinTies() {
        AliasIndex index = AliasIndex.of(KnowledgeGraphTest.graph(List.of(
                new Statement("capital", Aspect.ALIAS, "", "Paris", "en", 8),
                Statement.label("hilton", "Paris", "en"),
                Statement.label("hilton", "Paris", "de"),
                Statement.alias("texas", "Paris", "en"))));

        List<Candidate> candidates = index.candidates("paris");
        assertThat(candidates).extracting(Candidate::entity).containsExactly("capital", "hilton", "texas");
        assertThat(candidates.get(0).prior()).isCloseTo(18 / 27.0, within(1e-9));
        assertThat(candidates.get(1).prior()).isCloseTo(5 / 27.0, within(1e-9));
        assertThat(candidates.get(2).prior()).isCloseTo(4 / 27.0, within(1e-9));
    }

    @Test
    void mostProbableEntities_areKept_andTheOthersStillTakeTheirShare() {
        List<Statement> smiths = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            smiths.add(new Statement("smith" + (10 + i), Aspect.ALIAS, "", "Smith", "en", i < 20 ? 1 : 3));
        }
        List<Candidate> candidates =
                AliasIndex.of(KnowledgeGraphTest.graph(smiths)).candidates("Smith");

        assertThat(candidates).hasSize(Candidates.MOST);
        assertThat(candidates.get(0)).isEqualTo(new Candidate("smith30", 8.0 / (20 * 8 + 20 * 4)));
        assertThat(candidates).extracting(Candidate::entity).isSorted();
    }

    @Test
    void capitals_speakForNamesOfCapitals() {
        AliasIndex index = AliasIndex.of(KnowledgeGraphTest.graph(List.of(
                new Statement("country", Aspect.LABEL, "", "China", "en", 3),
                Statement.label("porcelain", "china", "en"))));

        assertThat(mentions(index, "I broke some china.")).containsExactly("china=porcelain");
        assertThat(mentions(index, "I went to China.")).containsExactly("China=country");
        assertThat(mentions(index, "i went to china"))
                .as("nothing but small letters")
                .containsExactly("china=country");
    }

    @Test
    void relation_isNotNamed() {
        AliasIndex index = AliasIndex.of(KnowledgeGraphTest.graph(List.of(
                Statement.label("P1", "capital", "en"),
                Statement.label("Q1", "France", "en"),
                Statement.relation("Q1", "P1", "Q2"),
                Statement.label("Q2", "Paris", "en"))));

        assertThat(mentions(index, "Paris is the capital of France")).containsExactly("Paris=Q2", "France=Q1");
    }

    @Test
    void rareWord_saysMoreThanOneOfManyDescriptions() {
        List<Statement> statements = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            statements.add(Statement.label("e" + i, i == 0 ? "animal" : "name" + i, "en"));
            statements.add(Statement.description("e" + i, "an animal and one more animal", "en"));
        }
        AliasIndex index = AliasIndex.of(KnowledgeGraphTest.graph(statements));

        assertThat(rarity(index, "animal")).isCloseTo(Math.log(1500 / 501.0) / Math.log(1500), within(1e-6));
        assertThat(rarity(index, "name7")).isCloseTo(1, within(1e-6));
    }

    private static double rarity(AliasIndex index, String text) {
        MentionFinder finder = new MentionFinder(index, text, Tokens.of(text, 9));
        assertThat(finder.next()).isTrue();
        return finder.rarity();
    }

    @Test
    void indexAfterAnyChanges_findsWhatAFreshOneFinds() {
        Random random = new Random(seed);
        List<String> words = List.of("red", "green", "blue", "Big", "small", "fish", "bird");
        for (int round = 0; round < 20; round++) {
            Map<String, List<Statement>> truth = new TreeMap<>();
            for (int i = 0; i < 10; i++) {
                truth.put("e" + i, statements("e" + i, words, random));
            }
            AliasIndex index = AliasIndex.of(KnowledgeGraphTest.graph(all(truth)));
            for (int change = 0; change < 20; change++) {
                String entity = "e" + random.nextInt(14);
                List<Statement> now = random.nextInt(4) == 0 ? List.of() : statements(entity, words, random);
                truth.put(entity, now);
                KnowledgeGraph graph = index.graph();
                index = index.with(now.isEmpty() ? graph.without(entity) : graph.with(entity, now), entity);
            }
            AliasIndex fresh = AliasIndex.of(KnowledgeGraphTest.graph(all(truth)));
            for (int i = 0; i < 100; i++) {
                String name = name(words, random);
                assertThat(index.candidates(name)).isEqualTo(fresh.candidates(name));
            }
        }
    }

    @Test
    void entityThatIsRenamedOften_takesTheMemoryOfItsNamesOfNow() {
        AliasIndex index = names("e", "other");
        index = index.with(index.graph().with("other", renamed("other", 0)), "other");
        AliasIndex once = index.with(index.graph().with("e", renamed("e", 1000)), "e");
        for (int i = 1001; i < 1400; i++) {
            index = index.with(index.graph().with("e", renamed("e", i)), "e");
        }

        assertThat(index.candidates("name1399 9")).hasSize(1);
        assertThat(index.candidates("name1398 9")).isEmpty();
        assertThat(index.candidates("name0 9")).hasSize(1);
        assertThat(index.overlayMemory()).isLessThan(3 * once.overlayMemory());
        assertThat(index.memory()).isLessThan(3 * once.memory());
        AliasIndex without = index.with(index.graph().without("e"), "e");
        without = without.with(without.graph().without("other"), "other");
        assertThat(without.overlayMemory()).isEqualTo(names("e").overlayMemory());
    }

    private static List<Statement> renamed(String entity, int name) {
        List<Statement> statements = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            statements.add(Statement.alias(entity, "name" + name + " " + i, ""));
        }
        statements.add(Statement.description(entity, "described" + name + " as such" + name, ""));
        return statements;
    }

    private static List<Statement> all(Map<String, List<Statement>> byEntity) {
        return byEntity.values().stream().flatMap(List::stream).toList();
    }

    private static List<Statement> statements(String entity, List<String> words, Random random) {
        return Stream.generate(() -> new Statement(
                        entity, random.nextBoolean() ? Aspect.LABEL : Aspect.ALIAS, "", name(words, random), "en", 1))
                .limit(1 + random.nextInt(3))
                .toList();
    }

    private static String name(List<String> words, Random random) {
        String name = words.get(random.nextInt(words.size()));
        return random.nextBoolean() ? name : name + " " + words.get(random.nextInt(words.size()));
    }

    @Test
    void hostileTexts_areReadInTime() {
        AliasIndex index = names("a b c d e f g h", "ааа", "longword");
        String marks = "e" + "\u0301".repeat(20_000);

        assertThat(mentions(index, marks)).isEmpty();
        assertThat(mentions(index, "x".repeat(100_000))).isEmpty();
        assertThat(mentions(index, "a b c d e f g ".repeat(5_000))).isEmpty();
        assertThat(mentions(index, "'".repeat(1000) + "\uD800 \uDC00 \u0000 +#+#"))
                .isEmpty();
    }
}
