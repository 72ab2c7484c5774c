// SPDX-License-Identifier: Apache-2.0
package dev.perennial.feedback;

import static dev.perennial.feedback.Answers.AT;
import static dev.perennial.feedback.Answers.kept;
import static dev.perennial.feedback.Answers.withText;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perennial.feedback.PredictionStore.Bounds;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.Answer;
import dev.perennial.task.EncodedTeaching;
import dev.perennial.task.Idempotency;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.Policy;
import dev.perennial.task.RevisionId;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import dev.perennial.task.TaskStore;
import dev.perennial.task.Teaching;
import dev.perennial.text.Text;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link PredictionStore} keeps to. */
public abstract class PredictionStoreContract {
    private static final TaskId MOOD = new TaskId("mood");
    private static final TaskId OTHER = new TaskId("other");
    private static final Bounds WIDE = new Bounds(1_000, 1 << 20, Duration.ofDays(7));

    private PredictionStore store;

    /** Stores without anything in them, of one service. */
    protected abstract PredictionStore create();

    protected abstract TaskStore tasks();

    @BeforeEach
    void createStores() {
        store = create();
        define(MOOD);
        define(OTHER);
    }

    private void define(TaskId id) {
        tasks().define(new Task(
                id, Kind.CLASSIFICATION, InputKind.TEXT, "", List.of(), Optional.empty(), Policy.DEFAULT));
    }

    private static KeptPrediction by(long revision, KeptPrediction kept) {
        GivenAnswer given = kept.given();
        GivenAnswer other = new GivenAnswer(
                new RevisionId(revision),
                given.stage(),
                given.label(),
                given.labels(),
                given.score(),
                given.probability(),
                given.odds());
        return new KeptPrediction(kept.id(), kept.task(), kept.at(), kept.key(), other, kept.vector(), kept.input());
    }

    private static String id(int number) {
        return "pr_%016x".formatted(number);
    }

    private String teach(String text, String externalId) {
        Teaching teaching = new Teaching(Answers.input(text), new Answer.OneLabel("good"), Optional.of(externalId), 1);
        return tasks().teach(
                        MOOD,
                        List.of(new EncodedTeaching(teaching, Map.of())),
                        Optional.empty(),
                        outcome -> new Idempotency.Reply(200, "{}"))
                .rows()
                .get(0)
                .exampleId();
    }

    @Test
    void keep_readsBackEqual() {
        KeptPrediction plain = kept(MOOD, id(1), "what a day", AT);
        KeptPrediction pair = new KeptPrediction(
                id(2),
                OTHER,
                AT.plusSeconds(1),
                plain.key(),
                plain.given(),
                Optional.empty(),
                Optional.of(dev.perennial.task.Input.of(new Text("one"), new Text("other"))));
        store.keepTexts(OTHER, true, AT);
        store.keep(List.of(plain, pair), WIDE, AT);

        assertThat(store.find(id(1))).contains(plain);
        assertThat(store.find(id(2))).contains(pair);
        assertThat(store.find(id(3))).isEmpty();
        assertThat(store.size()).isEqualTo(new PredictionStore.Size(2, plain.bytes() + pair.bytes()));
    }

    @Test
    void keep_leavesOutTasksThatAreGone() {
        tasks().remove(OTHER);
        store.keep(List.of(kept(OTHER, id(1), "what a day", AT), kept(MOOD, id(2), "oh no", AT)), WIDE, AT);

        assertThat(store.find(id(1))).isEmpty();
        assertThat(store.find(id(2))).isPresent();
    }

    @Test
    void keep_leavesOutWhatATaskAnsweredThatAnotherHasFollowed() {
        KeptPrediction before = by(tasks().latestRevision(), kept(OTHER, id(1), "what a day", AT));
        tasks().remove(OTHER);
        define(OTHER);
        KeptPrediction after = by(tasks().latestRevision(), kept(OTHER, id(2), "oh no", AT));
        store.keep(List.of(before, after), WIDE, AT);

        assertThat(store.find(id(1))).isEmpty();
        assertThat(store.find(id(2))).isPresent();
    }

    @Test
    void tooManyRows_dropTheOldest() {
        Bounds few = new Bounds(80, 1 << 20, Duration.ofDays(7));
        for (int from = 1; from <= 200; from += 7) {
            List<KeptPrediction> some = new ArrayList<>();
            for (int i = from; i < from + 7; i++) {
                some.add(kept(MOOD, id(i), "text " + i, AT));
            }
            store.keep(some, few, AT);
            assertThat(store.size().rows()).isLessThanOrEqualTo(80);
        }

        assertThat(store.size().rows()).isGreaterThanOrEqualTo(70);
        assertThat(store.find(id(203))).isPresent();
        assertThat(store.find(id(203 - 69))).isPresent();
        assertThat(store.find(id(203 - 80))).isEmpty();
    }

    @Test
    void tooManyBytes_dropTheOldest() {
        long one = kept(MOOD, id(100), "text 100", AT).bytes();
        Bounds few = new Bounds(1_000, 40 * one, Duration.ofDays(7));
        for (int i = 100; i < 200; i++) {
            store.keep(List.of(kept(MOOD, id(i), "text " + i, AT)), few, AT);
        }

        assertThat(store.size().bytes()).isBetween(35 * one, 40 * one);
        assertThat(store.find(id(199))).isPresent();
        assertThat(store.find(id(199 - 40))).isEmpty();
    }

