// SPDX-License-Identifier: Apache-2.0
package dev.perennial.ensemble;

import dev.perennial.encode.Encoded;
import dev.perennial.encode.Encoder;
import dev.perennial.task.Input;
import dev.perennial.task.RevisionId;
import dev.perennial.task.Task;
import java.util.List;

/** Everything that decides a task's answers, at one revision. Immutable; predicting has no side effect. */
public interface Ensemble {
    Task task();

    RevisionId revision();

    /** Number of examples it was learnt from. */
    int examples();

    /** Names of all labels it can answer, in order; empty for regression. */
    List<String> labels();

    /** The encoders whose vectors {@link #predict} needs in a mode, in order. */
    List<Encoder> members(Mode mode);

    /** Answers one input from its vectors, given in the order of {@link #members}. */
    Prediction predict(Input input, Encoded encoded, PredictionRequest request);

    /** SHA-256 in hex over every number that decides answers. */
    String headDigest();
}
