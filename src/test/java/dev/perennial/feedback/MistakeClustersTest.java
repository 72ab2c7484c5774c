// SPDX-License-Identifier: Apache-2.0
package dev.perennial.feedback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.perennial.encode.Encoder;
import dev.perennial.encode.FakeEncoder;
import dev.perennial.encode.Passage;
import dev.perennial.ensemble.Odds;
import dev.perennial.store.SqlFeedbackStore;
import dev.perennial.store.SqlPredictionStore;
import dev.perennial.store.SqlTaskStore;
import dev.perennial.store.SqliteDatabase;
import dev.perennial.task.Answer;
import dev.perennial.task.EncodedTeaching;
import dev.perennial.task.Example;
import dev.perennial.task.Idempotency;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.Policy;
import dev.perennial.task.RevisionId;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import dev.perennial.task.TaskStore;
import dev.perennial.task.Teaching;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Mistakes about two subjects, read by the fake encoder, over the real store. */
final class MistakeClustersTest {
    private static final Task TASK = new Task(
            new TaskId("desk"), Kind.CLASSIFICATION, InputKind.TEXT, "", List.of(), Optional.empty(), Policy.DEFAULT);

    @TempDir
    private Path directory;

    private SqliteDatabase database;
    private TaskStore tasks;
    private FeedbackBook book;
    private PredictionLog log;
    private MistakeClusters clusters;

    @BeforeEach
    void open() {
        database = SqliteDatabase.open(directory.resolve("perennial.db"));
        tasks = new SqlTaskStore(database, InstantSource.system());
        tasks.define(TASK);
        book = new FeedbackBook(new SqlFeedbackStore(database), InstantSource.system());
        PredictionStore.Bounds kept = new PredictionStore.Bounds(1_000, 1 << 20, Duration.ofDays(7));
        log = new PredictionLog(
                new SqlPredictionStore(database),
                InstantSource.system(),
                new PredictionLog.Bounds(kept, 1 << 20),
                lost -> {});
        clusters = new MistakeClusters(tasks, book, log);
    }

    @AfterEach
    void close() {
        log.close();
        database.close();
    }

    private static float[] vector(String text) {
        try (Encoder encoder = new FakeEncoder("fake")) {
            return encoder.encode(List.of(Passage.of(text))).get(0).vector();
        }
    }

    private String teach(String text, String label) {
        Teaching teaching = Teaching.of(Answers.input(text), new Answer.OneLabel(label));
        return tasks.teach(
                        TASK.id(),
                        List.of(new EncodedTeaching(teaching, Map.of("fake", vector(text)))),
                        Optional.empty(),
                        outcome -> new Idempotency.Reply(200, "{}"))
                .rows()
                .get(0)
                .exampleId();
    }

    private static GivenAnswer saying(String label) {
        return new GivenAnswer(
                new RevisionId(1),
                "full",
                Optional.of(label),
                List.of(label),
                OptionalDouble.empty(),
                OptionalDouble.of(0.6),
                Odds.NONE);
    }

    private void mistaken(String text, String answered, String right) {
        GivenAnswer given = saying(answered);
        Teaching taught = Teaching.of(Answers.input(text), new Answer.OneLabel(right));
        book.keep(new Told(
                TASK,
                Optional.empty(),
                given,
                Scores.of(TASK, given, taught.answer(), List.of(answered, right)),
                taught,
                teach(text, right),
                Optional.of(ByteVector.of("fake", vector(text)))));
    }

    private void mistakenTwice() {
        for (String where : List.of("at home", "abroad", "in town", "by train")) {
            mistaken("exchange rate of euros " + where, "fees", "exchange");
        }
        mistaken("exchange rate of euros on monday", "cards", "exchange");
        for (String where : List.of("monday", "friday", "sunday")) {
            mistaken("parcel lost with my passport " + where, "fees", "delivery");
        }
        for (String other : List.of("password", "profile", "login", "hours", "branch", "app")) {
            teach("question about the " + other, "other");
        }
    }

    @Test
    void mistakes_areGroupedBySubject_largestFirst() {
        mistakenTwice();

        MistakeClusters.Report report = clusters.of(TASK.id());

        assertThat(report.mistakes()).isEqualTo(8);
        assertThat(report.grouped()).isEqualTo(8);
        assertThat(report.clusters()).hasSize(2);
        MistakeClusters.Group first = report.clusters().get(0);
        assertThat(first.mistakes()).hasSize(5).contains(first.medoid());
        assertThat(first.share()).isCloseTo(5 / 8.0, within(1e-12));
        assertThat(first.confusions())
                .containsExactly(
                        new MistakeClusters.Swap(
                                new Answer.OneLabel("exchange"), Optional.of(new Answer.OneLabel("fees")), 4),
                        new MistakeClusters.Swap(
                                new Answer.OneLabel("exchange"), Optional.of(new Answer.OneLabel("cards")), 1));
        assertThat(first.words()).contains("exchange", "rate", "euros").doesNotContain("parcel");
        assertThat(first.example().map(Example::id)).contains(first.medoid().exampleId());
        assertThat(first.asked()).isEmpty();
        assertThat(report.clusters().get(1).words()).contains("parcel", "lost", "passport");
    }

    @Test
    void askedAlike_isTheShareOfKeptAnswersNearTheMedoid() {
        mistakenTwice();
        List<String> asked = List.of(
                "exchange rate of euros in spain",
                "parcel lost with my passport today",
                "what is the weather like",
                "hello");
        for (String text : asked) {
            log.keep(
                    "pr_%016x".formatted(asked.indexOf(text)),
                    TASK.id(),
                    new PredictionLog.Asked(Answers.input(text), "fake", vector(text)),
                    saying("fees"));
        }
        log.write();

        MistakeClusters.Report report = clusters.of(TASK.id());

        assertThat(report.clusters())
                .extracting(group -> group.asked().orElseThrow())
                .containsExactly(0.25, 0.25);
    }

    @Test
    void erasedText_isInNoGroup() {
        mistakenTwice();
        MistakeClusters.Group second = clusters.of(TASK.id()).clusters().get(1);
        tasks.forget(TASK.id(), second.medoid().exampleId());

        MistakeClusters.Report report = clusters.of(TASK.id());

        assertThat(report.grouped()).isEqualTo(7);
        assertThat(report.clusters())
                .extracting(group -> group.mistakes().size())
                .containsExactly(5, 2);
        assertThat(report.clusters())
                .flatExtracting(MistakeClusters.Group::mistakes)
                .doesNotContain(second.medoid());
    }

    @Test
    void withoutMistakes_thereAreNoGroups() {
        assertThat(clusters.of(TASK.id())).isEqualTo(new MistakeClusters.Report(0, 0, List.of()));
    }
}
