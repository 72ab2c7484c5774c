// SPDX-License-Identifier: Apache-2.0
package dev.perennial.knowledge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perennial.knowledge.KnowledgeStore.Contribution;
import dev.perennial.knowledge.KnowledgeStore.Defined;
import dev.perennial.knowledge.KnowledgeStore.Imported;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.RevisionId;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link KnowledgeStore} keeps to. */
public abstract class KnowledgeStoreContract {
    private static final Instant START = Instant.parse("2026-03-01T10:00:00.000001Z");
    private static final GraphId ANIMALS = new GraphId("animals");
    private static final GraphId PLACES = new GraphId("places");
    private static final Provenance FIELD = new Provenance("field", "https://example.org/field", "CC0-1.0", 0.8);
    private static final Provenance MUSEUM = new Provenance("museum", "", "", 0.5);
    private static final Statement DOG = Statement.label("dog", "dog", "en");
    private static final Statement HUND = Statement.label("dog", "Hund", "de");
    private static final Statement DOG_IS = Statement.relation("dog", "is", "canine");
    private static final Statement CAT = Statement.label("cat", "cat", "en");

    private KnowledgeStore store;

    /** An empty store. */
    protected abstract KnowledgeStore create(InstantSource clock);

    /** The store as a new process would find it. */
    protected abstract KnowledgeStore reopen(InstantSource clock);

    @BeforeEach
    void createStore() {
        store = create(() -> START);
    }

    @Test
    void emptyStore_knowsNothing() {
        assertThat(store.graphs()).isEmpty();
        assertThat(store.graph(ANIMALS)).isEmpty();
        assertThat(store.open()).isEmpty();
        assertThat(store.imported("job_1")).isEmpty();
        assertThat(store.clear(10)).isFalse();
        assertThatThrownBy(() -> store.sources(ANIMALS)).isInstanceOf(Refusal.NotFound.class);
        assertThatThrownBy(() -> store.statements(ANIMALS, "dog")).isInstanceOf(Refusal.NotFound.class);
        assertThatThrownBy(() -> store.remove(ANIMALS)).isInstanceOf(Refusal.NotFound.class);
        assertThatThrownBy(() -> store.begin("job_1", ANIMALS, FIELD)).isInstanceOf(Refusal.NotFound.class);
        assertThatThrownBy(() -> store.edit(ANIMALS, "dog", List.of(DOG))).isInstanceOf(Refusal.NotFound.class);
        store.undo("job_1");
    }

    @Test
    void define_createsAndReplacesTheDefinition() {
        Defined created = store.define(new GraphDefinition(ANIMALS, "what lives"));
        assertThat(created.created()).isTrue();
        assertThat(created.graph().createdAt()).isEqualTo(START);
        importAll("job_1", FIELD, DOG);
        Defined replaced = store.define(new GraphDefinition(ANIMALS, "what lives here"));
        assertThat(replaced.created()).isFalse();
        assertThat(replaced.graph().definition().description()).isEqualTo("what lives here");
        assertThat(replaced.graph().statements()).isEqualTo(1);
        assertThat(replaced.graph().revision()).isGreaterThan(created.graph().revision());
        assertThat(store.define(new GraphDefinition(ANIMALS, "what lives here")))
                .isEqualTo(replaced);
        assertThat(store.graph(ANIMALS)).contains(replaced.graph());
    }

    @Test
    void graphs_arePagedInTheOrderOfTheirIds() {
        for (String id : List.of("c", "a", "b")) {
            store.define(new GraphDefinition(new GraphId(id), ""));
        }
        assertThat(store.graphs("", 2)).extracting(KnowledgeStoreContract::idOf).containsExactly("a", "b");
        assertThat(store.graphs("b", 2))
                .extracting(KnowledgeStoreContract::idOf)
                .containsExactly("c");
    }

