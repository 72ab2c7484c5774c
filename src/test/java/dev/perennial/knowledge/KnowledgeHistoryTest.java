// SPDX-License-Identifier: Apache-2.0
package dev.perennial.knowledge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perennial.encode.FakeEncoder;
import dev.perennial.encode.Passage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An encoder that followed any history of edits is the one that is made of what they came to. */
final class KnowledgeHistoryTest {
    private static final long SEED = Long.getLong("perennial.seed", 7);
    private static final int HISTORIES = 60;
    private static final int EDITS = 40;
    private static final int ENTITIES = 36;
    private static final int DIMENSION = 8;
    private static final List<String> RELATIONS = List.of("http://x.org/partOf", "likes", "e0", "e1");
    private static final List<String> WORDS = List.of(
            "river", "bank", "money", "WHO", "may", "blue", "ocean", "loan", "seat", "long", "the", "city", "Oslo");

    private final Random random = new Random(SEED);
    private final TextualVectors descriptions = new TextualVectors(Verbalisation.DESCRIPTION, new FakeEncoder("cheap"));
    private final TextualVectors surroundings = new TextualVectors(Verbalisation.SURROUNDINGS, new FakeEncoder("dear"));
    private final EntityVectors given = given();

    /** Of two thirds of the entities, of which some are never stated, and of one that is zero. */
    private EntityVectors given() {
        EntityVectorsBuilder builder = new EntityVectorsBuilder(DIMENSION);
        for (int i = 0; i < ENTITIES; i++) {
            float[] vector = new float[DIMENSION];
            for (int k = 0; k < DIMENSION && i != 5; k++) {
                vector[k] = (float) random.nextGaussian();
            }
            if (i % 3 > 0) {
                builder.add("e" + i, vector);
            }
        }
        return builder.build("given");
    }

    private String words(int most) {
        List<String> words = new ArrayList<>();
        for (int left = 1 + random.nextInt(most); left > 0; left--) {
            words.add(WORDS.get(random.nextInt(WORDS.size())));
        }
        return String.join(" ", words);
    }

    private List<Statement> statements(String entity) {
        List<Statement> statements = new ArrayList<>();
        if (random.nextInt(6) == 0) {
            return statements;
        }
        if (random.nextInt(8) > 0) {
            String name = random.nextBoolean() ? "bank" : words(2);
            statements.add(new Statement(entity, Statement.Aspect.LABEL, "", name, "en", 1 + random.nextInt(3)));
        }
        if (random.nextInt(3) == 0) {
            statements.add(Statement.alias(entity, words(3), ""));
        }
        if (random.nextBoolean()) {
            statements.add(Statement.description(entity, words(8), "en"));
        }
        for (int left = random.nextInt(4); left > 0; left--) {
            String relation = RELATIONS.get(random.nextInt(10) == 0 ? random.nextInt(RELATIONS.size()) : 0);
            statements.add(Statement.relation(entity, relation, "e" + random.nextInt(ENTITIES)));
        }
        return statements;
    }

    private Map<String, List<Statement>> stated() {
        Map<String, List<Statement>> stated = new TreeMap<>();
        for (int i = 0; i < ENTITIES; i++) {
            stated.put("e" + i, random.nextInt(4) == 0 ? List.of() : statements("e" + i));
        }
        return stated;
    }

    private static KnowledgeGraph graph(Map<String, List<Statement>> stated) {
        return KnowledgeGraphTest.graph(
                stated.values().stream().flatMap(List::stream).toList());
    }

    private Linker linker(KnowledgeGraph graph) {
        return Linker.byContext(
                AliasIndex.of(graph),
                LinkerSettings.defaults(),
                descriptions,
                descriptions.build(graph, Optional.empty(), (done, all) -> true));
    }

    private KnowledgeEncoder textual(Map<String, List<Statement>> stated) {
        KnowledgeGraph graph = graph(stated);
        return KnowledgeEncoder.textual(
                linker(graph), surroundings, surroundings.build(graph, Optional.empty(), (done, all) -> true));
    }

    private KnowledgeEncoder given(Map<String, List<Statement>> stated) {
        return KnowledgeEncoder.given(linker(graph(stated)), given);
    }

    private static KnowledgeEncoder edited(KnowledgeEncoder encoder, String entity, List<Statement> statements) {
        return statements.isEmpty() ? encoder.without(entity) : encoder.with(entity, statements);
    }

