// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Answers of a task, in the order of the inputs, all given by one revision. */
@Schema(name = "Predictions")
public record PredictionsView(String revision, String task, List<PredictionView> predictions) {}
