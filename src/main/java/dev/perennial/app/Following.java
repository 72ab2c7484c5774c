// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.refusal.Refusal;
import dev.perennial.store.PostgresDatabase;
import dev.perennial.store.PostgresFeed;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * A process that follows another one, until it takes that one's place. Whatever comes to serve is made beside what
 * serves, so that requests are answered all the time. One thread hears what changes, and leads when nobody else does;
 * another learns what has changed, so that however long that takes, keys that are revoked are taken no more, and what
 * is erased is forgotten.
 */
final class Following implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Following.class);
    private static final int LONGEST_WAIT_SECONDS = 10;
    private static final long BETWEEN_TRIES_NANOS = Duration.ofMillis(500).toNanos();

    /** In which requests end that what served before still answers. */
    private static final Executor LATER = CompletableFuture.delayedExecutor(60, TimeUnit.SECONDS);

    private final Starting starting;
    private final PostgresDatabase database;
    private final boolean mayLead;
    private final Predicate<Running> serve;
    private final Runnable tenants;
    private volatile Running running;
    private volatile boolean leads;

    /** Held while everything is read anew: a follower's is not to come after a leader's. */
    private final Object building = new Object();

    private final ExecutorService learning = Executors.newSingleThreadExecutor(work -> {
        Thread thread = new Thread(work, "learn-changes");
        thread.setDaemon(true);
        return thread;
    });

    /** Whether the learning thread is asked for already and has not begun. */
    private final AtomicBoolean asked = new AtomicBoolean();

    /** Of the thread that hears. */
    private long lastTry = System.nanoTime();

    /** What served before and may still answer: one at most, so that memory holds no more. */
    private final AtomicReference<@Nullable Running> retiring = new AtomicReference<>();

    private volatile Optional<PostgresFeed> feed = Optional.empty();

    /**
     * Begins to follow when {@link #begin} is called.
     *
     * @param serve lets requests in to another one; false when the service is stopping
     * @param tenants told when there may be other tenants
     */
    Following(
            Starting starting, PerennialConfig.Role role, Running running, Predicate<Running> serve, Runnable tenants) {
        this.starting = starting;
        this.tenants = tenants;
        this.database = (PostgresDatabase) running.platform().database();
        this.mayLead = role == PerennialConfig.Role.ALL;
        this.running = running;
        this.serve = serve;
    }

    void begin() {
        feed = Optional.of(database.follow(this::step));
    }

    private void step() {
        if (leads) {
            return;
        }
        if (mayLead && System.nanoTime() - lastTry >= BETWEEN_TRIES_NANOS) {
            lastTry = System.nanoTime();
            if (database.tryLead()) {
                takeOver();
                return;
            }
        }
        Running served = running;
        Replica replica = served.replica().orElseThrow();
        replica.meetLeader(served.serving().teacher().disputed());
        replica.hear(followers(served));
        if (asked.compareAndSet(false, true)) {
            learning.execute(this::learn);
        }
    }

    private void learn() {
        asked.set(false);
        if (leads) {
            return;
        }
        try {
            Running served = running;
            if (!served.replica().orElseThrow().follow(followers(served))) {
                readAnew(served);
            }
        } catch (Refusal notNow) {
            LOG.warnf("What another process has changed is learnt later: %s", notNow.getMessage());
        } catch (RuntimeException failure) {
            LOG.error("What another process has changed is not learnt, and is tried again", failure);
        }
    }

    private void readAnew(Running served) {
        synchronized (building) {
            if (!leads) {
                LOG.info("Members or graphs have changed; they are read anew");
                swap(starting.again(served));
            }
        }
    }

    private Replica.Followers followers(Running served) {
        return new Replica.Followers(served.serving(), served.keyring(), served.forgetting(), tenants);
    }

    private void takeOver() {
        LOG.info("No other process makes the changes any more; this one does from now on");
        try {
            // What was erased last is in the memory that goes on.
            running.replica().orElseThrow().hear(followers(running));
            synchronized (building) {
                leads = true;
                swap(starting.lead(running));
            }
            // What the one before has not come to delete is this one's to.
            tenants.run();
        } catch (RuntimeException | Error failure) {
            LOG.error("This process cannot make the changes", failure);
            running.platform().tenure().lost().run();
        }
    }

    private void swap(Running next) {
        Running before = running;
        if (serve.test(next)) {
            running = next;
            Running earlier = retiring.getAndSet(before);
            if (earlier != null) {
                earlier.closeServing();
            }
            LATER.execute(() -> {
                if (retiring.compareAndSet(before, null)) {
                    before.closeServing();
                }
            });
        } else {
            next.closeServing();
        }
    }

    /** Follows no more; what serves goes on. */
    @Override
    public void close() {
        feed.ifPresent(PostgresFeed::close);
        learning.shutdown();
        try {
            boolean unused = learning.awaitTermination(LONGEST_WAIT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
