// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import dev.perennial.knowledge.KnowledgeStore.Stated;
import dev.perennial.knowledge.Provenance;
import dev.perennial.knowledge.Statement;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * All rows about one entity, of which some are heard: those of imports that are seen, and of these the edits alone when
 * there are any.
 *
 * @param seen source names of the imports that are seen, by their numbers
 * @param rows in the order in which they came
 */
record StatedRows(Map<Long, String> seen, List<StatementTable.Row> rows) {

    /** What is stated, each statement once. */
    List<Statement> statements() {
        return heard().stream()
                .flatMap(row -> row.statement().stream())
                .distinct()
                .toList();
    }

    Stated stated() {
        List<String> sources = heard().stream()
                .map(row -> Objects.requireNonNull(seen.get(row.graphImport())))
                .distinct()
                .sorted()
                .toList();
        return new Stated(statements(), sources);
    }

    private List<StatementTable.Row> heard() {
        boolean edited = rows.stream().anyMatch(row -> Provenance.EDITS.equals(seen.get(row.graphImport())));
        return rows.stream()
                .filter(row -> edited
                        ? Provenance.EDITS.equals(seen.get(row.graphImport()))
                        : seen.containsKey(row.graphImport()))
                .toList();
    }
}
