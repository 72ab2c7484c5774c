// SPDX-License-Identifier: Apache-2.0
package dev.perennial.lucene;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.perennial.document.Document;
import dev.perennial.document.DocumentIndex;
import dev.perennial.document.DocumentIndex.Mode;
import dev.perennial.document.DocumentSource;
import dev.perennial.document.DocumentStore.Fate;
import dev.perennial.document.DocumentStore.Row;
import dev.perennial.document.Draft;
import dev.perennial.document.EncodedPassages;
import dev.perennial.document.EvaluationSetId;
import dev.perennial.document.Library;
import dev.perennial.document.SourceId;
import dev.perennial.encode.EncoderInfo;
import dev.perennial.encode.EncoderPool;
import dev.perennial.encode.Encoders;
import dev.perennial.encode.FakeEncoder;
import dev.perennial.refusal.Refusal;
import dev.perennial.store.SqlDocumentStore;
import dev.perennial.store.SqliteDatabase;
import dev.perennial.task.Idempotency;
import dev.perennial.text.Text;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Store, index and guard together: what is stored and clear is found, and nothing else. */
final class LibraryTest {
    private static final SourceId NEWS = new SourceId("news");
    private static final EvaluationSetId SUITE = new EvaluationSetId("suite");
    private static final String LEAK = "my card was stolen yesterday";

    @TempDir
    private Path directory;

    private final EncoderPool pool = new EncoderPool(1, 1_000_000);
    private final Encoders encoders =
            new Encoders(pool, List.of(new FakeEncoder(EncoderInfo.Reading.STATIC, "static")));
    private SqliteDatabase database;
    private Library library;

    @BeforeEach
    void open() {
        database = SqliteDatabase.open(directory.resolve("perennial.db"));
        library = new Library(
                new SqlDocumentStore(database, InstantSource.system()),
                new LuceneDocumentIndex(directory.resolve("index"), new EncodedPassages(encoders)),
                new Library.Bounds(1_000, 10_000, Duration.ofSeconds(20)));
        library.open();
        library.define(new DocumentSource(NEWS, "", "CC0", 0.5, ""));
    }

    void stop() {
        library.close();
        database.close();
    }

    @AfterEach
    void close() {
        stop();
        pool.close();
    }

    @Test
    void addedDocument_isFoundWithItsSource() {
        add(Draft.of("glaciers are melting"));

        List<Library.Finding> found = library.search(query("melting glaciers", Mode.HYBRID));

        assertThat(found).hasSize(1);
        assertThat(found.get(0).document().draft().text().value()).isEqualTo("glaciers are melting");
        assertThat(found.get(0).source().licence()).isEqualTo("CC0");
    }

    @Test
    void replacedAndRemovedDocuments_areFoundNoMore() {
        add(named("row", "glaciers of old"));
        List<Row> rows = add(named("row", "glaciers of today"), Draft.of("glaciers elsewhere"));
        assertThat(texts("glaciers")).containsExactlyInAnyOrder("glaciers of today", "glaciers elsewhere");

        library.remove(NEWS, rows.get(1).documentId());
        assertThat(texts("glaciers")).containsExactly("glaciers of today");

        library.remove(NEWS);
        assertThat(texts("glaciers")).isEmpty();
    }

    @Test
    void textOfAnEvaluationSet_isNotTaken() {
        library.register(SUITE, List.of(LEAK));

        Library.Receipt receipt = receipt(Draft.of("clear"), Draft.of("He said: My card was stolen, yesterday!"));

        assertThat(receipt.leaks()).isEqualTo(Map.of(1, List.of(SUITE)));
        assertThat(receipt.added().rows()).hasSize(1);
        assertThat(library.store().documents("", 10)).hasSize(1);
    }

    @Test
    void laterEvaluationSet_marksWhatIsThere_untilItIsForgotten() {
        add(Draft.of(LEAK + " and on"), Draft.of("my card is blue"));

        assertThat(library.register(SUITE, List.of(LEAK)).set().leaked()).isEqualTo(1);
        assertThat(texts("card")).containsExactly("my card is blue");
        assertThat(library.store().documents("", 10))
                .extracting(Document::leaks)
                .containsExactly(List.of(SUITE), List.of());

        library.unregister(SUITE);
        assertThat(texts("card")).hasSize(2);
        assertThat(receipt(Draft.of(LEAK)).leaks()).isEmpty();
    }

    @Test
    void replacedEvaluationSet_marksAnew() {
        add(Draft.of(LEAK), Draft.of("the card that I ordered never came"));
        library.register(SUITE, List.of(LEAK));

        library.register(SUITE, List.of("card that I ordered"));

        assertThat(texts("card")).containsExactly(LEAK);
    }

    @Test
    void guard_survivesARestart() {
        library.register(SUITE, List.of(LEAK));
        stop();
        open();

        assertThat(receipt(Draft.of(LEAK)).leaks()).containsOnlyKeys(0);
    }

    @Test
    void lostIndex_isMadeAnewFromTheStore() throws IOException {
        add(IntStream.range(0, 450)
                .mapToObj(i -> Draft.of("glacier number " + i))
                .toArray(Draft[]::new));
        stop();
        try (Stream<Path> files = Files.list(directory.resolve("index"))) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        open();

        assertThat(library.search(new DocumentIndex.Query("glacier", Set.of(), Mode.TEXT, 1_000)))
                .hasSize(450);
    }

