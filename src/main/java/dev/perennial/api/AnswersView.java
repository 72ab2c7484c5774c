// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * Answers of several tasks to the same inputs.
 *
 * @param answers in the order in which the tasks were named
 */
@Schema(name = "PredictionsOfTasks")
public record AnswersView(List<PredictionsView> answers) {}
