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
 * before {@link #finish}. What is removed is seen no more at once, and deleted by {@link #clear}. Safe for concurrent
 * use. Throws {@link dev.perennial.refusal.Refusal.StoreUnavailable} when the store cannot be read or written now, and
 * {@link dev.perennial.refusal.Refusal.NotFound} when there is no such graph, import or source.
 */
public interface KnowledgeStore {

    /** What a change of a definition did. */
    record Defined(StoredGraph graph, boolean created) {}

    /**
     * What an import did.
     *
     * @param added statements that its source had not made before
     * @param repeated statements that it had, or that came twice
     * @param report what was kept with it
     */
    record Imported(RevisionId revision, long added, long repeated, String report) {}

    /** A source of a graph, and how many statements there are of it. */
    record Contribution(Provenance provenance, long statements) {}

    /**
     * What is said of an entity.
     *
     * @param statements each once, in the order in which they came
     * @param sources names of the sources that make them, in order; {@link Provenance#EDITS} alone after an edit
     */
    record Stated(List<Statement> statements, List<String> sources) {}

    /** At most {@code limit} graphs after the id {@code after}, in the order of their ids. */
    List<StoredGraph> graphs(String after, int limit);

    /** All graphs, in the order of their ids. */
    default List<StoredGraph> graphs() {
        return graphs("", Integer.MAX_VALUE);
    }

    Optional<StoredGraph> graph(GraphId id);

    /** Creates the graph, or replaces its definition. Statements stay. */
    Defined define(GraphDefinition definition);

    /** Removes the graph and all its statements for good; open imports into it are undone. */
    RevisionId remove(GraphId id);

    /** Opens an import; one of this id that is open goes on. */
    void begin(String importId, GraphId graph, Provenance provenance);

    /** Adds statements to an open import. Returns how many its source had not made before. */
    long add(String importId, List<Statement> statements);

    /**
     * Makes all of an import visible at once. Of one that is finished already, what it did.
     *
     * @param report what to keep with it
     * @param mostStatements how many the graph may have then, whatever was finished since the import was begun
     * @throws dev.perennial.refusal.Refusal.TooLarge when it would have more; the import stays open
     */
    Imported finish(String importId, String report, long mostStatements);

    /** Makes all of an import visible at once, however much that is. */
    default Imported finish(String importId, String report) {
        return finish(importId, report, Long.MAX_VALUE);
    }

    /** What a finished import did. */
    Optional<Imported> imported(String importId);

    /** Gives up an import that is not finished; nothing, when there is none. Another may begin under its id. */
    void undo(String importId);

    /** Ids of the imports that have begun and neither finished nor been undone. */
    List<String> open();

    /**
     * Deletes some of what is not seen any more.
     *
     * @param most how many statements to look at; others wait so long to write
     * @return whether there may be more
     */
    boolean clear(int most);

    /** The sources of a graph, in the order of their names, each as its last import named it. */
    List<Contribution> sources(GraphId id);

    /** Removes all statements of a source for good. */
    RevisionId removeSource(GraphId id, String source);

    /**
     * Says anew what an entity is: these statements, all about it, take the place of all others about it, whatever
     * their source, until {@link #revert}. None say that there is nothing to be said.
     */
    RevisionId edit(GraphId id, String entity, List<Statement> statements);

    /**
     * Drops what {@link #edit} said of an entity, so that the other sources are heard again; empty when it said none.
     */
    Optional<RevisionId> revert(GraphId id, String entity);

    /** Takes a revision for a change of what is known of a graph beside its statements, such as of its vectors. */
    RevisionId revise(GraphId id);

    /** What is stated about an entity; no statements and no sources when nothing is. */
    Stated statements(GraphId id, String entity);

    /**
     * Reads all that is stated in a graph, in many short transactions.
     *
     * <p>What is read is the graph as it was at the revision that is returned. Of what changes while it is read, some
     * may be seen and some not; who follows the graph is told of it and reads that again.
     *
     * @param reader gets all statements about one entity at a time, each once, in the order of the UTF-8 bytes of the
     *     entities' ids
     */
    RevisionId read(GraphId id, Consumer<List<Statement>> reader);
}
