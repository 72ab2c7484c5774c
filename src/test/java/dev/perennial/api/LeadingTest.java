// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perennial.task.TaskId;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LeadingTest {
    private static final String PREDICTIONS = "/v1/tasks/kitchen/predictions";
    private static final Leading.Leader LEADER =
            new Leading.Leader(Optional.of("http://leader:8080"), Set.of(new TaskId("watched")), false);

    private final Leading leading = new Leading();

    @Test
    void processThatLeads_answersEverything() {
        assertThat(leading.isFollowing()).isFalse();
        assertThat(leading.answering("/v1/tasks/kitchen")).isEmpty();
        leading.follow(LEADER);
        leading.lag(3);
        leading.lead();
        assertThat(leading.answering("/v1/tasks/kitchen/examples")).isEmpty();
        assertThat(leading.lag()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                PREDICTIONS,
                "/v1/tasks/no%20id/predictions",
                "/v1/embeddings",
                "/v1/similarity",
                "/v1/rerank",
                "/v1/limits",
                "/q/health/ready",
                "/embed",
                "/"
            })
    void questionsAboutTexts_areAnsweredByAnyProcess(String path) {
        leading.follow(LEADER);
        assertThat(leading.answering(path)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/tasks",
                "/v1/tasks/kitchen",
                "/v1/tasks/kitchen/examples",
                "/v1/tasks/kitchen/feedback",
                "/v1/tasks/watched/predictions",
                "/v1/predictions",
                "/v1/tasks/a/b/predictions",
                "/v1/jobs/job_1/events",
                "/v1/keys",
                "/v1/classify",
                "/v2/models/kitchen/infer",
                "/predict"
            })
    void everythingElse_isAnsweredByTheOneThatLeads(String path) {
        leading.follow(LEADER);
        assertThat(leading.answering(path)).contains(LEADER);
    }

    @Test
    void questionsWithoutATask_areAnsweredByAnyProcess_whileNoTaskIsWatched() {
        leading.follow(new Leading.Leader(Optional.of("http://leader"), Set.of(), false));
        assertThat(leading.answering("/v1/predictions")).isEmpty();
    }

    @Test
    void whileATaskAnswersSilently_questionsWithoutATaskAreTheLeaders() {
        leading.follow(new Leading.Leader(Optional.empty(), Set.of(new TaskId("watched")), true));
        assertThat(leading.answering("/v1/predictions")).isPresent();
        assertThat(leading.answering(PREDICTIONS)).isEmpty();
    }
}
