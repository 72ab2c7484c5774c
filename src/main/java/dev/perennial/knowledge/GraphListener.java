// SPDX-License-Identifier: Apache-2.0
package dev.perennial.knowledge;

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

    /** A graph was defined that was not there before, or not any more. */
    default void created(GraphId graph) {
        changed(graph);
    }

    /** The definition of a graph has changed, but nothing that is stated. */
    default void redefined(GraphId graph) {}

    /** Much has changed: an import was finished, a source removed, or the graph itself, which is no longer there. */
    void changed(GraphId graph);

    /** Waits until all that {@link #changed} told of a graph is followed, or cannot be. */
    default void settle(GraphId graph) {}

    /** What is stated of one entity has changed. */
    void edited(GraphId graph, String entity);

    /** Follows no more. */
    @Override
    default void close() {}
}
