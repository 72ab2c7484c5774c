// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import dev.perennial.refusal.Refusal;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Handle;

/**
 * The right of one process to change a schema. It is given with an epoch that is larger than any before, and held as
 * long as it is renewed in time; whoever takes it from a process that hangs is given the next epoch, and every change
 * of the first one is refused from then on, since it compares epochs in its transaction. The clock is the server's.
 *
 * <p>A process whose connection has ended is gone: the server lets go of the lock of its session, and nobody has to
 * wait until its time is over. Safe for concurrent use.
 */
final class PostgresLease {
    private static final System.Logger LOG = System.getLogger(PostgresLease.class.getName());
    private static final long BETWEEN_TRIES_MILLIS = 500;
    private static final long TRIES_BETWEEN_WORDS = 60;
    private static final int RENEWALS_IN_TIME = 3;

    private static final String NOW = "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint";
    private static final String OF_SESSION =
            "SELECT pg_try_advisory_lock(" + (PostgresDatabase.LOCK + 1) + ", hashtext(current_schema()))";
    private static final String LEAVE_SESSION =
            "SELECT pg_advisory_unlock(" + (PostgresDatabase.LOCK + 1) + ", hashtext(current_schema()))";
    private static final String NOBODY_CHANGES =
            "SELECT pg_try_advisory_xact_lock(" + PostgresDatabase.LOCK + ", hashtext(current_schema()))";
    private static final String NOBODY_RENEWS =
            "SELECT count(*) = 1 FROM (SELECT 1 FROM store_leases WHERE name = 'process' FOR UPDATE SKIP LOCKED) free";

    /** Hears how a lease is, on its thread. */
    interface Listener {
        /** Another process has taken it; told once. */
        void lost();

        /** Whether the server answers; told whenever that has been tried. */
        void reached(boolean answers);
    }

    private final LastingConnection connection;
    private final long micros;
    private final Optional<String> address;
    private final Listener listener;
    private final Thread renewing = new Thread(this::renew, "store-lease");
    private volatile long epoch;
    private final CountDownLatch ended = new CountDownLatch(1);

    /**
     * @param connections opens the connection that holds it
     * @param settings for how long it is held without being renewed, and what its holder says of itself
     * @param listener told how it is
     */
    PostgresLease(PostgresConnections connections, PostgresSettings settings, Listener listener) {
        this.connection = new LastingConnection(connections.leases());
        this.micros = TimeUnit.MICROSECONDS.convert(settings.lease());
        this.address = settings.address();
        this.listener = listener;
        renewing.setDaemon(true);
    }

    /**
     * Waits until no other process has it, and takes it.
     *
     * @throws Refusal.StoreUnavailable when the server cannot be reached, or the thread is interrupted
     */
    void acquire() {
        for (long tries = 0; !tryAcquire(); tries++) {
            if (tries % TRIES_BETWEEN_WORDS == 0) {
                LOG.log(
                        System.Logger.Level.INFO,
                        "Another process of Perennial changes this schema of PostgreSQL; this one waits until that"
                                + " has ended or hangs");
            }
            pause();
        }
    }

    /** Takes it if no other process has it; whether this one has it now. */
    synchronized boolean tryAcquire() {
        if (epoch == 0) {
            taken().ifPresent(given -> {
                epoch = given;
                renewing.start();
            });
        }
        return epoch > 0;
    }

    private Optional<Long> taken() {
        try {
            return Transactions.run(connection, this::take);
        } catch (RuntimeException failed) {
            // The lock of the session outlives the transaction, and would stay with one that does not lead.
            connection.drop();
            throw failed;
        }
    }

    /** What the process that has it says of itself; empty when none has it, or it says nothing. */
    Optional<String> holder(Handle handle) {
        return handle.createQuery("SELECT url FROM store_leases WHERE name = 'process' AND url IS NOT NULL AND"
                        + " expires_at > " + NOW)
                .mapTo(String.class)
                .findOne();
    }

