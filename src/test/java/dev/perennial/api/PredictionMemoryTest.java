// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

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

final class PredictionMemoryTest {
    private static final TaskId TASK = new TaskId("desk");
    private static final TaskId OTHER = new TaskId("other");
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.EPOCH);

    private final PredictionMemory memory = new PredictionMemory(
            new PredictionMemory.Bounds(100, 100_000, Duration.ofHours(1)), CLOCK, new SortableIds(CLOCK));

    /** The former task answers until its successor is learnt. */
    @Test
    void answersOfATaskThatIsGone_areForgotten_whetherTheyCameBeforeOrAfterIt() {
        String before = remembered(TASK, 5);
        String ofAnother = remembered(OTHER, 5);

        memory.forget(TASK, new RevisionId(6));
        String late = remembered(TASK, 6);
        String ofSuccessor = remembered(TASK, 8);

        assertThat(memory.recall(before)).isEmpty();
        assertThat(memory.recall(late)).isEmpty();
        assertThat(memory.recall(ofAnother)).isPresent();
        assertThat(memory.recall(ofSuccessor)).isPresent();
        assertThat(late).startsWith("pr_").isNotEqualTo(before);
        assertThat(memory.isFormer(TASK, given(6))).isTrue();
        assertThat(memory.isFormer(TASK, given(7))).isFalse();
    }

    /** One that answered between the storing of a successor and the telling of it. */
    @Test
    void answersOfTheSuccessor_stay() {
        String ofSuccessor = remembered(TASK, 8);

        memory.forget(TASK, new RevisionId(6));

        assertThat(memory.recall(ofSuccessor)).isPresent();
    }

    private String remembered(TaskId task, long revision) {
        return memory.remember(
                new PredictionMemory.Answered(Optional.of(task), Input.of(new Text("what is it")), given(revision)));
    }

    private static GivenAnswer given(long revision) {
        return new GivenAnswer(
                new RevisionId(revision),
                "full",
                Optional.of("a"),
                List.of("a"),
                OptionalDouble.empty(),
                OptionalDouble.of(0.5),
                Odds.NONE);
    }
}
