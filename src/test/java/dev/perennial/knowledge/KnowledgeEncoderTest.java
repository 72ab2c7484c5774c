// SPDX-License-Identifier: Apache-2.0
package dev.perennial.knowledge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.perennial.encode.Embedding;
import dev.perennial.encode.Encoder;
import dev.perennial.encode.EncoderContract;
import dev.perennial.encode.EncoderInfo;
import dev.perennial.encode.FakeEncoder;
import dev.perennial.encode.Passage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class KnowledgeEncoderTest extends EncoderContract {
    private final FakeEncoder fake = new FakeEncoder();
    private final TextualVectors texts = new TextualVectors(Verbalisation.SURROUNDINGS, fake);
    private final KnowledgeGraph graph = KnowledgeGraphTest.graph(statements());
    private final KnowledgeEncoder encoder = open();

    private static List<Statement> statements() {
        List<Statement> statements = new ArrayList<>();
        for (String name : List.of("activate", "card", "volcano", "ocean", "cat", "awake", "word", "fox", "Москва")) {
            statements.add(Statement.label(name, name, ""));
            statements.add(Statement.description(name, name + " is what it is", ""));
        }
        statements.add(Statement.relation("cat", "is", "awake"));
        return statements;
    }

    @Override
    protected Encoder encoder() {
        return encoder;
    }

    @Override
    protected KnowledgeEncoder open() {
        return KnowledgeEncoder.textual(linker(), texts, texts.build(graph, Optional.empty(), (done, all) -> true));
    }

    private Linker linker() {
        return Linker.byPrior(AliasIndex.of(graph), LinkerSettings.defaults());
    }

    private static float[] vector(Encoder encoder, String text) {
        return encoder.encode(List.of(Passage.of(text))).get(0).vector();
    }

    @Test
    void embedding_isTheDirectionOfWhatIsNamed_andHowMuchIsNot() {
        LinkedEntity cat = encoder.links(Passage.of("a cat")).get(0);
        LinkedEntity fox = encoder.links(Passage.of("a fox")).get(0);
        float[] cats = encoder.vectors().vector("cat").orElseThrow();
        float[] foxes = encoder.vectors().vector("fox").orElseThrow();
        float[] both = vector(encoder, "a cat and a fox");

        assertThat(cat.weight()).isBetween(0.8, 0.99);
        float[] one = vector(encoder, "a cat");
        assertThat((double) one[64]).isCloseTo(Math.sqrt(1 - cat.weight() * cat.weight()), within(1e-6));
        for (int i = 0; i < 64; i++) {
            assertThat((double) one[i]).isCloseTo(cat.weight() * cats[i], within(0.01));
            assertThat((double) both[i])
                    .isCloseTo((cats[i] + foxes[i]) / Math.sqrt(2 + 2 * dot(cats, foxes)), within(0.01));
        }
        assertThat(fox.weight()).isEqualTo(cat.weight());
        assertThat(both[64]).as("two names say all").isZero();
    }

    private static double dot(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < Math.min(a.length, b.length); i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    @Test
    void textOfWhichNothingIsKnown_isTheLastComponentAlone() {
        float[] nothing = vector(encoder, "nothing that anybody heard of");

        assertThat(nothing[64]).isEqualTo(1);
        assertThat(nothing).containsOnly(0, 1);
        assertThat(vector(encoder, "")).isEqualTo(nothing);
    }

    @Test
    void pair_isSearchedInBothTexts() {
        assertThat(encoder.links(Passage.joined("the cat sleeps", "a Fox")))
                .extracting(LinkedEntity::mention)
                .containsExactly("cat", "Fox");
        Embedding joined = encoder.encode(List.of(Passage.joined("cat", "fox"))).get(0);
        assertThat(joined.vector()).isEqualTo(vector(encoder, "cat fox"));
        assertThat(joined.tokens()).isEqualTo(3);
    }

    @Test
    void info_isOfAKnowledgeEncoder() {
        EncoderInfo info = encoder.info();

        assertThat(info.reading()).isEqualTo(EncoderInfo.Reading.KNOWLEDGE);
        assertThat(info.id()).isEqualTo("graph.animals");
        assertThat(info.dimension()).isEqualTo(65);
        assertThat(info.parameters()).isEqualTo(9 * 64);
        assertThat(new GraphId("a".repeat(56)).memberId()).matches("[a-z0-9][a-z0-9.-]{0,62}");
    }

    @Test
    void digest_changesWithAllThatDecidesEmbeddings() {
        EntityVectors vectors = encoder.vectors();
        Linker other = Linker.byPrior(AliasIndex.of(graph), new LinkerSettings(5, 16_384, 10));
        Linker context = Linker.byContext(AliasIndex.of(graph), LinkerSettings.defaults(), texts, vectors);
        List<String> digests = List.of(
                open().info().digest(),
                KnowledgeEncoder.textual(other, texts, vectors).info().digest(),
                KnowledgeEncoder.textual(context, texts, vectors).info().digest(),
                KnowledgeEncoder.given(linker(), vectors.with("cat", new float[64]))
                        .info()
                        .digest(),
                encoder.with("dog", List.of(Statement.label("dog", "dog", "")))
                        .info()
                        .digest(),
                encoder.shuffled(1).info().digest(),
                encoder.shuffled(2).info().digest());

        assertThat(digests)
                .doesNotHaveDuplicates()
                .first()
                .isEqualTo(encoder.info().digest());
    }

    @Test
    void addedEntity_isKnownAtOnce_andForgottenAtOnce() {
        List<Statement> dog = List.of(
                Statement.label("dog", "dog", "en"), Statement.description("dog", "an animal that barks", "en"));
        KnowledgeEncoder changed = encoder.with("dog", dog);

        assertThat(encoder.links(Passage.of("my dog"))).isEmpty();
        assertThat(changed.links(Passage.of("my dog")))
                .extracting(LinkedEntity::entity)
                .containsExactly("dog");
        float[] expected = fake.encode(List.of(Passage.of("dog: an animal that barks")))
                .get(0)
                .vector();
        float[] actual = vector(changed, "my dog");
        for (int i = 0; i < 64; i++) {
            assertThat(actual[i]).isCloseTo(expected[i], within(0.01f));
        }
        KnowledgeEncoder without = changed.without("dog");
        assertThat(without.links(Passage.of("my dog"))).isEmpty();
        assertThat(vector(without, "my dog")[64]).isEqualTo(1);
        assertThat(encoder.without("cat").links(Passage.of("my cat"))).isEmpty();
        assertThat(encoder.without("unheard of")).isSameAs(encoder);
    }

    @Test
    void changedEntity_isEncodedByWhatIsSaidOfItNow() {
        KnowledgeEncoder changed = encoder.with(
                "cat", List.of(Statement.label("cat", "cat", ""), Statement.description("cat", "a kind of whip", "")));
        float[] expected =
                fake.encode(List.of(Passage.of("cat: a kind of whip"))).get(0).vector();
        float[] actual = vector(changed, "cat cat");

        assertThat(dot(expected, actual)).isGreaterThan(0.99);
        assertThat(dot(expected, vector(encoder, "cat cat"))).isLessThan(0.9);
    }

    @Test
    void addedEntityUnderGivenVectors_isTheMeanOfItsNeighbours_orCountsForNothing() {
        KnowledgeEncoder given = KnowledgeEncoder.given(linker(), encoder.vectors());
        KnowledgeEncoder related = given.with(
                "dog",
                List.of(
                        Statement.label("dog", "dog", "en"),
                        Statement.relation("dog", "likes", "cat"),
                        Statement.relation("dog", "likes", "fox"),
                        Statement.relation("dog", "likes", "unheard of")));
        float[] cats = encoder.vectors().vector("cat").orElseThrow();
        float[] foxes = encoder.vectors().vector("fox").orElseThrow();
        float[] dogs = related.vectors().vector("dog").orElseThrow();
        double sum = Math.sqrt(2 + 2 * dot(cats, foxes));
        for (int i = 0; i < 64; i++) {
            assertThat((double) dogs[i]).as("as long as they are").isCloseTo((cats[i] + foxes[i]) / sum, within(0.01));
        }
        KnowledgeEncoder alone = given.with("dog", List.of(Statement.label("dog", "dog", "en")));
        assertThat(alone.links(Passage.of("a dog"))).hasSize(1);
        assertThat(vector(alone, "a dog")[64]).isEqualTo(1);
        assertThat(given.with("cat", List.of(Statement.label("cat", "kitty", "en")))
                        .vectors()
                        .vector("cat"))
                .as("what was trained stays")
                .contains(cats);
    }

    @Test
    void shuffled_knowsTheSameEntities_butEachByTheVectorOfAnother() {
        KnowledgeEncoder shuffled = encoder.shuffled(7);
        List<String> names = List.of("activate", "card", "volcano", "ocean", "cat", "awake", "word", "fox");

        for (String name : names) {
            assertThat(vector(shuffled, name)).isNotEqualTo(vector(encoder, name));
            assertThat(vector(shuffled, name)[64]).isEqualTo(vector(encoder, name)[64]);
            assertThat(vector(encoder.shuffled(7), name)).isEqualTo(vector(shuffled, name));
        }
        assertThat(shuffled.links(Passage.of("the cat"))).isEqualTo(encoder.links(Passage.of("the cat")));
    }

    @Test
    void entityMoreOrLess_changesWhatIsDealtToOneOther() {
        List<String> names = List.of("activate", "card", "volcano", "ocean", "cat", "awake", "word", "fox", "Москва");
        KnowledgeEncoder dealt = encoder.shuffled(7);
        KnowledgeEncoder more = encoder.with("dog", List.of(Statement.label("dog", "dog", "en")));

        for (KnowledgeEncoder after :
                List.of(more.shuffled(7), dealt.with("dog", more.graph().labels("dog")))) {
            assertThat(after.info().digest()).isEqualTo(more.shuffled(7).info().digest());
            assertThat(names.stream().filter(name -> !sameVector(dealt, after, name)))
                    .hasSize(1);
        }
        KnowledgeEncoder less = more.without("dog").shuffled(7);
        assertThat(names).allMatch(name -> sameVector(dealt, less, name));
        assertThat(names.stream().filter(name -> !sameVector(dealt, encoder.shuffled(8), name)))
                .hasSizeGreaterThan(2);
    }

    private static boolean sameVector(Encoder one, Encoder other, String text) {
        return Arrays.equals(vector(one, text), vector(other, text));
    }
}
