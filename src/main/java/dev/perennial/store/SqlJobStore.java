// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import dev.perennial.refresh.ImportJob;
import dev.perennial.refresh.Job;
import dev.perennial.refresh.JobStore;
import dev.perennial.refresh.TeachingJob;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.Idempotency;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Jobs in a {@link Database}. Thread-safe; holds nothing in memory. */
public final class SqlJobStore implements JobStore {
    private static final Set<String> TEACHING = Set.of(TeachingJob.KIND, ImportJob.KIND);

    private final Database database;
    private final InstantSource clock;

    public SqlJobStore(Database database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    @Override
    public void accept(Job job, byte[] payload, Optional<Idempotency.Entry> reply) {
        database.write(change -> {
            Instant now = clock.instant();
            ReplyTable replies = new ReplyTable(change.handle(), now);
            reply.map(Idempotency.Entry::request).ifPresent(replies::refuseRepeated);
            if (TEACHING.contains(job.kind())) {
                // Here, because who asks is not known any more to what teaches in the background.
                change.countTaught(job.progress().total(), now);
            }
            new JobTable(change.handle()).insert(job, change.reserve("payload", 1), payload);
            reply.ifPresent(entry -> replies.keep(entry, now));
            change.tell(AuditedJobs.ACCEPT, AuditedJobs.subject(job), now);
            return job;
        });
    }

    @Override
    public Optional<Job> job(String id) {
        return database.read(handle -> new JobTable(handle).find(id));
    }

    @Override
    public List<Job> jobs(String after, int limit) {
        return database.read(handle -> new JobTable(handle).page(after, limit));
    }

    @Override
    public List<Job> unfinished() {
        return database.read(handle -> new JobTable(handle).unfinished());
    }

    @Override
    public Optional<byte[]> payload(String id) {
        return database.read(handle -> new JobTable(handle).payload(id));
    }

    @Override
    public void update(Job job, String eventType, String eventData) {
        database.write(change -> {
            JobTable jobs = new JobTable(change.handle());
            if (!jobs.update(job)) {
                throw new Refusal.NotFound("job", job.id());
            }
            jobs.appendEvent(job.id(), eventType, eventData);
            if (job.status().isFinal()) {
                tell(change, job);
                new ReplyTable(change.handle(), clock.instant()).dropOfJob(job.id());
                if (jobs.emptyPayload(job.id())) {
                    change.erasesBytes(1);
                }
            }
            return job;
        });
    }

    private void tell(Change change, Job job) {
        Optional<byte[]> payload = new JobTable(change.handle()).payload(job.id());
        AuditedJobs.told(job, payload).forEach(told -> change.tell(told.action(), told.subject(), clock.instant()));
    }

    @Override
    public List<Event> events(String id, long after, int limit) {
        return database.read(handle -> new JobTable(handle).events(id, after, limit));
    }

    @Override
    public int removeFinal(Instant finishedBefore) {
        return database.write(change -> new JobTable(change.handle()).removeFinal(finishedBefore));
    }
}
