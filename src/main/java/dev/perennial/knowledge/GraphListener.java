// SPDX-License-Identifier: Apache-2.0
package dev.perennial.knowledge;

import dev.perennial.task.RevisionId;

/**
 * Port: told of every change of a graph after it is on disk. Called by the thread that made the change, which waits;
 * never throws. Safe for concurrent use.
 */
public interface GraphListener extends AutoCloseable {
    /** Follows nothing. */
    GraphListener NONE = new GraphListener() {
        @Override
        public void changed(GraphId graph) {}

        @Override
        public void edited(GraphId graph, String entity) {}
    };

    /**
     * A graph was defined that was not there before, or not any more.
     *
     * @param by the change
     */
    default void created(GraphId graph, RevisionId by) {
        changed(graph, by);
    }

    /** The definition of a graph has changed, but nothing that is stated. */
    default void redefined(GraphId graph) {}

    /**
     * A graph was removed. By now there may be another one of its id, of which {@link #created} tells.
     *
     * @param by the change
     */
    default void removed(GraphId graph, RevisionId by) {
        changed(graph, by);
    }

    /** Much has changed: an import was finished, or a source removed. */
    void changed(GraphId graph);

    /**
     * The same.
     *
     * @param by the change
     */
    default void changed(GraphId graph, RevisionId by) {
        changed(graph);
    }

    /** Waits until all that was told of a graph before is followed, or cannot be; whatever is told meanwhile. */
    default void settle(GraphId graph) {}

    /** What is stated of one entity has changed. */
    void edited(GraphId graph, String entity);

    /**
     * The same.
     *
     * @param by the change
     */
    default void edited(GraphId graph, String entity, RevisionId by) {
        edited(graph, entity);
    }

    /** Follows no more. */
    @Override
    default void close() {}
}
