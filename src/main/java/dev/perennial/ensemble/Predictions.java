// SPDX-License-Identifier: Apache-2.0
package dev.perennial.ensemble;

import dev.perennial.task.RevisionId;
import java.util.List;

/** Answers to the inputs of one request, in order, all given by one revision. */
public record Predictions(RevisionId revision, List<Prediction> predictions) {
    public Predictions {
        predictions = List.copyOf(predictions);
    }
}
