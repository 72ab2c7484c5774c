// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import dev.perennial.knowledge.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Puts rows that come in the order of entities together, entity by entity. Not thread-safe. */
final class EntityGroups {
    private final Map<Long, String> seen;
    private final Consumer<List<Statement>> reader;
    private final List<StatementTable.Row> rows = new ArrayList<>();

    /**
     * @param seen source names of the imports that are seen, by their numbers
     * @param reader gets the statements about each entity of which there are any
     */
    EntityGroups(Map<Long, String> seen, Consumer<List<Statement>> reader) {
        this.seen = seen;
        this.reader = reader;
    }

    void add(StatementTable.Row row) {
        if (!rows.isEmpty()
                && !rows.get(0).position().entity().equals(row.position().entity())) {
            end();
        }
        if (seen.containsKey(row.graphImport())) {
            rows.add(row);
        }
    }

    /** Hands the last entity out. */
    void end() {
        rows.sort(Comparator.comparingLong(StatementTable.Row::number));
        List<Statement> statements = new StatedRows(seen, List.copyOf(rows)).statements();
        rows.clear();
        if (!statements.isEmpty()) {
            reader.accept(statements);
        }
    }
}
