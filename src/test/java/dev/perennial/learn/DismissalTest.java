// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perennial.encode.FakeTableEncoder;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.RevisionId;
import dev.perennial.task.TaskId;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A member that is dismissed leaves a task as if it had never joined. */
final class DismissalTest {

    @Test
    void dismissedMember_leavesNothing() {
        try (School school = School.open(School.SMALL)) {
            school.teacher().define(School.task(Kind.CLASSIFICATION, InputKind.TEXT, "card", "weather"));
            school.teach(List.of(School.teaching("my card is gone", "card"), School.teaching("rain", "weather")));
            String before = school.active().of(School.TASK).headDigest();
            FakeTableEncoder table = FakeTableEncoder.of("static-a", "a");
            String digest = table.info().digest();

            school.teacher().adopt(table);
            assertThat(school.active().of(School.TASK).headDigest()).isNotEqualTo(before);
            assertThat(school.store().vectors(School.TASK, digest)).isNotEmpty();

            school.teacher().dismiss("static-a", () -> {});
            assertThat(school.active().of(School.TASK).headDigest()).isEqualTo(before);
            assertThat(school.store().vectors(School.TASK, digest)).isEmpty();
            assertThat(school.encoders().find("static-a")).isEmpty();
        }
    }

    @Test
    void longLearning_tellsOfEveryBatchAndTask() {
        try (School school = School.open(School.SMALL)) {
            school.teacher().define(School.task(Kind.CLASSIFICATION, InputKind.TEXT, "card", "weather"));
            school.teach(IntStream.range(0, 300)
                    .mapToObj(i -> School.teaching("text " + i, i % 2 == 0 ? "card" : "weather"))
                    .toList());
            AtomicInteger told = new AtomicInteger();

            boolean adopted = school.teacher().adopt(FakeTableEncoder.of("static-a", "a"), new Admittance() {
                @Override
                public boolean admits(Set<TaskId> tasks, Function<TaskId, Optional<Rehearsal>> rehearsals) {
                    assertThat(told).hasValue(2);
                    return true;
                }

                @Override
                public void goesOn() {
                    told.incrementAndGet();
                }
            });

            assertThat(adopted).isTrue();
            assertThat(told).hasValue(3);
            school.teacher().dismiss("static-a", told::incrementAndGet);
            assertThat(told).hasValue(4);
        }
    }

    @Test
    void membersThatComeAndGo_moveTheRevisionOfAnswers() {
        try (School school = School.open(School.SMALL)) {
            school.teacher().define(School.task(Kind.CLASSIFICATION, InputKind.TEXT, "card", "weather"));
            school.teach(List.of(School.teaching("my card is gone", "card"), School.teaching("rain", "weather")));
            RevisionId taught = school.active().of(School.TASK).answerRevision();

            school.teacher().adopt(FakeTableEncoder.of("static-a", "a"));
            RevisionId joined = school.active().of(School.TASK).answerRevision();
            school.teacher().dismiss("static-a", () -> {});

            assertThat(joined).isGreaterThan(taught);
            assertThat(school.active().of(School.TASK).answerRevision()).isGreaterThan(joined);
        }
    }
}
