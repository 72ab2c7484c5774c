// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import dev.perennial.refusal.Refusal;
import dev.perennial.shadow.Shadow;
import dev.perennial.shadow.ShadowCourse;
import dev.perennial.shadow.ShadowCourse.State;
import dev.perennial.shadow.ShadowStore;
import dev.perennial.task.AuditEvent.Subject;
import dev.perennial.task.Idempotency;
import dev.perennial.task.TaskId;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** Shadows in a {@link Database}. Thread-safe; holds nothing in memory. */
public final class SqlShadowStore implements ShadowStore {
    private final Database database;
    private final InstantSource clock;

    public SqlShadowStore(Database database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    @Override
    public void begin(Shadow shadow, Optional<Idempotency.Entry> reply, int most) {
        database.write(change -> {
            Instant now = clock.instant();
            ReplyTable replies = new ReplyTable(change.handle(), now);
            reply.map(Idempotency.Entry::request).ifPresent(replies::refuseRepeated);
            ShadowTable shadows = new ShadowTable(change.handle());
            if (new TaskTable(change.handle()).find(shadow.task()).isEmpty()) {
                throw new Refusal.NotFound("task", shadow.task().value());
            }
            shadows.runningOf(shadow.task()).ifPresent(other -> {
                throw new Refusal.Conflict("A shadow of this task runs already, " + other + ".");
            });
            shadows.retain(shadow.task(), most);
            shadows.insert(shadow);
            reply.ifPresent(entry -> replies.keep(entry, now));
            change.tell("shadow.start", Subject.task(shadow.task()), now);
            return shadow;
        });
    }

    @Override
    public void keep(ShadowCourse course) {
        database.write(change -> new ShadowTable(change.handle()).update(course));
    }

    @Override
    public void end(ShadowCourse course) {
        database.write(change -> {
            if (new ShadowTable(change.handle()).update(course)) {
                String action = course.state() == State.PROMOTED ? "shadow.promote" : "shadow.end";
                change.tell(action, Subject.task(course.shadow().task()), clock.instant());
            }
            return course;
        });
    }

    @Override
    public Optional<ShadowCourse> find(TaskId task, String id) {
        return database.read(handle -> new ShadowTable(handle).find(task, id));
    }

    @Override
    public List<ShadowCourse> page(TaskId task, String before, int limit) {
        return database.read(handle -> new ShadowTable(handle).page(task, before, limit));
    }

    @Override
    public List<ShadowCourse> running() {
        return database.read(handle -> new ShadowTable(handle).running());
    }
}
