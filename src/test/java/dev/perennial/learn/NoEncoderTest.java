// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import static dev.perennial.learn.School.teaching;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perennial.encode.FakeEncoder;
import dev.perennial.ensemble.InstructionRouter;
import dev.perennial.ensemble.InstructionVectors;
import dev.perennial.ensemble.Mode;
import dev.perennial.ensemble.PredictionRequest;
import dev.perennial.member.FeatureMap;
import dev.perennial.member.View;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.Input;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.Task;
import dev.perennial.text.Text;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** A service that starts with none of the encoders inside says what it lacks, and learns when an encoder comes. */
final class NoEncoderTest {
    private static final Task TASK = School.task(Kind.CLASSIFICATION, InputKind.TEXT, "even", "odd");

    private static void assertSaysWhatIsLacking(ThrowingCallable asked) {
        assertThatThrownBy(asked)
                .isInstanceOf(Refusal.NotReady.class)
                .hasMessageContaining("/v1/members")
                .hasMessageContaining("perennial.members.bundled");
    }

    @Test
    void task_isNotEvenStored_andIsDefinedWhenAnEncoderCame() {
        try (School school = School.open(School.SMALL, List.of())) {
            assertSaysWhatIsLacking(() -> school.teacher().define(TASK));
            assertThat(school.store().tasks()).isEmpty();
            assertThat(school.active().isChanging(School.TASK)).isFalse();

            school.teacher().adopt(new FakeEncoder("a"));

            assertThat(school.teacher().define(TASK).created()).isTrue();
            assertThat(school.predict("two").label()).isPresent();
        }
    }

    @Test
    void questionWithoutATask_isRefused() {
        try (School school = School.open(School.SMALL, List.of())) {
            InstructionRouter router = new InstructionRouter(
                    school.active(),
                    school.encoders(),
                    new InstructionVectors(
                            school.encoders(),
                            members -> new FeatureMap(InputKind.TEXT, List.of(), View.contextual(members))),
                    school.teacher()::zeroShot);
            PredictionRequest question = new PredictionRequest(List.of(Input.of(new Text("two"))), 1, Mode.FULL, false);

            assertSaysWhatIsLacking(() -> router.predict("Is it even?", TASK.labels(), question));
        }
    }

    @Test
    void tasksOfEarlierStarts_areRefused_andLearntWhenAnEncoderComes() {
        try (School before = School.open(School.SMALL, List.of(new FakeEncoder("a")))) {
            before.teacher().define(TASK);
            before.teach(teaching("two", "even"), teaching("three", "odd"));
            try (School school = before.restartedWith(List.of())) {
                assertThatThrownBy(school::ensemble).isInstanceOf(Refusal.NotReady.class);
                assertSaysWhatIsLacking(() -> school.teach(teaching("four", "even")));
                assertThat(school.store().examples(School.TASK)).hasSize(2);

                school.teacher().adopt(new FakeEncoder("a"));

                assertThat(school.digest()).isEqualTo(before.digest());
            }
        }
    }
}