    @Test
    void anImport_isSeenWhenItIsFinishedAndNotBefore() {
        define();
        store.begin("job_1", ANIMALS, FIELD);
        assertThat(store.add("job_1", List.of(DOG, DOG_IS))).isEqualTo(2);
        assertThat(store.add("job_1", List.of(CAT))).isEqualTo(1);
        assertThat(store.open()).containsExactly("job_1");
        assertThat(all()).isEmpty();
        assertThat(stated("dog")).isEmpty();
        assertThat(store.sources(ANIMALS)).isEmpty();
        assertThat(graph().statements()).isZero();

        RevisionId before = graph().revision();
        Imported imported = store.finish("job_1", "all of it");
        assertThat(imported.added()).isEqualTo(3);
        assertThat(imported.report()).isEqualTo("all of it");
        assertThat(imported.revision()).isGreaterThan(before).isEqualTo(graph().revision());
        assertThat(store.open()).isEmpty();
        assertThat(all()).containsExactly(List.of(CAT), List.of(DOG, DOG_IS));
        assertThat(stated("dog")).containsExactly(DOG, DOG_IS);
        assertThat(store.sources(ANIMALS)).containsExactly(new Contribution(FIELD, 3));
        assertThat(graph().statements()).isEqualTo(3);
    }

    @Test
    void finish_ofWhatIsFinished_saysWhatItDid() {
        define();
        Imported imported = importAll("job_1", FIELD, DOG, DOG);
        assertThat(store.finish("job_1", "another report")).isEqualTo(imported);
        assertThat(store.imported("job_1")).contains(imported);
        assertThatThrownBy(() -> store.add("job_1", List.of(CAT))).isInstanceOf(Refusal.NotFound.class);
        store.undo("job_1");
        assertThat(stated("dog")).containsExactly(DOG);
    }

    @Test
    void finish_isRefused_whenTheGraphWouldHaveTooMany_andNothingIsSeen() {
        define();
        store.begin("job_1", ANIMALS, FIELD);
        store.add("job_1", List.of(DOG, DOG_IS));
        importAll("job_2", FIELD, CAT);
        RevisionId before = graph().revision();
        assertThatThrownBy(() -> store.finish("job_1", "", 2)).isInstanceOf(Refusal.TooLarge.class);
        assertThat(all()).containsExactly(List.of(CAT));
        assertThat(graph().revision()).isEqualTo(before);
        assertThat(store.open()).containsExactly("job_1");
        assertThat(store.finish("job_1", "", 3).added()).isEqualTo(2);
    }

    @Test
    void begin_ofWhatIsOpen_goesOn() {
        define();
        store.begin("job_1", ANIMALS, FIELD);
        store.add("job_1", List.of(DOG));
        store = reopen(() -> START);
        store.begin("job_1", ANIMALS, FIELD);
        store.add("job_1", List.of(CAT));
        assertThat(store.finish("job_1", "").added()).isEqualTo(2);
    }

    @Test
    void undo_leavesNothing_andAnotherImportOfTheIdMayBegin() {
        define();
        store.begin("job_1", ANIMALS, FIELD);
        store.add("job_1", List.of(DOG, CAT));
        store.undo("job_1");
        assertThat(store.open()).isEmpty();
        assertThatThrownBy(() -> store.add("job_1", List.of(DOG))).isInstanceOf(Refusal.NotFound.class);
        assertThatThrownBy(() -> store.finish("job_1", "")).isInstanceOf(Refusal.NotFound.class);

        Imported again = importAll("job_1", FIELD, DOG);
        assertThat(again.added()).isEqualTo(1);
        assertThat(again.repeated()).isZero();
        clearAll();
        assertThat(all()).containsExactly(List.of(DOG));
    }

    @Test
    void whatASourceSaysAgain_isCountedAsRepeated() {
        define();
        Imported first = importAll("job_1", FIELD, DOG, DOG, HUND);
        assertThat(first.added()).isEqualTo(2);
        assertThat(first.repeated()).isEqualTo(1);
        Imported second = importAll("job_2", FIELD, DOG, CAT);
        assertThat(second.added()).isEqualTo(1);
        assertThat(second.repeated()).isEqualTo(1);
        assertThat(store.sources(ANIMALS)).containsExactly(new Contribution(FIELD, 3));
    }

    @Test
    void statements_differByEveryPart() {
        define();
        Imported imported = importAll(
                "job_1",
                FIELD,
                Statement.label("e", "x", ""),
                Statement.label("e", "x", "en"),
                Statement.alias("e", "x", ""),
                Statement.description("e", "x", ""),
                Statement.relation("e", "r", "x"),
                Statement.relation("e", "rx", "x"),
                Statement.attribute("e", "r", "x", ""),
                Statement.label("f", "x", ""));
        assertThat(imported.repeated()).isZero();
        assertThat(stated("e")).hasSize(7);
    }

    @Test
    void count_isKept() {
        define();
        Statement seldom = new Statement("dog", Statement.Aspect.ALIAS, "", "hound", "en", 42);
        importAll("job_1", FIELD, seldom);
        assertThat(stated("dog")).containsExactly(seldom);
    }

