// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import dev.perennial.knowledge.Statement;
import dev.perennial.knowledge.Statement.Aspect;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/** Rows of {@code statements}. Belongs to one transaction. */
final class StatementTable {
    /** Two statements about an entity are the same when so many bytes of their digests are. */
    private static final int DIGEST_BYTES = 16;

    private static final String NOTHING = "NOTHING";
    private static final String COLUMNS =
            "number, graph_import, entity, digest, aspect, relation, value, language, seen";

    private final Handle handle;

    StatementTable(Handle handle) {
        this.handle = handle;
    }

    /**
     * A statement and where it lies.
     *
     * @param number in the order in which statements came
     * @param graphImport number of its import
     * @param position where it lies in the order of entities
     * @param statement empty when it says that there is nothing to be said
     */
    record Row(long number, long graphImport, Position position, Optional<Statement> statement) {}

    /** A place in the order of entities. */
    @SuppressWarnings("ArrayRecordComponent")
    record Position(String entity, byte[] digest, long graphImport) {
        /** Before every entity. */
        static final Position START = new Position("", new byte[0], 0);
    }

    /**
     * Adds what the source of an open import has not said before.
     *
     * @return how many
     */
    int add(Change change, GraphImportTable.Open into, List<Statement> statements) {
        long number = change.reserve("statement", statements.size());
        PreparedBatch batch = handle.prepareBatch("INSERT INTO statements (graph, " + COLUMNS + """
                )
                SELECT :graph, :number, :import, :entity, :digest, :aspect, :relation, :value, :language, :seen
                WHERE NOT EXISTS (
                    SELECT 1 FROM statements s JOIN graph_imports i ON i.number = s.graph_import
                    WHERE s.graph = :graph AND s.entity = :entity AND s.digest = :digest
                        AND (i.number = :import OR (i.source = :source AND i.state = 'FINISHED')))""");
        MessageDigest sha256 = sha256();
        for (Statement statement : statements) {
            batch.bind("graph", into.graph())
                    .bind("number", number++)
                    .bind("import", into.number())
                    .bind("entity", statement.entity())
                    .bind("digest", digest(sha256, statement))
                    .bind("aspect", statement.aspect().name())
                    .bind("relation", statement.relation())
                    .bind("value", statement.value())
                    .bind("language", statement.language())
                    .bind("seen", statement.count())
                    .bind("source", into.source())
                    .add();
        }
        return Arrays.stream(batch.execute()).sum();
    }

    /** Says that there is nothing to be said of an entity. */
    void addNothing(Change change, long graph, long graphImport, String entity) {
        handle.createUpdate("INSERT INTO statements (graph, " + COLUMNS + """
                        )
                        VALUES (:graph, :number, :import, :entity, :digest, :aspect, '', '', '', 1)""")
                .bind("graph", graph)
                .bind("number", change.reserve("statement", 1))
                .bind("import", graphImport)
                .bind("entity", entity)
                .bind("digest", new byte[DIGEST_BYTES])
                .bind("aspect", NOTHING)
                .execute();
    }

    /**
     * Deletes what an import says of an entity. Returns how many rows there were, and how many of them said something.
     */
    Deleted deleteOf(long graph, long graphImport, String entity) {
        String where = " FROM statements WHERE graph = :graph AND entity = :entity AND graph_import = :import";
        long saying = handle.createQuery("SELECT count(*)" + where + " AND aspect <> '" + NOTHING + "'")
                .bind("graph", graph)
                .bind("entity", entity)
                .bind("import", graphImport)
                .mapTo(long.class)
                .one();
        int rows = handle.createUpdate("DELETE" + where)
                .bind("graph", graph)
                .bind("entity", entity)
                .bind("import", graphImport)
                .execute();
        return new Deleted(rows, saying);
    }

    /**
     * @param rows how many rows went
     * @param statements how many of them were statements
     */
    record Deleted(int rows, long statements) {}

    /** Deletes statements of an import whose numbers are above {@code after} and at most {@code last}. */
    void delete(long graphImport, long after, long last) {
        handle.createUpdate("""
                        DELETE FROM statements
                        WHERE number > :after AND number <= :last AND graph_import = :import""")
                .bind("after", after)
                .bind("last", last)
                .bind("import", graphImport)
                .execute();
    }

    List<Row> of(long graph, String entity) {
        return handle.createQuery("SELECT " + COLUMNS
                        + " FROM statements WHERE graph = :graph AND entity = :entity ORDER BY number")
                .bind("graph", graph)
                .bind("entity", entity)
                .map((row, context) -> read(row))
                .list();
    }

    /** At most {@code limit} rows after a position, in the order of entities. */
    List<Row> after(long graph, Position position, int limit) {
        return handle.createQuery("SELECT " + COLUMNS + """
                         FROM statements
                        WHERE graph = :graph AND (entity, digest, graph_import) > (:entity, :digest, :import)
                        ORDER BY entity, digest, graph_import LIMIT :limit""")
                .bind("graph", graph)
                .bind("entity", position.entity())
                .bind("digest", position.digest())
                .bind("import", position.graphImport())
                .bind("limit", limit)
                .map((row, context) -> read(row))
                .list();
    }

    private static Row read(ResultSet row) throws SQLException {
        String entity = row.getString("entity");
        String aspect = row.getString("aspect");
        long graphImport = row.getLong("graph_import");
        Optional<Statement> statement = aspect.equals(NOTHING)
                ? Optional.empty()
                : Optional.of(new Statement(
                        entity,
                        Aspect.valueOf(aspect),
                        row.getString("relation"),
                        row.getString("value"),
                        row.getString("language"),
                        row.getInt("seen")));
        Position position = new Position(entity, row.getBytes("digest"), graphImport);
        return new Row(row.getLong("number"), graphImport, position, statement);
    }

    /** How often words were seen is no part of what they say. */
    private static byte[] digest(MessageDigest sha256, Statement statement) {
        update(sha256, statement.aspect().name());
        update(sha256, statement.relation());
        update(sha256, statement.language());
        update(sha256, statement.value());
        return Arrays.copyOf(sha256.digest(), DIGEST_BYTES);
    }

    private static void update(MessageDigest sha256, String part) {
        byte[] utf8 = part.getBytes(StandardCharsets.UTF_8);
        sha256.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, utf8.length));
        sha256.update(utf8);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }
}
