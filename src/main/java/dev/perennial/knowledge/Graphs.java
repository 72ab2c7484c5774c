// SPDX-License-Identifier: Apache-2.0
package dev.perennial.knowledge;

import dev.perennial.knowledge.KnowledgeStore.Imported;
import dev.perennial.task.RevisionId;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Changes of knowledge graphs: stored first, then told to who follows them. Thread-safe. */
public final class Graphs implements AutoCloseable {
    private final KnowledgeStore store;
    private final GraphListener listener;
    private final GraphClearing clearing;

    /** @param clearing deletes what is not seen any more */
    public Graphs(KnowledgeStore store, GraphListener listener, GraphClearing clearing) {
        this.store = store;
        this.listener = listener;
        this.clearing = clearing;
    }

    /** What is stored; to be read, and to be changed by imports that are open. */
    public KnowledgeStore store() {
        return store;
    }

    /** Creates the graph, or replaces its definition. */
    public KnowledgeStore.Defined define(GraphDefinition definition) {
        KnowledgeStore.Defined defined = store.define(definition);
        if (defined.created()) {
            listener.created(definition.id(), defined.graph().revision());
        } else {
            listener.redefined(definition.id());
        }
        return defined;
    }

    /** Removes the graph and all its statements. */
    public RevisionId remove(GraphId id) {
        RevisionId revision = store.remove(id);
        clearing.wake();
        listener.removed(id, revision);
        return revision;
    }

    /** Removes all statements of a source. */
    public RevisionId removeSource(GraphId id, String source) {
        RevisionId revision = store.removeSource(id, source);
        clearing.wake();
        listener.changed(id, revision);
        return revision;
    }

    /** Says anew what an entity is. */
    public RevisionId edit(GraphId id, String entity, List<Statement> statements) {
        RevisionId revision = store.edit(id, entity, statements);
        listener.edited(id, entity, revision);
        return revision;
    }

    /** Takes back what an edit said of an entity; empty when none did. */
    public Optional<RevisionId> revert(GraphId id, String entity) {
        Optional<RevisionId> revision = store.revert(id, entity);
        revision.ifPresent(by -> listener.edited(id, entity, by));
        return revision;
    }

    /**
     * How an import ends.
     *
     * @param graph that it is of
     * @param report what to keep with it
     * @param mostStatements how many the graph may have then
     */
    public record Ending(String importId, GraphId graph, String report, long mostStatements) {}

    /** Makes all of an import visible. */
    public Imported finish(Ending ending) {
        Imported imported = store.finish(ending.importId(), ending.report(), ending.mostStatements());
        listener.changed(ending.graph(), imported.revision());
        return imported;
    }

    /** Waits until a finished import serves. */
    public void settle(GraphId graph) {
        listener.settle(graph);
    }

    /** Gives up an import that is not finished. */
    public void undo(String importId) {
        store.undo(importId);
        clearing.wake();
    }

    /** Gives up all open imports but these, and goes on deleting what a stop left. */
    public void recover(Set<String> importIds) {
        store.open().stream().filter(id -> !importIds.contains(id)).forEach(store::undo);
        clearing.wake();
    }

    /** Ends what goes on in the background; that goes on after the next start. */
    @Override
    public void close() {
        clearing.close();
        listener.close();
    }
}
