// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perennial.encode.FakeEncoder;
import dev.perennial.ensemble.Ensemble;
import dev.perennial.ensemble.Prediction;
import dev.perennial.evaluate.ReportStore;
import dev.perennial.evaluate.SchoolGate;
import dev.perennial.learn.FakeTrainer;
import dev.perennial.learn.School;
import dev.perennial.refresh.RefreshOrder.Aim;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.Teaching;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An adapted encoder serves only the tasks whose gates let it. */
final class AdaptationGateTest {
    private static final Instant BEGAN = Instant.parse("2026-01-01T00:00:00Z");
    private static final String ADAPTED =
            FakeEncoder.adapted("a", "words").info().digest();

    @TempDir
    private Path directory;

    private final MemoryAdapters shelf = new MemoryAdapters();
    private final School school = School.open(School.SMALL, List.of(FakeEncoder.blind("a")), shelf);
    private SchoolGate gate;

    @BeforeEach
    void teach() {
        gate = SchoolGate.open(directory, school);
        school.teacher().define(School.task(Kind.CLASSIFICATION, InputKind.TEXT));
        school.teach(IntStream.range(0, 24)
                .mapToObj(i -> School.teaching(text(i), label(i)))
                .toList());
    }

    @AfterEach
    void close() {
        school.close();
        gate.close();
    }

    private static String text(int i) {
        return i % 2 == 0 ? "I lost my card number " + i + " and it is gone" : "please open a new account, " + i;
    }

    private static String label(int i) {
        return i % 2 == 0 ? "lost" : "new";
    }

    private String work() {
        FakeTrainer trainer = new FakeTrainer("words");
        AdaptationJob.Tools tools = new AdaptationJob.Tools(
                trainer,
                school.examiner(),
                school.teacher(),
                new LabelledExamples(school.store()),
                shelf,
                task -> Optional.empty(),
                MergeObserver.NONE,
                1000,
                new JobGate(gate.keeper(), school.teacher().insight()::serving));
        RefreshOrder order =
                new RefreshOrder(Aim.LEARN, "lora", RefreshOrder.AUTO, List.of(School.TASK), Duration.ofMinutes(30), 1);
        AdaptationJob job =
                new AdaptationJob(tools, new Members(school.encoders(), school.graphs()), InstantSource.fixed(BEGAN));
        return job.work(RunningJob.of("job_1", AdaptationJob.KIND, "a", BEGAN), order.toBytes(), new SilentProgress())
                .result();
    }

    @Test
    void whatTheGateRefuses_leavesDigestAnswersAndStoreAsTheyWere() {
        List<Teaching> asServed = IntStream.range(100, 140)
                .mapToObj(i ->
                        School.teaching(text(i), school.predict(text(i)).label().orElseThrow()))
                .toList();
        gate.suite(School.TASK, asServed);
        Ensemble before = school.ensemble();
        String digest = before.digest();
        Prediction answer = school.predict(text(200));

        String result = work();

        assertThat(result)
                .contains(
                        "\"promoted\":false",
                        "\"gates\":[{\"task\":\"task\",\"gate\":\"gate_1\",\"passed\":false}]",
                        "The gate of task task keeps it from serving: accuracy is",
                        "\"strategies\":");
        assertThat(school.ensemble()).isSameAs(before);
        assertThat(school.ensemble().digest()).isEqualTo(digest);
        assertThat(school.predict(text(200))).isEqualTo(answer);
        assertThat(shelf.keeps())
                .as("an end of the process would have found it")
                .isZero();
        assertThat(school.teacher().isAdapted("job_1")).isFalse();
        assertThat(school.store().vectors(School.TASK, ADAPTED)).isEmpty();
        assertThat(gate.keeper().reports().reports(School.TASK, "", 9))
                .extracting(ReportStore.Kept::report)
                .containsExactly("gate_1 false");
    }

    @Test
    void whatTheGateLetsPass_serves_andNamesItsReport() {
        gate.suite(
                School.TASK,
                IntStream.range(100, 140)
                        .mapToObj(i -> School.teaching(text(i), label(i)))
                        .toList());

        String result = work();

        assertThat(result)
                .contains("\"promoted\":true", "\"gates\":[{\"task\":\"task\",\"gate\":\"gate_1\",\"passed\":true}]");
        assertThat(school.ensemble().members().get(0).info().digest()).isEqualTo(ADAPTED);
        assertThat(shelf.kept()).hasSize(1);
    }

    @Test
    void withoutSuite_noGateIsAsked() {
        assertThat(work()).contains("\"promoted\":true").doesNotContain("\"gates\"");
    }
}
