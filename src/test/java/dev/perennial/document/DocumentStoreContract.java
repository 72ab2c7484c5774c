// SPDX-License-Identifier: Apache-2.0
package dev.perennial.document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perennial.document.DocumentStore.Added;
import dev.perennial.document.DocumentStore.Fate;
import dev.perennial.document.DocumentStore.Registration;
import dev.perennial.document.DocumentStore.Row;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.Idempotency;
import dev.perennial.task.RevisionId;
import dev.perennial.text.Text;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link DocumentStore} does. */
public abstract class DocumentStoreContract {
    protected static final Instant START = Instant.parse("2026-01-02T03:04:05.678901Z");
    private static final SourceId NEWS = new SourceId("news");
    private static final SourceId BOOKS = new SourceId("books");
    private static final EvaluationSetId SUITE = new EvaluationSetId("suite");

    private DocumentStore store;

    /** An empty store. */
    protected abstract DocumentStore create(InstantSource clock);

    @BeforeEach
    void createStore() {
        store = create(InstantSource.fixed(START));
    }

    @Test
    void emptyStore_hasNothing() {
        assertThat(store.lastChange()).isZero();
        assertThat(store.count()).isZero();
        assertThat(store.sources("", 10)).isEmpty();
        assertThat(store.source(NEWS)).isEmpty();
        assertThat(store.documents("", 10)).isEmpty();
        assertThat(store.evaluationSets()).isEmpty();
    }

    @Test
    void define_createsASourceThatReadsBackEqual() {
        DocumentSource source = new DocumentSource(NEWS, "https://example.org/ü", "CC-BY-4.0", 0.7, "News 🙂");

        DocumentStore.Defined defined = store.define(source);

        StoredSource expected = new StoredSource(source, new RevisionId(1), START, 0);
        assertThat(defined).isEqualTo(new DocumentStore.Defined(expected, true));
        assertThat(store.source(NEWS)).contains(expected);
        assertThat(store.define(source)).isEqualTo(new DocumentStore.Defined(expected, false));
    }

    @Test
    void define_replacesTheDefinitionAndKeepsDocuments() {
        define(NEWS);
        add(NEWS, Draft.of("one"));

        DocumentStore.Defined defined = store.define(new DocumentSource(NEWS, "", "MIT", 0, ""));

        assertThat(defined.created()).isFalse();
        assertThat(defined.source().documents()).isEqualTo(1);
        assertThat(defined.source().source().licence()).isEqualTo("MIT");
        assertThat(store.documents(NEWS, "", 10)).hasSize(1);
    }

    @Test
    void sources_arePagedInTheOrderOfTheirIds() {
        List.of("c", "a", "b").forEach(id -> define(new SourceId(id)));

        assertThat(store.sources("", 2))
                .extracting(stored -> stored.source().id().value())
                .containsExactly("a", "b");
        assertThat(store.sources("b", 2))
                .extracting(stored -> stored.source().id().value())
                .containsExactly("c");
    }

    @Test
    void add_keepsAllThatIsSaid() {
        define(NEWS);
        Draft draft = new Draft(new Text("Ein Text. 🙂"), "Titel", "https://x.example/1", "de", Optional.of("n-1"));

        Added added = add(NEWS, draft);

        String id = added.rows().get(0).documentId();
        assertThat(id).matches("doc_[0-9]{16}");
        assertThat(added).isEqualTo(new Added(new RevisionId(2), List.of(new Row(id, Fate.ADDED)), List.of()));
        Document expected = new Document(id, NEWS, draft, new RevisionId(2), START, List.of());
        assertThat(store.documents(NEWS, "", 10)).containsExactly(expected);
        assertThat(store.find(List.of(id, "doc_9999999999999999", "nonsense"))).containsOnlyKeys(id);
        assertThat(store.count()).isEqualTo(1);
        assertThat(store.source(NEWS).orElseThrow().revision()).isEqualTo(new RevisionId(2));
        assertThat(store.lastChange()).isEqualTo(2);
    }

    @Test
    void sameContent_isReportedAndNotDoubled() {
        define(NEWS);
        define(BOOKS);
        String first = add(NEWS, Draft.of("same")).rows().get(0).documentId();

        Added again = add(NEWS, Draft.of("same"), Draft.of("other"), Draft.of("other"));

        assertThat(again.rows()).extracting(Row::fate).containsExactly(Fate.DUPLICATE, Fate.ADDED, Fate.DUPLICATE);
        assertThat(again.rows().get(0).documentId()).isEqualTo(first);
        assertThat(again.rows().get(2).documentId())
                .isEqualTo(again.rows().get(1).documentId());
        assertThat(add(BOOKS, Draft.of("same")).rows().get(0).fate()).isEqualTo(Fate.ADDED);
        assertThat(store.count()).isEqualTo(3);
    }

