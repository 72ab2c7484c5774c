// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.task.Answer;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * An answer in a reply; all null where a task has abstained.
 *
 * @param label of classification
 * @param labels of multilabel
 * @param score of regression
 */
@Schema(name = "Answer")
public record AnswerView(
        @Nullable String label,
        @Nullable List<String> labels,
        @Nullable Double score) {

    static AnswerView of(@Nullable Answer answer) {
        return new AnswerView(
                answer instanceof Answer.OneLabel one ? one.label() : null,
                answer instanceof Answer.Labels many ? many.labels() : null,
                answer instanceof Answer.Score number ? (Double) number.score() : null);
    }
}