    @Test
    void whatTwoSourcesSay_isSaidOnce_andStaysWhenOneGoes() {
        define();
        importAll("job_1", FIELD, DOG, HUND);
        importAll("job_2", MUSEUM, DOG, CAT);
        assertThat(stated("dog")).containsExactly(DOG, HUND);
        assertThat(store.statements(ANIMALS, "dog").sources()).containsExactly("field", "museum");
        assertThat(graph().statements()).isEqualTo(4);

        RevisionId removed = store.removeSource(ANIMALS, "field");
        assertThat(graph().revision()).isEqualTo(removed);
        assertThat(all()).containsExactly(List.of(CAT), List.of(DOG));
        assertThat(store.sources(ANIMALS)).containsExactly(new Contribution(MUSEUM, 2));
        assertThat(graph().statements()).isEqualTo(2);
        assertThatThrownBy(() -> store.removeSource(ANIMALS, "field")).isInstanceOf(Refusal.NotFound.class);
        clearAll();
        assertThat(all()).containsExactly(List.of(CAT), List.of(DOG));
    }

    @Test
    void aSourceThatWasRemoved_mayComeAgainBeforeItIsCleared() {
        define();
        importAll("job_1", FIELD, DOG);
        store.removeSource(ANIMALS, "field");
        assertThat(importAll("job_2", FIELD, DOG).added()).isEqualTo(1);
        clearAll();
        assertThat(stated("dog")).containsExactly(DOG);
    }

    @Test
    void sources_areAsTheirLastImportNamedThem() {
        define();
        importAll("job_1", FIELD, DOG);
        Provenance moved = new Provenance("field", "elsewhere", "MIT", 1);
        importAll("job_2", moved, CAT);
        assertThat(store.sources(ANIMALS)).containsExactly(new Contribution(moved, 2));
    }

    @Test
    void remove_takesTheGraphWithItsImports_andItsNameIsFree() {
        define();
        importAll("job_1", FIELD, DOG);
        store.begin("job_2", ANIMALS, FIELD);
        store.remove(ANIMALS);
        assertThat(store.graph(ANIMALS)).isEmpty();
        assertThat(store.open()).isEmpty();
        assertThat(store.imported("job_1")).isEmpty();
        assertThatThrownBy(() -> store.add("job_2", List.of(CAT))).isInstanceOf(Refusal.NotFound.class);

        define();
        assertThat(all()).isEmpty();
        assertThat(importAll("job_3", FIELD, DOG).added()).isEqualTo(1);
        clearAll();
        assertThat(all()).containsExactly(List.of(DOG));
    }

    @Test
    void clear_deletesInPortions() {
        define();
        store.begin("job_1", ANIMALS, FIELD);
        store.add("job_1", many(100));
        store.undo("job_1");
        int portions = 0;
        while (store.clear(30)) {
            portions++;
        }
        assertThat(portions).isEqualTo(4);
    }

    @Test
    void edit_outranksEverySource_untilItIsReverted() {
        define();
        importAll("job_1", FIELD, DOG, DOG_IS);
        Statement hound = Statement.label("dog", "hound", "en");
        RevisionId edited = store.edit(ANIMALS, "dog", List.of(hound));
        assertThat(graph().revision()).isEqualTo(edited);
        assertThat(stated("dog")).containsExactly(hound);
        assertThat(store.statements(ANIMALS, "dog").sources()).containsExactly(Provenance.EDITS);
        assertThat(all()).containsExactly(List.of(hound));

        importAll("job_2", MUSEUM, HUND, CAT);
        assertThat(all()).containsExactly(List.of(CAT), List.of(hound));
        store.edit(ANIMALS, "dog", List.of(DOG));
        assertThat(stated("dog")).containsExactly(DOG);
        assertThat(store.sources(ANIMALS)).extracting(Contribution::statements).containsExactly(1L, 2L, 2L);

        assertThat(store.revert(ANIMALS, "dog")).contains(graph().revision());
        assertThat(stated("dog")).containsExactly(DOG, DOG_IS, HUND);
        assertThat(store.revert(ANIMALS, "dog")).isEmpty();
        assertThat(store.revert(ANIMALS, "cat")).isEmpty();
    }

