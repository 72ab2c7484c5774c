// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import static dev.perennial.store.StoreFixture.TASK;
import static dev.perennial.store.StoreFixture.teach;

import dev.perennial.ensemble.Odds;
import dev.perennial.feedback.ByteVector;
import dev.perennial.feedback.FeedbackStore;
import dev.perennial.feedback.GivenAnswer;
import dev.perennial.feedback.KeptPrediction;
import dev.perennial.feedback.Mistake;
import dev.perennial.feedback.PredictionStore;
import dev.perennial.feedback.Scores;
import dev.perennial.feedback.TestedAnswer;
import dev.perennial.task.Answer;
import dev.perennial.task.ContentKey;
import dev.perennial.task.EncodedTeaching;
import dev.perennial.task.Input;
import dev.perennial.task.RevisionId;
import dev.perennial.task.Teaching;
import dev.perennial.text.Text;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;

/** A random history of answers, mistakes and erasures of what they are about, and what of it may be in the files. */
final class AnswerHistory {
    private static final Instant AT = Instant.parse("2026-02-03T04:05:06Z");
    private static final PredictionStore.Bounds BOUNDS = new PredictionStore.Bounds(400, 1 << 20, Duration.ofDays(7));
    private static final FeedbackStore.Bounds OF_FEEDBACK = new FeedbackStore.Bounds(1_000, 1_000);
    private static final int LIVE = 30;
    private static final int DIMENSION = 256;

    /**
     * A text that was asked and taught, and how to find it again in the files.
     *
     * @param textOfAnswer what its answer kept of the text, which the example does not have
     */
    record Trace(String exampleId, String textOfAnswer, ContentKey key, ByteVector vector) {
        boolean isIn(StoredBytes bytes) {
            return bytes.contain(key.hex()) || bytes.contain(vector.values());
        }

        boolean isAllIn(StoredBytes bytes) {
            return isIn(bytes) || bytes.contain(textOfAnswer);
        }
    }

    private final SqlTaskStore tasks;
    private final SqlPredictionStore predictions;
    private final SqlFeedbackStore feedback;
    private final Random random;
    private final List<Trace> live = new ArrayList<>();
    private final List<Trace> gone = new ArrayList<>();
    private long number;

    AnswerHistory(SqliteDatabase database, SqlTaskStore tasks, Random random) {
        this.tasks = tasks;
        this.predictions = new SqlPredictionStore(database);
        this.feedback = new SqlFeedbackStore(database);
        this.random = random;
    }

    List<Trace> live() {
        return live;
    }

    List<Trace> gone() {
        return gone;
    }

    /** Answers about a new text, or an erasure of one. */
    void step() {
        if (live.size() < LIVE || random.nextBoolean()) {
            live.add(answered());
        } else {
            Trace trace = live.remove(random.nextInt(live.size()));
            tasks.forget(TASK, trace.exampleId());
            gone.add(trace);
        }
    }

    private Trace answered() {
        Input input = Input.of(new Text("text " + number + " " + "x".repeat(random.nextInt(300))));
        Teaching teaching = Teaching.of(input, new Answer.OneLabel("label"));
        String example = teach(tasks, new EncodedTeaching(teaching, Map.of()))
                .rows()
                .get(0)
                .exampleId();
        byte[] values = new byte[DIMENSION];
        random.nextBytes(values);
        Trace trace =
                new Trace(example, "answer " + number + " ", ContentKey.of(input), new ByteVector("reader", values));
        List<KeptPrediction> kept = new ArrayList<>();
        for (int i = 0; i <= random.nextInt(3); i++) {
            kept.add(kept(trace));
        }
        predictions.keep(kept, BOUNDS, AT);
        // Answers go by and by; mistakes stay.
        feedback.keep(tested(), Optional.of(mistake(trace)), OF_FEEDBACK);
        return trace;
    }

    private KeptPrediction kept(Trace trace) {
        Text text = new Text(trace.textOfAnswer() + "y".repeat(random.nextInt(random.nextInt(9) == 0 ? 9_000 : 300)));
        return new KeptPrediction(
                "pr_%016x".formatted(number++),
                TASK,
                AT,
                trace.key(),
                given(),
                Optional.of(trace.vector()),
                Optional.of(Input.of(text)));
    }

    private static GivenAnswer given() {
        return new GivenAnswer(
                new RevisionId(1),
                "full",
                Optional.of("label"),
                List.of("label"),
                OptionalDouble.empty(),
                OptionalDouble.of(0.5),
                Odds.NONE);
    }

    private static TestedAnswer tested() {
        OptionalDouble none = OptionalDouble.empty();
        return new TestedAnswer(
                TASK,
                AT,
                new RevisionId(1),
                "full",
                Optional.empty(),
                new Scores(false, false, none, none, none, none, none));
    }

    private static Mistake mistake(Trace trace) {
        Mistake.Said said = new Mistake.Said(
                Optional.of(new Answer.OneLabel("label")),
                new Answer.OneLabel("other"),
                OptionalDouble.of(0.5),
                new RevisionId(1),
                "full",
                Optional.empty());
        return new Mistake("", TASK, AT, said, trace.exampleId(), trace.key(), Optional.of(trace.vector()));
    }
}