    private KnowledgeEncoder settled(
            KnowledgeEncoder encoder,
            Map<String, List<Statement>> stated,
            Function<Map<String, List<Statement>>, KnowledgeEncoder> made) {
        KnowledgeEncoder next = encoder.isOutrun() ? made.apply(stated) : encoder;
        while (next.late() > 0) {
            next = next.caughtUp(1 + random.nextInt(3));
        }
        assertThat(next.isSettled()).isTrue();
        return next;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anyHistoryOfEdits_endsWhereReadingAnewBegins(boolean isGiven) {
        Function<Map<String, List<Statement>>, KnowledgeEncoder> made = isGiven ? this::given : this::textual;
        int followed = 0;
        for (int history = 0; history < HISTORIES; history++) {
            Map<String, List<Statement>> stated = stated();
            KnowledgeEncoder encoder = made.apply(stated);
            for (int edit = random.nextInt(EDITS); edit >= 0; edit--) {
                String entity = "e" + random.nextInt(ENTITIES + 4);
                List<Statement> statements = statements(entity);
                stated.put(entity, statements);
                encoder = edited(encoder, entity, statements);
                encoder = random.nextInt(3) == 0 ? encoder.caughtUp(2) : encoder;
            }
            followed += encoder.isOutrun() ? 0 : 1;
            assertSame(settled(encoder, stated, made), made.apply(stated), "seed " + SEED + ", history " + history);
        }
        assertThat(followed).as("histories that did not need reading anew").isGreaterThan(HISTORIES / 4);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void sameEdits_inWhateverOrder_endInTheSame(boolean isGiven) {
        Function<Map<String, List<Statement>>, KnowledgeEncoder> made = isGiven ? this::given : this::textual;
        for (int history = 0; history < HISTORIES / 2; history++) {
            Map<String, List<Statement>> before = stated();
            Map<String, List<Statement>> edits = new LinkedHashMap<>();
            for (int i = 0; i < 12; i++) {
                String entity = "e" + random.nextInt(ENTITIES + 4);
                edits.put(entity, statements(entity));
            }
            Map<String, List<Statement>> after = new TreeMap<>(before);
            after.putAll(edits);
            List<String> order = new ArrayList<>(edits.keySet());
            List<KnowledgeEncoder> ends = new ArrayList<>();
            for (int turn = 0; turn < 2; turn++) {
                KnowledgeEncoder encoder = made.apply(before);
                for (String entity : order) {
                    encoder = edited(encoder, entity, edits.getOrDefault(entity, List.of()));
                }
                ends.add(settled(encoder, after, made));
                Collections.shuffle(order, random);
            }
            assertSame(ends.get(0), ends.get(1), "seed " + SEED + ", history " + history);
        }
    }

    private void assertSame(KnowledgeEncoder actual, KnowledgeEncoder expected, String history) {
        assertThat(actual.info().digest()).as(history).isEqualTo(expected.info().digest());
        expected.graph()
                .forEach(entity -> assertThat(vector(actual, entity))
                        .as("%s, %s", history, entity)
                        .isEqualTo(vector(expected, entity)));
        KnowledgeEncoder actualShuffled = actual.shuffled(SEED);
        KnowledgeEncoder expectedShuffled = expected.shuffled(SEED);
        assertThat(actualShuffled.info().digest())
                .as(history)
                .isEqualTo(expectedShuffled.info().digest());
        for (int i = 0; i < 30; i++) {
            Passage passage = Passage.of(words(6));
            assertThat(actualShuffled.encode(List.of(passage)).get(0).vector())
                    .as("shuffled, %s", history)
                    .isEqualTo(expectedShuffled.encode(List.of(passage)).get(0).vector());
            assertThat(actual.links(passage)).as(history).isEqualTo(expected.links(passage));
            assertThat(actual.encode(List.of(passage)).get(0).vector())
                    .as(history)
                    .isEqualTo(expected.encode(List.of(passage)).get(0).vector());
        }
        for (String word : WORDS) {
            assertThat(actual.linker().names().candidates(word))
                    .as(history)
                    .isEqualTo(expected.linker().names().candidates(word));
        }
    }

    private static float[] vector(KnowledgeEncoder encoder, String entity) {
        return encoder.vectors().vector(entity).orElse(new float[0]);
    }

    @Test
    void encoderOfWhichNeighboursAreLate_isNotTheOneThatHasSettled() {
        Map<String, List<Statement>> stated = few();
        stated.put("card", List.of(Statement.label("card", "card", ""), Statement.relation("card", "r", "ocean")));
        List<Statement> renamed = List.of(Statement.label("ocean", "sea", ""));
        KnowledgeEncoder late = textual(stated).with("ocean", renamed);
        stated.put("ocean", renamed);

        assertThat(late.late()).isEqualTo(1);
        assertThat(late.isSettled()).isFalse();
        String settled = textual(stated).info().digest();
        assertThat(late.info().digest()).isNotEqualTo(settled);
        assertThat(late.caughtUp(1).info().digest()).isEqualTo(settled);
        assertThat(late.caughtUp(1).caughtUp(1).isSettled()).isTrue();
        KnowledgeEncoder outrun = late.with("r", List.of(Statement.label("r", "is in", "")));
        assertThat(outrun.isOutrun()).isTrue();
        assertThat(outrun.caughtUp(9).isSettled()).isFalse();
    }

    @Test
    void entityThatIsEditedOften_hasTheGraphReadAnew_whenThatLeftTooMuchBehind() {
        KnowledgeEncoder encoder = textual(few());
        int edits = 0;
        while (!encoder.isOutrun() && edits < 2000) {
            List<Statement> statements = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                statements.add(Statement.relation("new", "r", "target " + edits + " " + i));
            }
            encoder = encoder.with("new", statements);
            edits++;
        }

        assertThat(edits).isBetween(400, 800);
        assertThat(encoder.graph().overlaySize()).isEqualTo(1);
        assertThat(encoder.graph().relationsOut("new", 200)).hasSize(100);
    }

    @Test
    void entityThatIsEditedToAndFro_leavesNothingBehind() {
        KnowledgeGraph graph = graph(few());
        List<Statement> related = List.of(Statement.relation("card", "ocean", "volcano"));
        KnowledgeGraph there = graph.with("card", related);
        KnowledgeGraph once = there.with("card", List.of());
        KnowledgeGraph again = once;
        for (int i = 0; i < 100; i++) {
            again = again.with("card", related).with("card", List.of());
        }

        assertThat(there.overlayMemory()).isGreaterThan(once.overlayMemory());
        assertThat(again.overlayMemory()).isEqualTo(once.overlayMemory());
        assertThat(again.isRelation(again.numberOf("ocean"))).isFalse();
        assertThat(again.relationsIn("volcano", 9)).isEmpty();
    }

    private static Map<String, List<Statement>> few() {
        Map<String, List<Statement>> stated = new TreeMap<>();
        for (String name : List.of("card", "volcano", "ocean")) {
            stated.put(
                    name, List.of(Statement.label(name, name, ""), Statement.description(name, name + " it is", "en")));
        }
        return stated;
    }

    private KnowledgeEncoder givenTo(String... entities) {
        EntityVectorsBuilder builder = new EntityVectorsBuilder(3);
        int k = 0;
        for (String entity : entities) {
            float[] vector = new float[3];
            vector[k++] = 2;
            builder.add(entity, vector);
        }
        return KnowledgeEncoder.given(linker(graph(few())), builder.build("given"));
    }

    @Test
    void entityWithoutAVector_isWhereThoseAreThatAreDescribedLikeIt() {
        KnowledgeEncoder encoder = givenTo("card", "volcano");

        assertThat(encoder.vectors().vector("ocean")).isPresent();
        KnowledgeEncoder related = encoder.with(
                "ocean", List.of(Statement.label("ocean", "ocean", ""), Statement.relation("ocean", "r", "card")));
        assertThat(related.vectors().vector("ocean")).isPresent();
        KnowledgeEncoder undescribed = encoder.with("lake", List.of(Statement.alias("lake", "lake", "")))
                .with("nameless", List.of(Statement.description("nameless", "card it is", "en")));
        assertThat(undescribed.vectors().vector("lake")).isPresent();
        assertThat(undescribed.vectors().vector("nameless")).isEmpty();
    }

    @Test
    void givenVector_staysHoweverTheEntityIsEdited_andComesBackWithIt() {
        KnowledgeEncoder encoder = givenTo("card", "volcano");
        List<Statement> edited =
                List.of(Statement.label("card", "card", ""), Statement.relation("card", "r", "volcano"));
        float[] card = encoder.encode(List.of(Passage.of("card"))).get(0).vector();

        KnowledgeEncoder removed = encoder.with("card", edited).without("card");
        assertThat(removed.links(Passage.of("card"))).isEmpty();
        float[] again = removed.with("card", edited)
                .encode(List.of(Passage.of("card card")))
                .get(0)
                .vector();
        assertThat(again[0]).isPositive();
        assertThat(again[1]).isZero();
        assertThat(card[0]).isPositive();
    }
}
