// SPDX-License-Identifier: Apache-2.0
package dev.perennial.knowledge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perennial.refusal.Refusal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class KnowledgeGraphTest {
    private static final GraphId ID = new GraphId("animals");

    private final long seed = Long.getLong("perennial.seed", 7);

    static KnowledgeGraph graph(List<Statement> statements) {
        Map<String, List<Statement>> byEntity = new TreeMap<>();
        statements.forEach(statement -> byEntity.computeIfAbsent(statement.entity(), entity -> new ArrayList<>())
                .add(statement));
        KnowledgeGraphBuilder builder = new KnowledgeGraphBuilder(ID, Long.MAX_VALUE);
        byEntity.values().forEach(builder::add);
        return builder.build();
    }

    private static List<Statement> animals() {
        return List.of(
                Statement.label("dog", "Hund", "de"),
                Statement.label("dog", "dog", "en"),
                new Statement("dog", Statement.Aspect.ALIAS, "", "canine friend", "en", 2),
                Statement.alias("dog", "domestic dog", "en"),
                Statement.description("dog", "ein Haustier", "de"),
                Statement.description("dog", "an animal that barks", "en"),
                Statement.relation("dog", "http://x.org/partOf", "pack"),
                Statement.relation("dog", "hypernym", "canine"),
                Statement.attribute("dog", "legs", "4", ""),
                Statement.label("pack", "pack", "en"),
                Statement.relation("pack", "hypernym", "pack"),
                Statement.label("hypernym", "is a", "en"));
    }

    @Test
    void entity_hasItsNamesInTheOrderOfPreference() {
        KnowledgeGraph graph = graph(animals());

        assertThat(graph.entities()).isEqualTo(3);
        assertThat(graph.label("dog")).contains("dog");
        assertThat(graph.label("dog", "de")).contains("Hund");
        assertThat(graph.label("dog", "ru")).isEmpty();
        assertThat(graph.labels("dog")).extracting(Statement::value).containsExactly("dog", "Hund");
        assertThat(graph.aliases("dog")).extracting(Statement::value).containsExactly("canine friend", "domestic dog");
        assertThat(graph.aliases("dog")).extracting(Statement::count).containsExactly(2, 1);
        assertThat(graph.description("dog")).contains("an animal that barks");
        assertThat(graph.label("canine")).isEmpty();
        assertThat(graph.contains("canine")).isFalse();
        assertThat(graph.contains("dog")).isTrue();
        assertThat(graph.label("nothing")).isEmpty();
    }

    @Test
    void relations_areSeenFromBothSides_alsoInACircle() {
        KnowledgeGraph graph = graph(animals());

        assertThat(graph.relationsOut("dog", 9))
                .containsExactly(new Neighbour("http://x.org/partOf", "pack"), new Neighbour("hypernym", "canine"));
        assertThat(graph.relationsIn("canine", 9)).containsExactly(new Neighbour("hypernym", "dog"));
        assertThat(graph.relationsIn("pack", 9))
                .containsExactly(new Neighbour("http://x.org/partOf", "dog"), new Neighbour("hypernym", "pack"));
        assertThat(graph.relationsIn("pack", 1)).hasSize(1);
        assertThat(graph.relationsOut("dog", 0)).isEmpty();
    }

    @Test
    void relation_isCalledByItsLabel_elseByTheEndOfItsId() {
        KnowledgeGraph graph = graph(animals());

        assertThat(graph.relationName("hypernym")).isEqualTo("is a");
        assertThat(graph.relationName("http://x.org/partOf")).isEqualTo("part of");
        assertThat(graph.relationName("/people/person/born_in/")).isEqualTo("born in");
        assertThat(graph.relationName("http://x.org/ns#ISBN")).isEqualTo("ISBN");
        assertThat(graph.relationName("//")).isEqualTo("//");
    }

    @Test
    void relationThatIsNothingElse_cannotBeNamedByAText() {
        KnowledgeGraph graph = graph(animals());

        assertThat(graph.isNameable(graph.numberOf("hypernym"))).isFalse();
        assertThat(graph.isNameable(graph.numberOf("dog"))).isTrue();
        KnowledgeGraph related = graph.with("dog", List.of(Statement.relation("dog", "pack", "hypernym")));
        assertThat(related.isNameable(related.numberOf("hypernym"))).isTrue();
        assertThat(related.isNameable(related.numberOf("pack")))
                .as("it stands in relations of its own")
                .isTrue();
    }

    @Test
    void digest_isTheSame_inWhateverOrderStatementsCome() {
        List<Statement> shuffled = new ArrayList<>(animals());
        Collections.shuffle(shuffled, new Random(seed));
        shuffled.add(Statement.label("dog", "dog", "en"));
        List<Statement> twice = new ArrayList<>(animals());
        twice.add(0, Statement.label("dog", "dog", "en"));
        KnowledgeGraphBuilder backwards = new KnowledgeGraphBuilder(ID, Long.MAX_VALUE);
        for (String entity : List.of("pack", "hypernym", "dog")) {
            backwards.add(shuffled.stream()
                    .filter(statement -> statement.entity().equals(entity))
                    .toList());
        }

        assertThat(backwards.build().digest()).isEqualTo(graph(twice).digest()).matches("[0-9a-f]{64}");
        assertThat(graph(animals()).digest()).isNotEqualTo(graph(twice).digest());
        assertThat(graph(twice).labels("dog"))
                .as("what two sources say is said once")
                .extracting(Statement::count)
                .containsExactly(2, 1);
        assertThat(graph(animals().subList(1, 12)).digest())
                .isNotEqualTo(graph(animals()).digest());
    }

    @Test
    void digest_countsWhatIsNotKept() {
        List<Statement> other = new ArrayList<>(animals());
        other.set(8, Statement.attribute("dog", "legs", "3", ""));

        assertThat(graph(other).digest()).isNotEqualTo(graph(animals()).digest());
    }

    @Test
    void changedEntity_isSeenAtOnce_andTheOldSnapshotStays() {
        KnowledgeGraph before = graph(animals());
        KnowledgeGraph after = before.with(
                "cat",
                List.of(
                        Statement.label("cat", "кошка", "ru"),
                        Statement.description("cat", "an animal that purrs", "en"),
                        Statement.relation("cat", "chased by", "dog")));

        assertThat(before.contains("cat")).isFalse();
        assertThat(before.relationsIn("dog", 9)).isEmpty();
        assertThat(after.entities()).isEqualTo(4);
        assertThat(after.overlaySize()).isEqualTo(1);
        assertThat(after.label("cat", "ru")).contains("кошка");
        assertThat(after.description("cat")).contains("an animal that purrs");
        assertThat(after.relationsIn("dog", 9)).containsExactly(new Neighbour("chased by", "cat"));
        assertThat(after.without("cat").digest()).isEqualTo(before.digest());
        assertThat(after.without("cat").relationsIn("dog", 9)).isEmpty();
        assertThat(after.without("never heard of")).isSameAs(after);
    }

    @Test
    void snapshotAfterAnyChanges_saysWhatAFreshGraphSays() {
        Random random = new Random(seed);
        for (int round = 0; round < 20; round++) {
            Map<String, List<Statement>> truth = new TreeMap<>();
            for (int i = 0; i < 12; i++) {
                truth.put("e" + i, randomStatements("e" + i, random));
            }
            KnowledgeGraph graph = graph(all(truth));
            for (int change = 0; change < 30; change++) {
                String entity = "e" + random.nextInt(18);
                List<Statement> statements = random.nextInt(4) == 0 ? List.of() : randomStatements(entity, random);
                graph = statements.isEmpty() ? graph.without(entity) : graph.with(entity, statements);
                truth.put(entity, statements);
            }
            assertSame(graph, graph(all(truth)));
        }
    }

    private static List<Statement> all(Map<String, List<Statement>> byEntity) {
        return byEntity.values().stream().flatMap(List::stream).toList();
    }

    private static List<Statement> randomStatements(String entity, Random random) {
        List<Statement> statements = new ArrayList<>();
        statements.add(Statement.label(entity, "name " + random.nextInt(5), random.nextBoolean() ? "en" : "x-y"));
        for (int i = random.nextInt(4); i > 0; i--) {
            statements.add(Statement.relation(entity, "r" + random.nextInt(3), "e" + random.nextInt(20)));
        }
        return statements;
    }

    private static void assertSame(KnowledgeGraph actual, KnowledgeGraph expected) {
        assertThat(actual.digest()).isEqualTo(expected.digest());
        assertThat(actual.entities()).isEqualTo(expected.entities());
        List<String> ids = new ArrayList<>();
        actual.forEach(ids::add);
        List<String> expectedIds = new ArrayList<>();
        expected.forEach(expectedIds::add);
        assertThat(ids).containsExactlyInAnyOrderElementsOf(expectedIds);
        for (int i = 0; i < 20; i++) {
            String entity = "e" + i;
            assertThat(actual.contains(entity)).isEqualTo(expected.contains(entity));
            assertThat(actual.labels(entity)).isEqualTo(expected.labels(entity));
            assertThat(actual.relationsOut(entity, 99)).isEqualTo(expected.relationsOut(entity, 99));
            assertThat(actual.relationsIn(entity, 99))
                    .containsExactlyInAnyOrderElementsOf(expected.relationsIn(entity, 99));
        }
    }

    @Test
    void graphThatIsTooLarge_isRefused() {
        KnowledgeGraphBuilder builder = new KnowledgeGraphBuilder(ID, 20_000);

        assertThatThrownBy(() -> {
                    for (int i = 0; i < 1000; i++) {
                        builder.add(List.of(Statement.label("e" + i, "name", "en")));
                    }
                })
                .isInstanceOf(Refusal.TooLarge.class);
    }

    @Test
    void statementsAboutSeveralEntities_andTheSameEntityTwice_areBugs() {
        KnowledgeGraphBuilder builder = new KnowledgeGraphBuilder(ID, Long.MAX_VALUE);
        List<Statement> dog = List.of(Statement.label("dog", "dog", "en"));
        builder.add(dog);

        assertThatThrownBy(() -> builder.add(dog)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.add(animals())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> graph(animals()).with("cat", dog)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void memory_isTensOfBytesAStatement() {
        KnowledgeGraphBuilder builder = new KnowledgeGraphBuilder(ID, Long.MAX_VALUE);
        int entities = 20_000;
        for (int i = 0; i < entities; i++) {
            String entity = "http://example.org/entity/" + i;
            builder.add(List.of(
                    Statement.label(entity, "entity number " + i, "en"),
                    Statement.description(entity, "one of many entities in a long row", "en"),
                    Statement.relation(entity, "next", "http://example.org/entity/" + (i + 1) % entities),
                    Statement.relation(entity, "half", "http://example.org/entity/" + i / 2)));
        }

        assertThat(builder.build().memory()).isLessThan(50L * 4 * entities);
    }
}
