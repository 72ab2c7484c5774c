// SPDX-License-Identifier: Apache-2.0
package dev.perennial.shadow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perennial.refusal.Refusal;
import dev.perennial.shadow.ShadowCourse.Ruling;
import dev.perennial.shadow.ShadowCourse.State;
import dev.perennial.shadow.Tally.Cell;
import dev.perennial.shadow.Tally.Scored;
import dev.perennial.shadow.Tally.Side;
import dev.perennial.task.Idempotency;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.Policy;
import dev.perennial.task.RevisionId;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import dev.perennial.task.TaskStore;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link ShadowStore} keeps to. */
public abstract class ShadowStoreContract {
    private static final TaskId MOOD = new TaskId("mood");
    private static final TaskId OTHER = new TaskId("other");
    private static final Instant AT = Instant.parse("2026-03-01T10:00:00.123456Z");

    private ShadowStore store;

    /** Stores without anything in them, of one service. */
    protected abstract ShadowStore create();

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

    private static Shadow shadow(String id, TaskId task, Optional<PromotionRule> rule) {
        return new Shadow(id, task, new RevisionId(7), new Traffic(0.5, 0.25, -3), rule, 11, AT);
    }

    private static Shadow plain(String id, TaskId task) {
        return shadow(id, task, Optional.empty());
    }

    private static Tally tally() {
        return new Tally(
                9,
                8,
                7,
                6,
                new Side(1.5, 2, 3, 4),
                new Side(2.5, 5, 6, 7),
                new Scored(10, 4, 3, 2),
                Map.of(new Cell("good", "bad"), 5L, new Cell("", "good"), 1L),
                13);
    }

    private static ShadowCourse running(Shadow shadow) {
        return new ShadowCourse(
                shadow,
                State.RUNNING,
                Optional.empty(),
                Optional.empty(),
                tally(),
                new Ruling(Optional.of("too few"), 400, true));
    }

    @Test
    void begin_readsBackEqual() {
        Shadow plain = plain("sh_1", MOOD);
        Shadow ruled = shadow("sh_2", OTHER, Optional.of(new PromotionRule(0, 12, true)));
        store.begin(plain, Optional.empty(), 9);
        store.begin(ruled, Optional.empty(), 9);

        assertThat(store.find(MOOD, "sh_1")).contains(ShadowCourse.begun(plain));
        assertThat(store.find(OTHER, "sh_2")).contains(ShadowCourse.begun(ruled));
        assertThat(store.find(OTHER, "sh_1")).isEmpty();
        assertThat(store.running()).containsExactly(ShadowCourse.begun(plain), ShadowCourse.begun(ruled));
    }

    @Test
    void begin_isRefusedWhileOneRuns_andWithoutTask() {
        store.begin(plain("sh_1", MOOD), Optional.empty(), 9);

        assertThatThrownBy(() -> store.begin(plain("sh_2", MOOD), Optional.empty(), 9))
                .isInstanceOf(Refusal.Conflict.class);
        assertThatThrownBy(() -> store.begin(plain("sh_2", new TaskId("none")), Optional.empty(), 9))
                .isInstanceOf(Refusal.NotFound.class);
        assertThat(store.page(MOOD, "", 9)).hasSize(1);
    }

    @Test
    void keepAndEnd_readBackEqual_andWhatHasEndedStays() {
        Shadow shadow = plain("sh_1", MOOD);
        store.begin(shadow, Optional.empty(), 9);
        store.keep(running(shadow));
        assertThat(store.find(MOOD, "sh_1")).contains(running(shadow));

        ShadowCourse promoted = running(shadow).ended(State.PROMOTED, "by its rule", AT.plusSeconds(5));
        store.end(promoted);
        store.keep(running(shadow));
        store.end(running(shadow).ended(State.ENDED, "by hand", AT));

        assertThat(store.find(MOOD, "sh_1")).contains(promoted);
        assertThat(store.running()).isEmpty();
        store.begin(plain("sh_2", MOOD), Optional.empty(), 9);
        assertThat(store.running()).hasSize(1);
    }

    @Test
    void page_isLatestFirstBeforeOne_andOldOnesGo() {
        for (int i = 1; i <= 4; i++) {
            Shadow shadow = plain("sh_" + i, MOOD);
            store.begin(shadow, Optional.empty(), 2);
            store.end(running(shadow).ended(State.ENDED, "by hand", AT));
        }

        assertThat(store.page(MOOD, "", 9))
                .extracting(course -> course.shadow().id())
                .containsExactly("sh_4", "sh_3", "sh_2");
        assertThat(store.page(MOOD, "sh_4", 1))
                .extracting(course -> course.shadow().id())
                .containsExactly("sh_3");
    }

    @Test
    void begin_keepsTheReply() {
        Idempotency request = new Idempotency("POST /v1/tasks/mood/shadows k", "digest");
        Idempotency.Entry entry = new Idempotency.Entry(request, new Idempotency.Reply(201, "{}"));
        store.begin(plain("sh_1", MOOD), Optional.of(entry), 9);

        assertThat(tasks().reply(request.key())).contains(entry);
    }

    @Test
    void removingTheTask_removesItsShadows() {
        Shadow shadow = plain("sh_1", MOOD);
        store.begin(shadow, Optional.empty(), 9);
        store.keep(running(shadow));
        tasks().remove(MOOD);

        assertThat(store.find(MOOD, "sh_1")).isEmpty();
        store.keep(running(shadow));
        assertThat(store.running()).isEmpty();
    }
}
