// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import dev.perennial.knowledge.EntityVectors;
import dev.perennial.knowledge.GraphId;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;

/** Port: keeps the vectors of graphs' entities, in files that are mapped and not read. Thread-safe. */
public interface VectorShelf {

    /** Vectors that can be made again, whatever they were made of; empty when there are none, or damaged ones. */
    Optional<EntityVectors> derived(GraphId graph, String use);

    /** Keeps such vectors, and gives them back as they were kept. */
    EntityVectors keep(GraphId graph, String use, EntityVectors vectors);

    /** Vectors that were trained or imported; empty when there are none. */
    Optional<EntityVectors> given(GraphId graph);

    /** Keeps such vectors in the place of earlier ones. */
    void give(GraphId graph, EntityVectors vectors);

    /** Removes what was trained or imported; nothing, when there is none. */
    void takeBack(GraphId graph);

    /** Id of the member that was chosen to read what is said of entities; empty when none was. */
    Optional<String> reader(GraphId graph);

    /** Chooses the member that reads what is said of entities. */
    void readBy(GraphId graph, String member);

    /** A training that goes on, as it was kept last; empty when there is none. To be closed. */
    Optional<InputStream> training(GraphId graph);

    /** Keeps a training that goes on, in the place of an earlier one. */
    void keepTraining(GraphId graph, Writer writer);

    /** Removes a training that goes on; nothing, when there is none. */
    void dropTraining(GraphId graph);

    /** The training that was finished last; empty when there is none. To be closed. */
    Optional<InputStream> trained(GraphId graph);

    /** Makes the training that was kept last the finished one. */
    void finishTraining(GraphId graph);

    /** Writes what is to be kept. */
    interface Writer {
        void writeTo(OutputStream out) throws IOException;
    }

    /** Removes all that is kept of other graphs, and what was never finished. */
    void retain(List<GraphId> graphs);

    /** Removes all that is kept of a graph. */
    void remove(GraphId graph);
}
