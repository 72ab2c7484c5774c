// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.perennial.ensemble.Odds;
import dev.perennial.feedback.GivenAnswer;
import dev.perennial.task.Input;
import dev.perennial.task.RevisionId;
import dev.perennial.task.TaskId;
import dev.perennial.text.Text;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

final class FeedbackTextsTest {
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.EPOCH);

    private final PredictionMemory memory = new PredictionMemory(
            new PredictionMemory.Bounds(100, 100_000, Duration.ofHours(1)), CLOCK, new SortableIds(CLOCK));
    private final FeedbackTexts texts = new FeedbackTexts(memory::recall);

    private String with(String body) {
        return new String(texts.with("/v1/tasks/task/feedback", body.getBytes(UTF_8)), UTF_8);
    }

    private String remembered(Input input) {
        return memory.remember(new PredictionMemory.Answered(
                Optional.of(new TaskId("task")),
                input,
                new GivenAnswer(
                        new RevisionId(1),
                        "full",
                        Optional.of("a"),
                        List.of("a"),
                        OptionalDouble.empty(),
                        OptionalDouble.of(0.5),
                        Odds.NONE)));
    }

    @Test
    void textsOfARememberedAnswer_areSentAlong() {
        String one = remembered(Input.of(new Text("a \"quoted\" text")));
        assertThat(with("{\"prediction_id\": \"" + one + "\", \"label\": \"b\"}"))
                .isEqualTo("{\"prediction_id\":\"" + one + "\",\"label\":\"b\",\"text\":\"a \\\"quoted\\\" text\"}");
        String pair = remembered(Input.of(new Text("first"), new Text("second")));
        assertThat(with("{\"prediction_id\": \"" + pair + "\", \"score\": 1}"))
                .isEqualTo(
                        "{\"prediction_id\":\"" + pair + "\",\"score\":1,\"text\":\"first\",\"text_pair\":\"second\"}");
    }

    @Test
    void otherBodies_stayAsTheyAre() {
        String id = remembered(Input.of(new Text("a text")));
        for (String body : List.of(
                "",
                "no json",
                "[]",
                "{\"prediction_id\": 7}",
                "{\"prediction_id\": \"pr_unknown\", \"label\": \"b\"}",
                "{\"prediction_id\": \"" + id + "\", \"text\": \"another\", \"label\": \"b\"}",
                "{\"text\":  \"a text\", \"label\": \"b\"}")) {
            assertThat(with(body)).isEqualTo(body);
        }
    }

    @Test
    void textOfAnotherTask_isNotSentAlong() {
        String id = remembered(Input.of(new Text("a text")));
        byte[] body = ("{\"prediction_id\": \"" + id + "\"}").getBytes(UTF_8);
        assertThat(texts.with("/v1/tasks/other/feedback", body)).isEqualTo(body);
    }

    @Test
    void feedback_isKnownByItsPath() {
        assertThat(FeedbackTexts.isFeedback("/v1/tasks/kitchen/feedback")).isTrue();
        assertThat(FeedbackTexts.isFeedback("/v1/tasks/kitchen/examples")).isFalse();
    }
}