    @Test
    void onlyDuplicates_changeNoRevision() {
        define(NEWS);
        Added first = add(NEWS, Draft.of("same"));

        Added again = add(NEWS, Draft.of("same"));

        assertThat(again.revision()).isEqualTo(first.revision());
        assertThat(store.lastChange()).isEqualTo(first.revision().number());
        assertThat(add(NEWS).revision()).isEqualTo(first.revision());
    }

    @Test
    void sameExternalId_replaces() {
        define(NEWS);
        String first = add(NEWS, named("row", "old")).rows().get(0).documentId();

        Added again = add(NEWS, named("row", "new"), named("row", "newest"), named("row", "newest"));

        assertThat(again.rows()).extracting(Row::fate).containsExactly(Fate.REPLACED, Fate.REPLACED, Fate.DUPLICATE);
        assertThat(again.replaced()).containsExactly(first);
        assertThat(store.documents(NEWS, "", 10))
                .extracting(document -> document.draft().text().value())
                .containsExactly("newest");
        assertThat(store.count()).isEqualTo(1);
    }

    @Test
    void externalIds_areThoseOfASource() {
        define(NEWS);
        define(BOOKS);
        add(NEWS, named("row", "of news"));

        assertThat(add(BOOKS, named("row", "of books")).rows().get(0).fate()).isEqualTo(Fate.ADDED);
        assertThat(add(NEWS, Draft.of("of news")).rows().get(0).fate()).isEqualTo(Fate.ADDED);
        assertThat(store.count()).isEqualTo(3);
    }

    @Test
    void documents_arePagedInTheOrderOfAdding() {
        define(NEWS);
        define(BOOKS);
        for (int i = 0; i < 5; i++) {
            add(i % 2 == 0 ? NEWS : BOOKS, Draft.of("text " + i));
        }

        List<Document> first = store.documents(NEWS, "", 2);
        assertThat(texts(first)).containsExactly("text 0", "text 2");
        assertThat(texts(store.documents(NEWS, first.get(1).id(), 2))).containsExactly("text 4");
        assertThat(texts(store.documents("", 3))).containsExactly("text 0", "text 1", "text 2");
        assertThat(store.documents(NEWS, "nonsense", 2)).isEmpty();
    }

    @Test
    void remove_takesADocumentOfItsSourceAlone() {
        define(NEWS);
        define(BOOKS);
        String id = add(NEWS, Draft.of("one"), Draft.of("two")).rows().get(0).documentId();

        assertThatThrownBy(() -> store.remove(BOOKS, id)).isInstanceOf(Refusal.NotFound.class);
        RevisionId revision = store.remove(NEWS, id);

        assertThat(texts(store.documents(NEWS, "", 10))).containsExactly("two");
        assertThat(store.source(NEWS).orElseThrow().documents()).isEqualTo(1);
        assertThat(store.source(NEWS).orElseThrow().revision()).isEqualTo(revision);
        assertThat(store.lastChange()).isEqualTo(revision.number());
        assertThatThrownBy(() -> store.remove(NEWS, id)).isInstanceOf(Refusal.NotFound.class);
        assertThat(add(NEWS, Draft.of("one")).rows().get(0)).satisfies(row -> {
            assertThat(row.fate()).isEqualTo(Fate.ADDED);
            assertThat(row.documentId()).isNotEqualTo(id);
        });
    }

    @Test
    void remove_takesASourceWithAllItsDocuments() {
        define(NEWS);
        define(BOOKS);
        add(NEWS, Draft.of("one"), Draft.of("two"));
        add(BOOKS, Draft.of("three"));

        store.remove(NEWS);

        assertThat(store.source(NEWS)).isEmpty();
        assertThat(texts(store.documents("", 10))).containsExactly("three");
        assertThat(store.count()).isEqualTo(1);
        assertThatThrownBy(() -> store.remove(NEWS)).isInstanceOf(Refusal.NotFound.class);
        assertThatThrownBy(() -> add(NEWS, Draft.of("x"))).isInstanceOf(Refusal.NotFound.class);
        define(NEWS);
        assertThat(store.documents(NEWS, "", 10)).isEmpty();
    }

    @Test
    void replies_areKeptWithWhatTheyAnswer_andRefuseARepetition() {
        define(NEWS);
        Idempotency once = new Idempotency("POST /v1/sources/news/documents k", "digest");
        store.add(NEWS, List.of(Draft.of("one")), Optional.of(once), added -> new Idempotency.Reply(200, "{}"));

        assertThatThrownBy(() -> store.add(
                        NEWS, List.of(Draft.of("two")), Optional.of(once), added -> new Idempotency.Reply(200, "{}")))
                .isInstanceOf(Refusal.InProgress.class);
        assertThat(store.count()).isEqualTo(1);
    }

