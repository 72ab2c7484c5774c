// SPDX-License-Identifier: Apache-2.0
package dev.perennial.ensemble;

import dev.perennial.task.RevisionId;
import java.util.Collections;
import java.util.List;

/**
 * Answers to the inputs of one request, in order.
 *
 * @param revision what answered; where several revisions did, the one that serves
 * @param predictions the answers
 * @param by the revision that gave each answer
 * @param reader digest of the cheapest member; empty when nothing is known of what it read
 * @param vectors of the inputs by that member; empty where it has not read the input
 */
public record Predictions(
        RevisionId revision, List<Prediction> predictions, List<RevisionId> by, String reader, List<float[]> vectors) {
    public Predictions {
        predictions = List.copyOf(predictions);
        by = List.copyOf(by);
        vectors = List.copyOf(vectors);
        if (by.size() != predictions.size()) {
            throw new IllegalArgumentException("every answer is given by a revision");
        }
    }

    /** Answers that were all given by one revision. */
    public Predictions(RevisionId revision, List<Prediction> predictions, String reader, List<float[]> vectors) {
        this(revision, predictions, Collections.nCopies(predictions.size(), revision), reader, vectors);
    }

    /** Answers of which it is not known what was read for them. */
    public Predictions(RevisionId revision, List<Prediction> predictions) {
        this(revision, predictions, "", List.of());
    }

    /** The vector of an input by the cheapest member; empty where that has not read it. */
    public float[] vector(int position) {
        return position < vectors.size() ? vectors.get(position) : new float[0];
    }

    /** The same answers, none of which says anything. */
    public Predictions silenced() {
        List<Prediction> silent = predictions.stream().map(Prediction::silenced).toList();
        return new Predictions(revision, silent, by, reader, vectors);
    }
}
