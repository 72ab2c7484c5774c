// SPDX-License-Identifier: Apache-2.0
package dev.perennial.ensemble;

import dev.perennial.task.RevisionId;
import java.util.List;

/**
 * Answers to the inputs of one request, in order, all given by one revision.
 *
 * @param reader digest of the cheapest member; empty when nothing is known of what it read
 * @param vectors of the inputs by that member; empty where it has not read the input
 */
public record Predictions(RevisionId revision, List<Prediction> predictions, String reader, List<float[]> vectors) {
    public Predictions {
        predictions = List.copyOf(predictions);
        vectors = List.copyOf(vectors);
    }

    /** Answers of which it is not known what was read for them. */
    public Predictions(RevisionId revision, List<Prediction> predictions) {
        this(revision, predictions, "", List.of());
    }

    /** The vector of an input by the cheapest member; empty where that has not read it. */
    public float[] vector(int position) {
        return position < vectors.size() ? vectors.get(position) : new float[0];
    }
}
