// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import dev.perennial.shadow.PromotionRule;
import dev.perennial.shadow.Shadow;
import dev.perennial.shadow.ShadowCourse;
import dev.perennial.shadow.ShadowCourse.Ruling;
import dev.perennial.shadow.ShadowCourse.State;
import dev.perennial.shadow.Tally;
import dev.perennial.shadow.Tally.Cell;
import dev.perennial.shadow.Tally.Scored;
import dev.perennial.shadow.Tally.Side;
import dev.perennial.shadow.Traffic;
import dev.perennial.task.RevisionId;
import dev.perennial.task.TaskId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jspecify.annotations.Nullable;

/** Rows of {@code shadows} and {@code shadow_cells}. Belongs to one transaction. */
final class ShadowTable {
    private static final String RUNNING = word(State.RUNNING);

    private final Handle handle;

    ShadowTable(Handle handle) {
        this.handle = handle;
    }

    static String word(State state) {
        return state.name().toLowerCase(Locale.ROOT);
    }

    static State state(String word) {
        return State.valueOf(word.toUpperCase(Locale.ROOT));
    }

    void insert(Shadow shadow) {
        handle.createUpdate("""
                        INSERT INTO shadows (id, task_id, revision, share, canary, seed, rule_answers, rule_feedback,
                            rule_gate, alias_change, started_at, state, asked, canaries, dropped, differing,
                            other_cells, serving_probability, serving_probable, serving_nanos, serving_timed,
                            candidate_probability, candidate_probable, candidate_nanos, candidate_timed, judged,
                            judged_both, judged_serving, judged_candidate)
                        VALUES (:id, :task, :revision, :share, :canary, :seed, :answers, :feedback, :gate, :alias, :at,
                            :state, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)""")
                .bind("id", shadow.id())
                .bind("task", shadow.task().value())
                .bind("revision", shadow.candidate().number())
                .bind("share", shadow.traffic().share())
                .bind("canary", shadow.traffic().canary())
                .bind("seed", shadow.traffic().seed())
                .bind("answers", shadow.rule().map(PromotionRule::answers).orElse(null))
                .bind("feedback", shadow.rule().map(PromotionRule::feedback).orElse(null))
                .bind("gate", shadow.rule().map(rule -> rule.gate() ? 1 : 0).orElse(null))
                .bind("alias", shadow.aliasChange())
                .bind("at", EpochMicros.of(shadow.startedAt()))
                .bind("state", RUNNING)
                .execute();
    }

    /** Writes how far a running one got; whether there is such a one. */
    boolean update(ShadowCourse course) {
        int updated = handle.createUpdate("""
                        UPDATE shadows SET state = :state, reason = :reason, ended_at = :ended, objection = :objection,
                            asked_again_from = :next, passed = :passed, asked = :asked, canaries = :canaries, dropped = :dropped, differing = :differing,
                            other_cells = :others, serving_probability = :servingProbability,
                            serving_probable = :servingProbable, serving_nanos = :servingNanos,
                            serving_timed = :servingTimed, candidate_probability = :candidateProbability,
                            candidate_probable = :candidateProbable, candidate_nanos = :candidateNanos,
                            candidate_timed = :candidateTimed, judged = :judged, judged_both = :both,
                            judged_serving = :onlyServing, judged_candidate = :onlyCandidate
                        WHERE id = :id AND state = :running""").bindMap(values(course)).execute();
        if (updated > 0) {
            cells(course.shadow().id(), course.tally().cells());
        }
        return updated > 0;
    }

    private static Map<String, @Nullable Object> values(ShadowCourse course) {
        Tally tally = course.tally();
        Map<String, @Nullable Object> values = new HashMap<>();
        values.put("id", course.shadow().id());
        values.put("running", RUNNING);
        values.put("state", word(course.state()));
        values.put("reason", course.reason().orElse(null));
        values.put("ended", course.endedAt().map(EpochMicros::of).orElse(null));
        values.put("objection", course.ruling().objection().orElse(null));
        values.put("next", course.ruling().next());
        values.put("passed", course.ruling().passed() ? 1 : 0);
        values.put("asked", tally.asked());
        values.put("canaries", tally.canaries());
        values.put("dropped", tally.dropped());
        values.put("differing", tally.differing());
        values.put("others", tally.otherCells());
        put(values, "serving", tally.serving());
        put(values, "candidate", tally.candidate());
        values.put("judged", tally.scored().answers());
        values.put("both", tally.scored().both());
        values.put("onlyServing", tally.scored().onlyServing());
        values.put("onlyCandidate", tally.scored().onlyCandidate());
        return values;
    }

    private static void put(Map<String, @Nullable Object> values, String whose, Side side) {
        values.put(whose + "Probability", side.probability());
        values.put(whose + "Probable", side.probable());
        values.put(whose + "Nanos", side.nanos());
        values.put(whose + "Timed", side.timed());
    }