    /** As after a crash between the two. */
    @Test
    void indexThatFellBehind_catchesUp() {
        List<Row> rows = add(Draft.of("glacier one"), Draft.of("glacier two"));
        library.close();
        SqlDocumentStore store = new SqlDocumentStore(database, InstantSource.system());
        store.remove(NEWS, rows.get(0).documentId());
        store.add(NEWS, List.of(Draft.of("glacier three")), Optional.empty(), a -> new Idempotency.Reply(200, ""));
        database.close();
        open();

        assertThat(texts("glacier")).containsExactlyInAnyOrder("glacier two", "glacier three");
        library.close();
        try (LuceneDocumentIndex index =
                new LuceneDocumentIndex(directory.resolve("index"), new EncodedPassages(encoders))) {
            index.open();
            assertThat(index.documents()).hasSize(2).doesNotContain(rows.get(0).documentId());
        }
    }

    @Test
    void anotherEncoder_makesTheIndexAnew() {
        add(Draft.of("glacier one"));
        encoders.add(new FakeEncoder(EncoderInfo.Reading.STATIC, "a-static-that-comes-first"));

        await().atMost(Duration.ofSeconds(20))
                .ignoreExceptionsInstanceOf(Refusal.NotReady.class)
                .untilAsserted(() -> assertThat(library.search(query("glacier", Mode.VECTOR)))
                        .hasSize(1));
        add(Draft.of("glacier two"));
        assertThat(library.search(query("glacier", Mode.VECTOR))).hasSize(2);
    }

    @Test
    void bounds_hold() {
        Draft[] many =
                IntStream.range(0, 1_000).mapToObj(i -> Draft.of("text " + i)).toArray(Draft[]::new);
        add(many);

        assertThatThrownBy(() -> add(Draft.of("one more"))).isInstanceOf(Refusal.TooLarge.class);
        assertThat(library.store().count()).isEqualTo(1_000);
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < 10_001; i++) {
            texts.add("evaluation text number " + i);
        }
        assertThatThrownBy(() -> library.register(SUITE, texts)).isInstanceOf(Refusal.TooLarge.class);
        assertThat(library.store().evaluationSets()).isEmpty();
    }

    /** Changes of all kinds, beside restarts and an index that is being made anew. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void randomHistories_areSearchedAsTheyAreStored(long number) {
        long seed = Long.getLong("perennial.seed", number);
        Random random = new Random(seed);
        for (int step = 0; step < 40; step++) {
            List<Document> stored = library.store().documents("", 1_000);
            switch (random.nextInt(stored.isEmpty() ? 1 : 7)) {
                case 0, 1, 2 ->
                    add(IntStream.range(0, 1 + random.nextInt(5))
                            .mapToObj(i -> named("id " + random.nextInt(12), "glacier " + words(random)))
                            .toArray(Draft[]::new));
                case 3 ->
                    library.remove(
                            NEWS, stored.get(random.nextInt(stored.size())).id());
                case 4 ->
                    library.register(
                            new EvaluationSetId("set-" + random.nextInt(2)),
                            List.of(
                                    "glacier " + words(random),
                                    stored.get(0).draft().text().value()));
                case 5 ->
                    library.store().evaluationSets().stream()
                            .findFirst()
                            .ifPresent(set -> library.unregister(set.id()));
                default -> {
                    stop();
                    open();
                }
            }
            if (random.nextInt(3) > 0) {
                continue;
            }
            List<String> expected = library.store().documents("", 1_000).stream()
                    .filter(document -> document.leaks().isEmpty())
                    .map(document -> document.draft().text().value())
                    .toList();
            assertThat(texts("glacier"))
                    .as("seed %d, step %d", seed, step)
                    .containsExactlyInAnyOrderElementsOf(expected);
        }
    }

    @Test
    void changesBesideUpkeep_areNotLost() throws Exception {
        add(IntStream.range(0, 800)
                .mapToObj(i -> Draft.of("glacier number " + i))
                .toArray(Draft[]::new));
        List<Document> stored = library.store().documents("", 1_000);
        library.register(SUITE, List.of("nothing of the sort"));
        library.unregister(SUITE);
        CompletableFuture<Void> removing = CompletableFuture.runAsync(() -> {
            for (int i = 0; i < 8; i++) {
                library.remove(NEWS, stored.get(i * 100).id());
            }
        });
        for (int i = 0; i < 8; i++) {
            assertThat(add(Draft.of("glacier late " + i)).get(0).fate()).isEqualTo(Fate.ADDED);
        }
        removing.get();

        assertThat(library.search(new DocumentIndex.Query("glacier", Set.of(), Mode.TEXT, 1_000)))
                .hasSize(800);
        assertThat(library.search(new DocumentIndex.Query("late", Set.of(), Mode.TEXT, 1_000)))
                .hasSize(8);
    }

    private static String words(Random random) {
        StringBuilder words = new StringBuilder();
        for (int i = 0; i < 6; i++) {
            words.append((char) ('a' + random.nextInt(2))).append(' ');
        }
        return words.toString();
    }

    private List<Row> add(Draft... drafts) {
        return receipt(drafts).added().rows();
    }

    private Library.Receipt receipt(Draft... drafts) {
        return library.add(NEWS, List.of(drafts), Optional.empty(), done -> new Idempotency.Reply(200, "{}"));
    }

    private static Draft named(String externalId, String text) {
        return new Draft(new Text(text), "", "", "", Optional.of(externalId));
    }

    private List<String> texts(String words) {
        return library.search(new DocumentIndex.Query(words, Set.of(), Mode.TEXT, 1_000)).stream()
                .map(finding -> finding.document().draft().text().value())
                .toList();
    }

    private static DocumentIndex.Query query(String text, Mode mode) {
        return new DocumentIndex.Query(text, Set.of(), mode, 10);
    }
}
