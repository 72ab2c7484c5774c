// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import dev.perennial.document.Document;
import dev.perennial.document.Draft;
import dev.perennial.document.EvaluationSetId;
import dev.perennial.document.SourceId;
import dev.perennial.task.ContentKey;
import dev.perennial.task.RevisionId;
import dev.perennial.text.Text;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/** Rows of {@code documents} and of the marks on them. Belongs to one transaction. */
final class DocumentTable {
    private static final int MOST_VALUES_IN_A_STATEMENT = 1_000;
    private static final int BUCKET_DIGITS = 6;
    private static final int HEXADECIMAL = 16;
    private static final String SELECT = """
            SELECT number, source_id, added_revision, added_at, external_id, title, origin, language, text,
                (SELECT string_agg(set_id, ' ' ORDER BY set_id) FROM leaks WHERE document = number) AS leaks
            FROM documents WHERE removed_revision IS NULL AND""";

    /** A document that is there already. */
    record Held(long number, String contentKey, Optional<String> externalId) {}

    private final Handle handle;

    DocumentTable(Handle handle) {
        this.handle = handle;
    }

    /** At most {@code limit} documents of a source with a number greater than {@code after}. */
    List<Document> page(SourceId source, long after, int limit) {
        return handle.createQuery(SELECT + " source_id = :source AND number > :after ORDER BY number LIMIT :limit")
                .bind("source", source.value())
                .bind("after", after)
                .bind("limit", limit)
                .map((row, context) -> read(row))
                .list();
    }

    /** The same of all sources. */
    List<Document> page(long after, int limit) {
        return handle.createQuery(SELECT + " number > :after ORDER BY number LIMIT :limit")
                .bind("after", after)
                .bind("limit", limit)
                .map((row, context) -> read(row))
                .list();
    }

    List<Document> find(Collection<Long> numbers) {
        List<Document> found = new ArrayList<>();
        for (List<Long> some : parts(numbers)) {
            found.addAll(handle.createQuery(SELECT + " number IN (<numbers>)")
                    .bindList("numbers", some)
                    .map((row, context) -> read(row))
                    .list());
        }
        return found;
    }

    List<Long> numbers(SourceId source) {
        return handle.createQuery("SELECT number FROM documents WHERE source_id = :source AND removed_revision IS NULL")
                .bind("source", source.value())
                .mapTo(Long.class)
                .list();
    }

    /** The documents in the buckets of these drafts. */
    List<Held> held(SourceId source, Collection<Draft> drafts) {
        List<Held> held = new ArrayList<>();
        for (List<Long> some :
                parts(drafts.stream().map(DocumentTable::bucket).distinct().toList())) {
            held.addAll(handle.createQuery("""
                            SELECT number, content_key, external_id FROM documents
                            WHERE source_id = :source AND removed_revision IS NULL AND bucket IN (<buckets>)
                            ORDER BY number""")
                    .bind("source", source.value())
                    .bindList("buckets", some)
                    .map((row, context) -> new Held(
                            row.getLong("number"),
                            row.getString("content_key"),
                            Optional.ofNullable(row.getString("external_id"))))
                    .list());
        }
        return held;
    }

    void insert(Map<Long, Draft> draftByNumber, SourceId source, RevisionId revision, long addedAt) {
        if (draftByNumber.isEmpty()) {
            return;
        }
        PreparedBatch batch = handle.prepareBatch("""
                INSERT INTO documents (number, source_id, added_revision, added_at, bucket, content_key, external_id,
                    title, origin, language, text)
                VALUES (:number, :source, :revision, :at, :bucket, :key, :externalId, :title, :origin, :language, :text)""");
        draftByNumber.forEach((number, draft) -> batch.bind("number", number)
                .bind("source", source.value())
                .bind("revision", revision.number())
                .bind("at", addedAt)
                .bind("bucket", bucket(draft))
                .bind("key", draft.contentKey().hex())
                .bind("externalId", draft.externalId().orElse(null))
                .bind("title", draft.title())
                .bind("origin", draft.origin())
                .bind("language", draft.language())
                .bind("text", draft.text().value())
                .add());
        batch.execute();
    }

    /** Turns documents into tombstones, which keep only the number, the source and the two revisions. */
    void empty(Collection<Long> numbers, RevisionId removedBy) {
        if (numbers.isEmpty()) {
            return;
        }
        PreparedBatch documents = handle.prepareBatch("""
                UPDATE documents
                SET removed_revision = :revision, added_at = 0, bucket = NULL, content_key = NULL, external_id = NULL,
                    title = NULL, origin = NULL, language = NULL, text = NULL
                WHERE number = :number""");
        PreparedBatch leaks = handle.prepareBatch("DELETE FROM leaks WHERE document = :number");
        for (long number : numbers) {
            documents
                    .bind("revision", removedBy.number())
                    .bind("number", number)
                    .add();
            leaks.bind("number", number).add();
        }
        documents.execute();
        leaks.execute();
    }

    private static <T> List<List<T>> parts(Collection<T> values) {
        List<T> all = List.copyOf(values);
        List<List<T>> parts = new ArrayList<>();
        for (int from = 0; from < all.size(); from += MOST_VALUES_IN_A_STATEMENT) {
            parts.add(all.subList(from, Math.min(all.size(), from + MOST_VALUES_IN_A_STATEMENT)));
        }
        return parts;
    }

    private static long bucket(Draft draft) {
        ContentKey key = draft.externalId().map(ContentKey::ofText).orElseGet(draft::contentKey);
        return Long.parseLong(key.hex().substring(0, BUCKET_DIGITS), HEXADECIMAL);
    }

    private static Document read(ResultSet row) throws SQLException {
        Draft draft = new Draft(
                new Text(row.getString("text")),
                row.getString("title"),
                row.getString("origin"),
                row.getString("language"),
                Optional.ofNullable(row.getString("external_id")));
        return new Document(
                DocumentId.of(row.getLong("number")),
                new SourceId(row.getString("source_id")),
                draft,
                new RevisionId(row.getLong("added_revision")),
                EpochMicros.toInstant(row.getLong("added_at")),
                Optional.ofNullable(row.getString("leaks")).stream()
                        .flatMap(sets -> Stream.of(sets.split(" ")))
                        .map(EvaluationSetId::new)
                        .toList());
    }
}