    private void cells(String id, Map<Cell, Long> cells) {
        if (cells.isEmpty()) {
            return;
        }
        PreparedBatch batch = handle.prepareBatch("""
                INSERT INTO shadow_cells (shadow_id, serving, candidate, answers)
                VALUES (:id, :serving, :candidate, :answers)
                ON CONFLICT (shadow_id, serving, candidate) DO UPDATE SET answers = :answers""");
        cells.forEach((cell, answers) -> batch.bind("id", id)
                .bind("serving", cell.serving())
                .bind("candidate", cell.candidate())
                .bind("answers", answers)
                .add());
        batch.execute();
    }

    Optional<String> runningOf(TaskId task) {
        return handle.createQuery("SELECT id FROM shadows WHERE task_id = :task AND state = :running")
                .bind("task", task.value())
                .bind("running", RUNNING)
                .mapTo(String.class)
                .findOne();
    }

    Optional<ShadowCourse> find(TaskId task, String id) {
        return handle.createQuery("SELECT * FROM shadows WHERE task_id = :task AND id = :id")
                .bind("task", task.value())
                .bind("id", id)
                .map((row, context) -> read(row))
                .findOne();
    }

    List<ShadowCourse> page(TaskId task, String before, int limit) {
        return handle.createQuery("""
                        SELECT * FROM shadows WHERE task_id = :task AND (:before = '' OR id < :before)
                        ORDER BY id DESC LIMIT :limit""")
                .bind("task", task.value())
                .bind("before", before)
                .bind("limit", limit)
                .map((row, context) -> read(row))
                .list();
    }

    List<ShadowCourse> running() {
        return handle.createQuery("SELECT * FROM shadows WHERE state = :running ORDER BY id")
                .bind("running", RUNNING)
                .map((row, context) -> read(row))
                .list();
    }

    /** Deletes all of a task but the last ones. */
    void retain(TaskId task, int most) {
        List<String> latestFirst = handle.createQuery("SELECT id FROM shadows WHERE task_id = :task ORDER BY id DESC")
                .bind("task", task.value())
                .mapTo(String.class)
                .list();
        latestFirst.stream().skip(most).forEach(this::remove);
    }

    /** Deletes all of a task. */
    void removeAll(TaskId task) {
        retain(task, 0);
    }

    private void remove(String id) {
        handle.createUpdate("DELETE FROM shadow_cells WHERE shadow_id = :id")
                .bind("id", id)
                .execute();
        handle.createUpdate("DELETE FROM shadows WHERE id = :id").bind("id", id).execute();
    }

    private ShadowCourse read(ResultSet row) throws SQLException {
        String id = row.getString("id");
        Shadow shadow = new Shadow(
                id,
                new TaskId(row.getString("task_id")),
                new RevisionId(row.getLong("revision")),
                new Traffic(row.getDouble("share"), row.getDouble("canary"), row.getLong("seed")),
                rule(row),
                row.getLong("alias_change"),
                EpochMicros.toInstant(row.getLong("started_at")));
        Optional<Instant> ended = EpochMicros.read(row, "ended_at");
        return new ShadowCourse(
                shadow,
                state(row.getString("state")),
                Optional.ofNullable(row.getString("reason")),
                ended,
                tally(row, id),
                new Ruling(
                        Optional.ofNullable(row.getString("objection")),
                        row.getLong("asked_again_from"),
                        row.getLong("passed") == 1));
    }

    private static Optional<PromotionRule> rule(ResultSet row) throws SQLException {
        long answers = row.getLong("rule_answers");
        return row.wasNull()
                ? Optional.empty()
                : Optional.of(new PromotionRule(answers, row.getLong("rule_feedback"), row.getLong("rule_gate") == 1));
    }

    private Tally tally(ResultSet row, String id) throws SQLException {
        return new Tally(
                row.getLong("asked"),
                row.getLong("canaries"),
                row.getLong("dropped"),
                row.getLong("differing"),
                side(row, "serving"),
                side(row, "candidate"),
                new Scored(
                        row.getLong("judged"),
                        row.getLong("judged_both"),
                        row.getLong("judged_serving"),
                        row.getLong("judged_candidate")),
                cells(id),
                row.getLong("other_cells"));
    }

    private static Side side(ResultSet row, String whose) throws SQLException {
        return new Side(
                row.getDouble(whose + "_probability"),
                row.getLong(whose + "_probable"),
                row.getLong(whose + "_nanos"),
                row.getLong(whose + "_timed"));
    }

    private Map<Cell, Long> cells(String id) {
        Map<Cell, Long> cells = new HashMap<>();
        handle.createQuery("SELECT serving, candidate, answers FROM shadow_cells WHERE shadow_id = :id")
                .bind("id", id)
                .map((row, context) -> cells.put(
                        new Cell(row.getString("serving"), row.getString("candidate")), row.getLong("answers")))
                .list();
        return cells;
    }
}
