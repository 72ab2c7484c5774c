// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perennial.document.Document;
import dev.perennial.document.DocumentSource;
import dev.perennial.document.DocumentStore;
import dev.perennial.document.DocumentStoreContract;
import dev.perennial.document.Draft;
import dev.perennial.document.SourceId;
import dev.perennial.task.Idempotency;
import dev.perennial.text.Text;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Documents in SQLite; what was removed is in no byte of any file. */
final class SqliteDocumentStoreTest extends DocumentStoreContract {
    private static final SourceId SOURCE = new SourceId("erasure");

    @TempDir
    private Path directory;

    private SqliteDatabase database;

    @Override
    protected DocumentStore create(InstantSource clock) {
        database = SqliteDatabase.open(directory.resolve("perennial.db"));
        return new SqlDocumentStore(database, clock);
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void reopenedStore_holdsTheSame() {
        SqlDocumentStore store = new SqlDocumentStore(database, InstantSource.system());
        add(store, Draft.of("one"), Draft.of("two"));
        List<Document> before = store.documents("", 10);
        close();

        DocumentStore reopened = create(InstantSource.system());

        assertThat(reopened.documents("", 10)).isEqualTo(before);
    }

    @Test
    void remove_erasesAllThatADocumentSays() {
        SqlDocumentStore store = new SqlDocumentStore(database, InstantSource.system());
        Draft secret = new Draft(
                new Text("secret text " + "and on ".repeat(3_000)),
                "secret title",
                "secret origin",
                "x-secret",
                Optional.of("secret id"));
        String id = add(store, Draft.of("kept text"), secret).get(1);
        List<String> parts = List.of(
                "secret text",
                "secret title",
                "secret origin",
                "x-secret",
                "secret id",
                secret.contentKey().hex());
        assertThat(parts).allMatch(StoredBytes.in(directory)::contain);

        store.remove(SOURCE, id);

        assertThat(parts).noneMatch(StoredBytes.in(directory)::contain);
        assertThat(StoredBytes.in(directory).contain("kept text")).isTrue();
    }

    @Test
    void replacement_erasesWhatItReplaces() {
        SqlDocumentStore store = new SqlDocumentStore(database, InstantSource.system());
        add(store, new Draft(new Text("the first version"), "", "", "", Optional.of("row")));
        add(store, new Draft(new Text("the second version"), "", "", "", Optional.of("row")));

        assertThat(StoredBytes.in(directory).contain("the first version")).isFalse();
        assertThat(StoredBytes.in(directory).contain("the second version")).isTrue();
    }

    @Test
    void remove_erasesASourceAndAllItsDocuments() {
        SqlDocumentStore store = new SqlDocumentStore(database, InstantSource.system());
        store.define(new DocumentSource(SOURCE, "secret place", "", 1, "secret description"));
        List<String> parts = new ArrayList<>(List.of("secret place", "secret description"));
        for (int i = 0; i < 300; i++) {
            add(store, Draft.of("secret " + i + " " + "text ".repeat(i * 10)));
            parts.add("secret " + i + " ");
        }
        assertThat(parts).allMatch(StoredBytes.in(directory)::contain);

        store.remove(SOURCE);

        assertThat(parts).noneMatch(StoredBytes.in(directory)::contain);
    }

    /** Rows of several sizes, so that pages would be merged if rows were deleted. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void randomHistories_leaveNoTraceOfRemovedDocuments(long number) {
        long seed = Long.getLong("perennial.seed", number);
        Random random = new Random(seed);
        SqlDocumentStore store = new SqlDocumentStore(database, InstantSource.system());
        List<Document> live = new ArrayList<>();
        List<Document> gone = new ArrayList<>();
        for (int step = 0; step < 200; step++) {
            if (live.size() < 30 || random.nextInt(5) < 2) {
                String text = "trace " + random.nextLong() + " "
                        + "x".repeat(random.nextInt(random.nextInt(8) == 0 ? 20_000 : 600));
                String id = add(store, Draft.of(text)).get(0);
                live.add(store.find(List.of(id)).get(id));
            } else {
                Document removed = live.remove(random.nextInt(live.size()));
                store.remove(SOURCE, removed.id());
                gone.add(removed);
            }
        }

        StoredBytes bytes = StoredBytes.in(directory);
        assertThat(gone).as("seed %d", seed).isNotEmpty().noneMatch(document -> isIn(bytes, document));
        assertThat(live).as("seed %d", seed).allMatch(document -> isIn(bytes, document));
    }

    private static boolean isIn(StoredBytes bytes, Document document) {
        String text = document.draft().text().value();
        return bytes.contain(text.substring(0, Math.min(text.length(), 20)))
                || bytes.contain(document.draft().contentKey().hex());
    }

    private static List<String> add(DocumentStore store, Draft... drafts) {
        if (store.source(SOURCE).isEmpty()) {
            store.define(new DocumentSource(SOURCE, "", "", 1, ""));
        }
        return store
                .add(SOURCE, List.of(drafts), Optional.empty(), added -> new Idempotency.Reply(200, "{}"))
                .rows()
                .stream()
                .map(DocumentStore.Row::documentId)
                .toList();
    }
}
