// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.task.Answer;
import dev.perennial.task.Example;
import dev.perennial.task.SourceName;
import dev.perennial.task.Teaching;
import dev.perennial.text.Text;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A stored example in a reply.
 *
 * @param id {@code ex_...}
 * @param text what is asked about
 * @param textPair the second text, for pair tasks
 * @param label the answer of a classification example
 * @param labels the answer of a multilabel example
 * @param score the answer of a regression example
 * @param externalId the client's own name
 * @param weight how much it counts
 * @param source who or what taught it
 * @param revision the revision that it came with
 * @param createdAt when it was taught
 */
@Schema(name = "Example")
public record ExampleView(
        String id,
        String text,
        @Nullable String textPair,
        @Nullable String label,
        @Nullable List<String> labels,
        @Nullable Double score,
        @Nullable String externalId,
        double weight,
        @Nullable String source,
        String revision,
        Instant createdAt) {

    static ExampleView of(Example example) {
        Teaching teaching = example.teaching();
        Answer answer = teaching.answer();
        return new ExampleView(
                example.id(),
                teaching.input().text().value(),
                teaching.input().textPair().map(Text::value).orElse(null),
                label(answer),
                labels(answer),
                score(answer),
                teaching.externalId().orElse(null),
                teaching.weight(),
                teaching.source().map(SourceName::value).orElse(null),
                example.addedBy().toString(),
                example.addedAt());
    }

    static @Nullable String label(Answer answer) {
        return answer instanceof Answer.OneLabel one ? one.label() : null;
    }

    static @Nullable List<String> labels(Answer answer) {
        return answer instanceof Answer.Labels many ? many.labels() : null;
    }

    static @Nullable Double score(Answer answer) {
        return answer instanceof Answer.Score score ? (Double) score.score() : null;
    }
}
