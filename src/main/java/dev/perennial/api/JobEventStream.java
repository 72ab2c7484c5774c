// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.refresh.JobStore;
import dev.perennial.refresh.Jobs;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.smallrye.mutiny.subscription.BackPressureStrategy;
import io.smallrye.mutiny.subscription.MultiEmitter;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/**
 * The events of one job for one client: those on record, then each as it comes, and always {@code done} at last.
 *
 * <p>Events are read from the store and not handed over, so that a slow client costs no memory and a late one misses
 * nothing; listening only says when to look.
 */
final class JobEventStream {
    private static final int PAGE = 100;
    private static final long RETRY_MILLIS = 2000;
    private static final long HEARTBEAT_SECONDS = 15;
    private static final String DONE = "done";

    private final Jobs jobs;
    private final String jobId;
    private final Sse sse;
    private final BooleanSupplier admitted;
    private final ScheduledExecutorService workers = Infrastructure.getDefaultWorkerPool();
    private final AtomicInteger wakes = new AtomicInteger();
    private long last;
    private boolean finished;

    /** @param admitted whether the client would still be let in; the events end when it would not */
    JobEventStream(Jobs jobs, String jobId, Sse sse, BooleanSupplier admitted) {
        this.admitted = admitted;
        this.jobs = jobs;
        this.jobId = jobId;
        this.sse = sse;
    }

    /** The events with a number greater than {@code number}. */
    Multi<OutboundSseEvent> after(long number) {
        return Multi.createFrom().emitter(emitter -> start(emitter, number), BackPressureStrategy.BUFFER);
    }

    private void start(MultiEmitter<? super OutboundSseEvent> emitter, long number) {
        last = number;
        emitter.emit(sse.newEventBuilder()
                .reconnectDelay(RETRY_MILLIS)
                .comment("events of " + jobId)
                .build());
        AutoCloseable listening = jobs.listen(jobId, () -> wake(emitter));
        ScheduledFuture<?> heartbeat = workers.scheduleAtFixedRate(
                () -> {
                    if (isWanted(emitter)) {
                        emitter.emit(sse.newEventBuilder().comment("alive").build());
                    }
                },
                HEARTBEAT_SECONDS,
                HEARTBEAT_SECONDS,
                TimeUnit.SECONDS);
        emitter.onTermination(() -> {
            heartbeat.cancel(false);
            close(listening);
        });
        wake(emitter);
    }

    /** Lets one worker at a time look, and look again when it was woken meanwhile. */
    private void wake(MultiEmitter<? super OutboundSseEvent> emitter) {
        if (wakes.getAndIncrement() == 0) {
            workers.execute(() -> {
                int seen = 1;
                while (seen != 0) {
                    seen = wakes.get();
                    emitNew(emitter);
                    seen = wakes.addAndGet(-seen);
                }
            });
        }
    }

    private boolean isWanted(MultiEmitter<? super OutboundSseEvent> emitter) {
        if (!admitted.getAsBoolean()) {
            emitter.complete();
        }
        return !emitter.isCancelled() && admitted.getAsBoolean();
    }

    private void emitNew(MultiEmitter<? super OutboundSseEvent> emitter) {
        if (!isWanted(emitter)) {
            return;
        }
        try {
            boolean ended = jobs.job(jobId).status().isFinal();
            List<JobStore.Event> page = jobs.events(jobId, last, PAGE);
            while (!page.isEmpty() && !emitter.isCancelled()) {
                page.forEach(event -> emit(emitter, event));
                page = jobs.events(jobId, last, PAGE);
            }
            if (ended && !finished && !emitter.isCancelled()) {
                repeatDone(emitter);
            }
        } catch (RuntimeException failure) {
            emitter.fail(failure);
        }
    }

    private void emit(MultiEmitter<? super OutboundSseEvent> emitter, JobStore.Event event) {
        last = event.number();
        emitter.emit(sse.newEventBuilder()
                .id(Long.toString(event.number()))
                .name(event.type())
                .data(String.class, event.data())
                .build());
        if (event.type().equals(DONE)) {
            finished = true;
            emitter.complete();
        }
    }

    /** For a client that has seen the end already, or names an event that never was. */
    private void repeatDone(MultiEmitter<? super OutboundSseEvent> emitter) {
        long at = 0;
        List<JobStore.Event> page = jobs.events(jobId, at, PAGE);
        while (!page.isEmpty()) {
            for (JobStore.Event event : page) {
                at = event.number();
                if (event.type().equals(DONE)) {
                    emit(emitter, event);
                }
            }
            page = jobs.events(jobId, at, PAGE);
        }
    }

    private static void close(AutoCloseable listening) {
        try {
            listening.close();
        } catch (Exception impossible) {
            throw new IllegalStateException("a listener cannot be removed", impossible);
        }
    }
}
