// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import dev.perennial.knowledge.GraphDefinition;
import dev.perennial.knowledge.GraphId;
import dev.perennial.knowledge.KnowledgeStore;
import dev.perennial.knowledge.Provenance;
import dev.perennial.knowledge.Statement;
import dev.perennial.knowledge.StoredGraph;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.RevisionId;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/** Knowledge graphs in a {@link Database}. Thread-safe; holds nothing in memory. */
public final class SqlKnowledgeStore implements KnowledgeStore {
    private static final int ROWS_READ_AT_ONCE = 500;

    private final Database database;
    private final InstantSource clock;

    public SqlKnowledgeStore(Database database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    @Override
    public List<StoredGraph> graphs(String after, int limit) {
        return database.read(handle -> new GraphTable(handle).page(after, limit));
    }

    @Override
    public Optional<StoredGraph> graph(GraphId id) {
        return database.read(handle -> new GraphTable(handle).find(id).map(GraphTable.Row::graph));
    }

    @Override
    public Defined define(GraphDefinition definition) {
        return database.write(change -> {
            GraphTable graphs = new GraphTable(change.handle());
            Optional<GraphTable.Row> present = graphs.find(definition.id());
            if (present.isPresent() && present.get().graph().definition().equals(definition)) {
                return new Defined(present.get().graph(), false);
            }
            Instant now = now();
            RevisionId revision = change.revise(definition.id(), "define", now);
            if (present.isEmpty()) {
                graphs.insert(change.reserve("graph", 1), definition, revision, now);
            } else {
                graphs.describe(present.get().number(), definition.description());
                graphs.touch(present.get().number(), revision);
            }
            return new Defined(graphs.require(definition.id()).graph(), present.isEmpty());
        });
    }

    @Override
    public RevisionId remove(GraphId id) {
        return database.write(change -> {
            GraphTable graphs = new GraphTable(change.handle());
            long graph = graphs.require(id).number();
            RevisionId revision = change.revise(id, "remove", now());
            new GraphImportTable(change.handle()).undoAll(graph);
            graphs.remove(graph, revision);
            return revision;
        });
    }

    @Override
    public void begin(String importId, GraphId graph, Provenance provenance) {
        if (provenance.source().equals(Provenance.EDITS)) {
            throw new IllegalArgumentException("edits are not imported");
        }
        database.write(change -> {
            GraphImportTable imports = new GraphImportTable(change.handle());
            GraphTable.Row into = new GraphTable(change.handle()).require(graph);
            if (imports.open(importId).isEmpty()) {
                imports.insert(change, importId, into.number(), provenance);
            }
            return importId;
        });
    }

    @Override
    public long add(String importId, List<Statement> statements) {
        if (statements.isEmpty()) {
            return 0;
        }
        return database.write(change -> {
            GraphImportTable imports = new GraphImportTable(change.handle());
            GraphImportTable.Open into = requireOpen(imports, importId);
            long added = new StatementTable(change.handle()).add(change, into, statements);
            imports.count(into.number(), added, statements.size() - added);
            return added;
        });
    }

    @Override
    public Imported finish(String importId, String report, long mostStatements) {
        return database.write(change -> {
            GraphImportTable imports = new GraphImportTable(change.handle());
            Optional<Imported> before = imports.finished(importId);
            if (before.isPresent()) {
                return before.get();
            }
            GraphImportTable.Open open = requireOpen(imports, importId);
            RevisionId revision = change.revise(open.graphId(), "import", now());
            imports.finish(open.number(), revision, report);
            GraphTable graphs = new GraphTable(change.handle());
            graphs.touch(open.graph(), revision);
            long statements = graphs.require(open.graphId()).graph().statements();
            if (statements > mostStatements) {
                throw new Refusal.TooLarge("graph_statements", mostStatements, statements);
            }
            return imports.finished(importId).orElseThrow();
        });
    }

    @Override
    public Optional<Imported> imported(String importId) {
        return database.read(handle -> new GraphImportTable(handle).finished(importId));
    }

    @Override
    public void undo(String importId) {
        database.write(change -> {
            new GraphImportTable(change.handle()).undo(importId);
            return importId;
        });
    }

    @Override
    public List<String> open() {
        return database.read(handle -> new GraphImportTable(handle).allOpen());
    }

    @Override
    public boolean clear(int most) {
        if (database.read(handle -> new GraphImportTable(handle).leftover()).isEmpty()) {
            return false;
        }
        return database.write(change -> {
            GraphImportTable imports = new GraphImportTable(change.handle());
            Optional<GraphImportTable.Leftover> leftover = imports.leftover();
            leftover.ifPresent(left -> {
                long end = Math.min(left.last(), left.first() + most);
                new StatementTable(change.handle()).delete(left.number(), left.first(), end);
                if (end == left.last()) {
                    imports.delete(left.number());
                    new GraphTable(change.handle()).forgetRemoved();
                } else {
                    imports.clearedTo(left.number(), end);
                }
            });
            return leftover.isPresent();
        });
    }

    @Override
    public List<Contribution> sources(GraphId id) {
        return database.read(handle -> new GraphImportTable(handle)
                .contributions(new GraphTable(handle).require(id).number()));
    }

    @Override
    public RevisionId removeSource(GraphId id, String source) {
        return database.write(change -> {
            GraphTable graphs = new GraphTable(change.handle());
            long graph = graphs.require(id).number();
            if (!new GraphImportTable(change.handle()).removeSource(graph, source)) {
                throw new Refusal.NotFound("source", source);
            }
            RevisionId revision = change.revise(id, "remove-source", now());
            graphs.touch(graph, revision);
            return revision;
        });
    }

    @Override
    public RevisionId edit(GraphId id, String entity, List<Statement> statements) {
        if (statements.stream().anyMatch(statement -> !statement.entity().equals(entity))) {
            throw new IllegalArgumentException("an edit is about one entity");
        }
        return database.write(change -> {
            GraphTable graphs = new GraphTable(change.handle());
            GraphImportTable imports = new GraphImportTable(change.handle());
            StatementTable rows = new StatementTable(change.handle());
            long graph = graphs.require(id).number();
            RevisionId revision = change.revise(id, "edit", now());
            long edits = imports.edits(graph).orElseGet(() -> openEdits(change, graph, revision));
            long dropped = rows.deleteOf(graph, edits, entity).statements();
            long added = 0;
            if (statements.isEmpty()) {
                rows.addNothing(change, graph, edits, entity);
            } else {
                added = rows.add(change, new GraphImportTable.Open(edits, graph, id, Provenance.EDITS), statements);
            }
            imports.count(edits, added - dropped, 0);
            graphs.touch(graph, revision);
            return revision;
        });
    }

    private static long openEdits(Change change, long graph, RevisionId revision) {
        GraphImportTable imports = new GraphImportTable(change.handle());
        long number = imports.insert(change, "edits-" + revision, graph, new Provenance(Provenance.EDITS, "", "", 1));
        imports.finish(number, revision, "");
        return number;
    }

    @Override
    public Optional<RevisionId> revert(GraphId id, String entity) {
        return database.write(change -> {
            GraphTable graphs = new GraphTable(change.handle());
            GraphImportTable imports = new GraphImportTable(change.handle());
            long graph = graphs.require(id).number();
            OptionalLong edits = imports.edits(graph);
            if (edits.isEmpty()) {
                return Optional.empty();
            }
            StatementTable.Deleted deleted =
                    new StatementTable(change.handle()).deleteOf(graph, edits.getAsLong(), entity);
            if (deleted.rows() == 0) {
                return Optional.empty();
            }
            RevisionId revision = change.revise(id, "revert", now());
            imports.count(edits.getAsLong(), -deleted.statements(), 0);
            graphs.touch(graph, revision);
            return Optional.of(revision);
        });
    }

    @Override
    public RevisionId revise(GraphId id) {
        return database.write(change -> {
            GraphTable graphs = new GraphTable(change.handle());
            long graph = graphs.require(id).number();
            RevisionId revision = change.revise(id, "vectors", now());
            graphs.touch(graph, revision);
            return revision;
        });
    }

    @Override
    public Stated statements(GraphId id, String entity) {
        return database.read(handle -> {
            long graph = new GraphTable(handle).require(id).number();
            Map<Long, String> seen = new GraphImportTable(handle).seen(graph);
            return new StatedRows(seen, new StatementTable(handle).of(graph, entity)).stated();
        });
    }

    @Override
    public RevisionId read(GraphId id, Consumer<List<Statement>> reader) {
        record Start(GraphTable.Row graph, Map<Long, String> seen) {}
        Start start = database.read(handle -> {
            GraphTable.Row graph = new GraphTable(handle).require(id);
            return new Start(graph, new GraphImportTable(handle).seen(graph.number()));
        });
        EntityGroups groups = new EntityGroups(start.seen(), reader);
        StatementTable.Position position = StatementTable.Position.START;
        while (true) {
            StatementTable.Position from = position;
            List<StatementTable.Row> rows = database.read(
                    handle -> new StatementTable(handle).after(start.graph().number(), from, ROWS_READ_AT_ONCE));
            rows.forEach(groups::add);
            if (rows.size() < ROWS_READ_AT_ONCE) {
                groups.end();
                return start.graph().graph().revision();
            }
            position = rows.get(rows.size() - 1).position();
        }
    }

    private static GraphImportTable.Open requireOpen(GraphImportTable imports, String importId) {
        return imports.open(importId).orElseThrow(() -> new Refusal.NotFound("import", importId));
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }
}
