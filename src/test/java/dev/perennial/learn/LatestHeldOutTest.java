// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perennial.encode.FakeEncoder;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.Teaching;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Of a task with more examples than can be held out, those that were taught last are all the same, where they count.
 */
final class LatestHeldOutTest {
    /** So many that few examples can be held out. */
    private static final int LABELS = 3_000;

    private static final int LATEST = 50;

    @Test
    void rehearsal_holdsOutWhatWasTaughtLast() {
        try (School school = School.open(School.SMALL, List.of(new FakeEncoder("a")))) {
            school.teacher()
                    .define(School.task(
                            Kind.CLASSIFICATION,
                            InputKind.TEXT,
                            IntStream.range(0, LABELS)
                                    .mapToObj(i -> "label" + i)
                                    .toArray(String[]::new)));
            int most = Learner.mostHeldOut(LABELS);
            int examples = most + 60;
            List<Teaching> all = IntStream.range(0, examples)
                    .mapToObj(i -> School.teaching("text number " + i, "label" + i % 2))
                    .toList();
            school.teach(all);

            List<String> heldOut = school.teacher().insight().serving(School.TASK).heldOut().apply(LATEST).stream()
                    .map(answer -> answer.known().example().id())
                    .toList();

            assertThat(heldOut).hasSize(most).doesNotHaveDuplicates();
            List<String> taught = school.store().examples(School.TASK).stream()
                    .map(example -> example.id())
                    .sorted()
                    .toList();
            assertThat(heldOut).containsAll(taught.subList(examples - LATEST, examples));
            assertThat(heldOut.subList(LATEST, most))
                    .as("a fair sample of the others")
                    .isNotEqualTo(taught.subList(examples - most, examples - LATEST));
        }
    }
}