    @Test
    void whereNothingIsToBeKept_whatWasKeptGoes() {
        store.keep(List.of(kept(MOOD, id(1), "what a day", AT), kept(MOOD, id(2), "oh no", AT)), WIDE, AT);

        store.keep(List.of(), new Bounds(0, WIDE.bytes(), WIDE.age()), AT);

        assertThat(store.size()).isEqualTo(new PredictionStore.Size(0, 0));
        assertThat(store.find(id(1))).isEmpty();
        assertThat(store.find(id(2))).isEmpty();
    }

    @Test
    void tooOldOnes_goByThemselves() {
        for (int day = 0; day < 10; day++) {
            store.keep(
                    List.of(kept(MOOD, id(day), "text", AT.plus(Duration.ofDays(day)))),
                    WIDE,
                    AT.plus(Duration.ofDays(day)));
        }
        assertThat(store.find(id(0))).isEmpty();
        assertThat(store.find(id(2))).isPresent();

        store.keep(List.of(), WIDE, AT.plus(Duration.ofDays(30)));

        assertThat(store.find(id(9))).isEmpty();
        assertThat(store.size()).isEqualTo(new PredictionStore.Size(0, 0));
    }

    @Test
    void removingTheTask_erasesWhatIsKept() {
        store.keepTexts(MOOD, true, AT);
        store.keep(List.of(kept(MOOD, id(1), "what a day", AT), kept(OTHER, id(2), "what a day", AT)), WIDE, AT);

        tasks().remove(MOOD);

        assertThat(store.find(id(1))).isEmpty();
        assertThat(store.find(id(2))).isPresent();
        assertThat(store.keepingTexts()).isEmpty();
        define(MOOD);
        assertThat(store.find(id(1))).isEmpty();
    }

    @Test
    void erasingAnExample_erasesWhatIsKeptOfTheSameText() {
        String example = teach("what a day", "row");
        store.keep(List.of(kept(MOOD, id(1), "what a day", AT), kept(MOOD, id(2), "oh no", AT)), WIDE, AT);
        store.keep(List.of(kept(OTHER, id(3), "what a day", AT)), WIDE, AT);

        tasks().forget(MOOD, example);

        assertThat(store.find(id(1))).isEmpty();
        assertThat(store.find(id(2))).isPresent();
        assertThat(store.find(id(3))).isPresent();
    }

    /** Another process than the one that erases may have answered, which writes it later. */
    @Test
    void keep_leavesOutWhatWasAnsweredBeforeAnErasure() {
        String example = teach("what a day", "row");
        KeptPrediction before = by(tasks().latestRevision(), kept(MOOD, id(1), "what a day", AT));
        tasks().forget(MOOD, example);
        KeptPrediction after = by(tasks().latestRevision() + 1, kept(MOOD, id(2), "oh no", AT));
        store.keep(List.of(before, after), WIDE, AT);

        assertThat(store.find(id(1))).isEmpty();
        assertThat(store.find(id(2))).isPresent();
    }

    @Test
    void keep_leavesOutTextsThatAreNotToBeKeptAnyMore() {
        KeptPrediction plain = kept(MOOD, id(1), "what a day", AT);
        store.keep(List.of(withText(plain, "what a day")), WIDE, AT);
        assertThat(store.find(id(1))).contains(plain);
    }

    @Test
    void anotherTextUnderTheSameExternalId_erasesWhatIsKeptOfTheFormer() {
        teach("what a day", "row");
        store.keep(List.of(kept(MOOD, id(1), "what a day", AT), kept(MOOD, id(2), "oh no", AT)), WIDE, AT);

        teach("oh no", "row");

        assertThat(store.find(id(1))).isEmpty();
        assertThat(store.find(id(2))).isPresent();
    }

    @Test
    void keepingNoTexts_erasesThoseThatWere() {
        store.keepTexts(MOOD, true, AT);
        store.keepTexts(OTHER, true, AT);
        assertThat(store.keepingTexts()).containsExactlyInAnyOrder(MOOD, OTHER);
        KeptPrediction plain = kept(MOOD, id(1), "what a day", AT);
        KeptPrediction other = withText(kept(OTHER, id(2), "oh no", AT), "oh no");
        store.keep(List.of(withText(plain, "what a day"), other), WIDE, AT);

        store.keepTexts(MOOD, false, AT);

        assertThat(store.keepingTexts()).containsExactly(OTHER);
        assertThat(store.find(id(1))).contains(plain);
        assertThat(store.find(id(2))).contains(other);
    }

    @Test
    void keepTexts_ofNoTask_isRefused() {
        assertThatThrownBy(() -> store.keepTexts(new TaskId("none"), true, AT)).isInstanceOf(Refusal.NotFound.class);
    }

    @Test
    void vectors_areTheLatestOfTheTaskByTheMember() {
        Bounds few = new Bounds(80, 1 << 20, Duration.ofDays(7));
        for (int i = 0; i < 30; i++) {
            store.keep(List.of(kept(i % 3 == 0 ? OTHER : MOOD, id(i), "x".repeat(i + 1), AT)), few, AT);
        }

        assertThat(store.vectors(MOOD, "reader", 3))
                .containsExactlyInAnyOrder(
                        kept(MOOD, id(0), "x".repeat(30), AT).vector().orElseThrow(),
                        kept(MOOD, id(0), "x".repeat(29), AT).vector().orElseThrow(),
                        kept(MOOD, id(0), "x".repeat(27), AT).vector().orElseThrow());
        assertThat(store.vectors(MOOD, "reader", 100)).hasSize(20);
        assertThat(store.vectors(MOOD, "another", 3)).isEmpty();
    }
}
