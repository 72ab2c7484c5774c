// SPDX-License-Identifier: Apache-2.0
package dev.perennial.knowledge;

import dev.perennial.task.RevisionId;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The truth about knowledge graphs: definitions, and statements with where they come from.
 *
 * <p>Every method that changes something is one transaction that is on disk when the method returns; when it throws,
 * nothing has changed. An import is many small transactions, so that others can write in between; nothing of it is seen
 * before {@link #finish}. Safe for concurrent use. Throws {@link dev.perennial.refusal.Refusal.StoreUnavailable} when
 * the store cannot be read or written now, and {@link dev.perennial.refusal.Refusal.NotFound} when there is no such
 * graph, import or source.
 */
public interface KnowledgeStore {

    /** What a change of a definition did. */
    record Defined(StoredGraph graph, boolean created) {}

    /**
     * What an import did.
     *
     * @param added statements that its source had not made before
     * @param repeated statements that it had, or that came twice
     */
    record Imported(RevisionId revision, long added, long repeated) {}

    /** A source of a graph, and how many statements there are of it. */
    record Contribution(Provenance provenance, long statements) {}

    /** All graphs, in the order of their ids. */
    List<StoredGraph> graphs();

    Optional<StoredGraph> graph(GraphId id);

    /** Creates the graph, or replaces its definition. Statements stay. */
    Defined define(GraphDefinition definition);

    /** Removes the graph and all its statements for good. */
    RevisionId remove(GraphId id);

    /** Opens an import; one of this id that is open goes on. */
    void begin(String importId, GraphId graph, Provenance provenance);

    /** Adds statements to an open import. */
    void add(String importId, List<Statement> statements);

    /** Makes all of an import visible at once. Of one that is finished already, what it did. */
    Imported finish(String importId);

    /** Removes all of an import that is not finished; nothing, when there is none. */
    void undo(String importId);

    /** The sources of a graph, in the order of their names. */
    List<Contribution> sources(GraphId id);

    /** Removes all statements of a source for good. */
    RevisionId removeSource(GraphId id, String source);

    /**
     * Says anew what an entity is: these statements, all about it, take the place of all others about it, whatever
     * their source, until {@link #revert}.
     */
    RevisionId edit(GraphId id, String entity, List<Statement> statements);

    /**
     * Drops what {@link #edit} said of an entity, so that the other sources are heard again; empty when it said none.
     */
    Optional<RevisionId> revert(GraphId id, String entity);

    /** What is stated about an entity; empty when nothing is. */
    List<Statement> statements(GraphId id, String entity);

    /**
     * Reads all that is stated in a graph, at one revision.
     *
     * @param reader gets all statements about one entity at a time, in the order of the entities' ids
     */
    void read(GraphId id, Consumer<List<Statement>> reader);
}