    @Test
    void failingReply_addsNothing() {
        define(NEWS);
        Idempotency once = new Idempotency("k", "digest");

        assertThatThrownBy(() -> store.add(NEWS, List.of(Draft.of("one")), Optional.of(once), added -> {
                    throw new IllegalStateException("no reply");
                }))
                .isInstanceOf(IllegalStateException.class);
        assertThat(store.count()).isZero();
        assertThat(store.documents("", 10)).isEmpty();
    }

    @Test
    void evaluationSet_keepsItsWindowsAndMarksDocuments() {
        define(NEWS);
        Added added = add(NEWS, Draft.of("one"), Draft.of("two"));
        String leaked = added.rows().get(1).documentId();
        long[] windows = {Long.MIN_VALUE, -1, 0, 7, Long.MAX_VALUE};

        DocumentStore.Registered registered = store.register(new Registration(SUITE, 3, windows), List.of(leaked));

        EvaluationSet expected = new EvaluationSet(SUITE, 3, 5, new RevisionId(3), START, 1);
        assertThat(registered).isEqualTo(new DocumentStore.Registered(expected, true));
        assertThat(store.evaluationSets()).containsExactly(expected);
        assertThat(store.evaluationWindows().get(SUITE)).isEqualTo(windows);
        assertThat(store.lastChange()).isEqualTo(3);
        assertThat(store.documents(NEWS, "", 10))
                .extracting(Document::leaks)
                .containsExactly(List.of(), List.of(SUITE));
    }

    @Test
    void evaluationSet_registeredAgainMarksAnew() {
        define(NEWS);
        Added added = add(NEWS, Draft.of("one"), Draft.of("two"));
        List<String> ids = added.rows().stream().map(Row::documentId).toList();
        store.register(new Registration(SUITE, 1, new long[] {1}), ids);
        store.register(new Registration(new EvaluationSetId("another"), 1, new long[] {2}), ids);

        DocumentStore.Registered again =
                store.register(new Registration(SUITE, 2, new long[] {3, 4}), ids.subList(0, 1));

        assertThat(again.created()).isFalse();
        assertThat(again.set().leaked()).isEqualTo(1);
        assertThat(store.documents(NEWS, "", 10))
                .extracting(Document::leaks)
                .containsExactly(
                        List.of(new EvaluationSetId("another"), SUITE), List.of(new EvaluationSetId("another")));
    }

    @Test
    void evaluationSet_takesItsMarksWithIt() {
        define(NEWS);
        String id = add(NEWS, Draft.of("one")).rows().get(0).documentId();
        store.register(new Registration(SUITE, 1, new long[] {1}), List.of(id));

        RevisionId revision = store.unregister(SUITE);

        assertThat(store.documents(NEWS, "", 10).get(0).leaks()).isEmpty();
        assertThat(store.evaluationSets()).isEmpty();
        assertThat(store.lastChange()).isEqualTo(revision.number());
        assertThatThrownBy(() -> store.unregister(SUITE)).isInstanceOf(Refusal.NotFound.class);
    }

    @Test
    void removedDocument_isMarkedNoMore() {
        define(NEWS);
        String id = add(NEWS, Draft.of("one")).rows().get(0).documentId();
        store.register(new Registration(SUITE, 1, new long[] {1}), List.of(id));

        store.remove(NEWS, id);

        assertThat(store.evaluationSets().get(0).leaked()).isZero();
    }

    @Test
    void manyDrafts_areFoundAgain() {
        define(NEWS);
        Draft[] drafts = IntStream.range(0, 2_500)
                .mapToObj(i -> i % 2 == 0 ? Draft.of("text " + i) : named("id " + i, "text " + i))
                .toArray(Draft[]::new);
        Added first = add(NEWS, drafts);

        Added again = add(NEWS, drafts);

        assertThat(first.rows()).allMatch(row -> row.fate() == Fate.ADDED);
        assertThat(again.rows()).allMatch(row -> row.fate() == Fate.DUPLICATE);
        List<String> ids = again.rows().stream().map(Row::documentId).toList();
        assertThat(ids).isEqualTo(first.rows().stream().map(Row::documentId).toList());
        assertThat(store.find(ids)).hasSize(2_500);
    }

    private void define(SourceId id) {
        store.define(new DocumentSource(id, "", "", 1, ""));
    }

    private Added add(SourceId id, Draft... drafts) {
        return store.add(id, List.of(drafts), Optional.empty(), added -> new Idempotency.Reply(200, "{}"));
    }

    private static Draft named(String externalId, String text) {
        return new Draft(new Text(text), "", "", "", Optional.of(externalId));
    }

    private static List<String> texts(List<Document> documents) {
        return documents.stream()
                .map(document -> document.draft().text().value())
                .toList();
    }
}