    /** @throws Refusal.StoreUnavailable when another process has taken it */
    void require(Handle handle) {
        long present = handle.createQuery("SELECT epoch FROM store_leases WHERE name = 'process'")
                .mapTo(long.class)
                .one();
        if (epoch == 0) {
            throw StoreFailure.unavailable("Another process of Perennial makes the changes of this schema.");
        }
        if (present != epoch) {
            throw StoreFailure.unavailable(
                    "Another process of Perennial has taken this schema of PostgreSQL over, because"
                            + " this one hung. Nothing was changed; send the request again.");
        }
    }

    /** Lets go of it. */
    void close() {
        ended.countDown();
        try {
            renewing.join(TimeUnit.SECONDS.toMillis(1));
            if (epoch > 0) {
                Transactions.run(
                        connection,
                        handle -> handle.createUpdate(
                                        "UPDATE store_leases SET expires_at = 0 WHERE name = 'process' AND epoch = :epoch")
                                .bind("epoch", epoch)
                                .execute());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException unreachable) {
            LOG.log(System.Logger.Level.INFO, "The lease of the store ends by itself");
        } finally {
            connection.drop();
        }
    }

    /** The epoch, if it may be taken, which it is while nobody makes a change or renews it. */
    private Optional<Long> take(Handle handle) {
        boolean alone = handle.createQuery(OF_SESSION).mapTo(boolean.class).one();
        // A process that only lost its connection renews it in a third of the time, and keeps it.
        String free = "(expires_at < " + NOW + " OR (:alone AND expires_at < " + NOW + " + :micros / 2))";
        boolean may = handle.createQuery("SELECT " + free + " FROM store_leases WHERE name = 'process'")
                .bind("micros", micros)
                .bind("alone", alone)
                .mapTo(boolean.class)
                .one();
        if (!may) {
            // Nobody is to wait for the changes of others only to hear that, nor to be taken for one that has ended.
            leaveSession(handle, alone);
            return Optional.empty();
        }
        // Not waited for: one that hangs in the midst of either lets go of it only when the server ends it.
        if (!handle.createQuery(NOBODY_CHANGES).mapTo(boolean.class).one()
                || !handle.createQuery(NOBODY_RENEWS).mapTo(boolean.class).one()) {
            leaveSession(handle, alone);
            return Optional.empty();
        }
        Optional<Long> given = handle.createQuery("UPDATE store_leases SET epoch = epoch + 1, url = :url, expires_at = "
                        + NOW + " + :micros WHERE name = 'process' AND " + free + " RETURNING epoch")
                .bind("micros", micros)
                .bind("url", address.orElse(null))
                .bind("alone", alone)
                .mapTo(Long.class)
                .findOne();
        leaveSession(handle, alone && given.isEmpty());
        return given;
    }

    private static void leaveSession(Handle handle, boolean entered) {
        if (entered) {
            boolean unused =
                    handle.createQuery(LEAVE_SESSION).mapTo(boolean.class).one();
        }
    }

    private void renew() {
        long between = micros / RENEWALS_IN_TIME;
        try {
            while (!ended.await(between, TimeUnit.MICROSECONDS)) {
                renewOnce();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void renewOnce() {
        try {
            boolean renewed = Transactions.run(connection, this::isRenewed);
            listener.reached(true);
            if (!renewed) {
                ended.countDown();
                listener.lost();
            }
        } catch (RuntimeException unreachable) {
            listener.reached(false);
        }
    }

    /** The lock of the session is taken again where the connection was replaced, or was another process's. */
    private boolean isRenewed(Handle handle) {
        boolean unused = handle.createQuery(OF_SESSION).mapTo(boolean.class).one();
        return handle.createUpdate("UPDATE store_leases SET expires_at = " + NOW
                                + " + :micros WHERE name = 'process' AND epoch = :epoch")
                        .bind("micros", micros)
                        .bind("epoch", epoch)
                        .execute()
                == 1;
    }

    private void pause() {
        try {
            if (ended.await(BETWEEN_TRIES_MILLIS, TimeUnit.MILLISECONDS)) {
                throw StoreFailure.closed();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw StoreFailure.closed();
        }
    }
}