    @Test
    void edit_toNothing_silencesEverySource() {
        define();
        importAll("job_1", FIELD, DOG, CAT);
        store.edit(ANIMALS, "dog", List.of());
        assertThat(stated("dog")).isEmpty();
        assertThat(store.statements(ANIMALS, "dog").sources()).containsExactly(Provenance.EDITS);
        assertThat(all()).containsExactly(List.of(CAT));
        assertThat(graph().statements()).isEqualTo(2);
        store.edit(ANIMALS, "dog", List.of());
        assertThat(store.revert(ANIMALS, "dog")).isPresent();
        assertThat(stated("dog")).containsExactly(DOG);
    }

    @Test
    void edits_areASourceThatCanBeRemoved() {
        define();
        importAll("job_1", FIELD, DOG);
        store.edit(ANIMALS, "dog", List.of(HUND));
        store.removeSource(ANIMALS, Provenance.EDITS);
        assertThat(stated("dog")).containsExactly(DOG);
        store.edit(ANIMALS, "dog", List.of(HUND));
        clearAll();
        assertThat(stated("dog")).containsExactly(HUND);
    }

    @Test
    void read_goesInTheOrderOfEntitiesWhateverTheOrderOfImports() {
        define();
        store.define(new GraphDefinition(PLACES, ""));
        store.begin("job_0", PLACES, FIELD);
        store.add("job_0", List.of(Statement.label("e5", "elsewhere", "")));
        store.finish("job_0", "");
        List<Statement> statements = many(1_700);
        store.begin("job_1", ANIMALS, FIELD);
        for (int i = statements.size() - 1; i >= 0; i -= 2) {
            store.add("job_1", List.of(statements.get(i), statements.get(i - 1)));
        }
        store.finish("job_1", "");
        List<List<Statement>> read = all();
        assertThat(read).extracting(group -> group.get(0).entity()).isSorted();
        assertThat(read.stream().flatMap(List::stream)).containsExactlyInAnyOrderElementsOf(statements);
        assertThat(read).allSatisfy(group -> assertThat(group).hasSize(10));
    }

    @Test
    void read_holdsNobodyUp() {
        define();
        importAll("job_1", FIELD, many(1_200).toArray(Statement[]::new));
        List<String> read = new ArrayList<>();
        store.read(ANIMALS, group -> {
            if (read.isEmpty()) {
                importAll("job_2", MUSEUM, Statement.label("zebra", "zebra", "en"));
            }
            read.add(group.get(0).entity());
        });
        assertThat(read).hasSize(120).doesNotContain("zebra");
        assertThat(stated("zebra")).isNotEmpty();
    }

    @Test
    void everything_isThereAfterARestart() {
        define();
        importAll("job_1", FIELD, DOG, CAT);
        store.edit(ANIMALS, "cat", List.of(Statement.label("cat", "Katze", "de")));
        store.begin("job_2", ANIMALS, MUSEUM);
        store.add("job_2", List.of(HUND));
        List<List<Statement>> before = all();
        StoredGraph graph = graph();
        store = reopen(() -> START.plusSeconds(1));
        assertThat(all()).isEqualTo(before);
        assertThat(graph()).isEqualTo(graph);
        assertThat(store.open()).containsExactly("job_2");
        store.finish("job_2", "");
        assertThat(stated("dog")).containsExactly(DOG, HUND);
    }

    private void define() {
        store.define(new GraphDefinition(ANIMALS, "what lives"));
    }

    private StoredGraph graph() {
        return store.graph(ANIMALS).orElseThrow();
    }

    private Imported importAll(String id, Provenance provenance, Statement... statements) {
        store.begin(id, ANIMALS, provenance);
        store.add(id, List.of(statements));
        return store.finish(id, "");
    }

    private List<Statement> stated(String entity) {
        return store.statements(ANIMALS, entity).statements();
    }

    private List<List<Statement>> all() {
        List<List<Statement>> groups = new ArrayList<>();
        RevisionId revision = store.read(ANIMALS, groups::add);
        assertThat(Optional.of(revision)).isEqualTo(store.graph(ANIMALS).map(StoredGraph::revision));
        return groups;
    }

    private void clearAll() {
        while (store.clear(3)) {
            // goes on until nothing is left
        }
    }

    /** Ten statements about each entity. */
    private static List<Statement> many(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> Statement.relation("e" + i / 10, "r" + i % 10, "e" + i % 7))
                .toList();
    }

    private static String idOf(StoredGraph graph) {
        return graph.definition().id().value();
    }
}
