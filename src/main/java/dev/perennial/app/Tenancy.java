// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.api.TenantDoor;
import dev.perennial.store.DataDirectory;
import dev.perennial.store.Database;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What serves one tenant in this process, from its start until it is closed. Thread-safe. */
final class Tenancy implements AutoCloseable {
    private final Starting starting;
    private final TenantDoor door;
    private final PerennialConfig.Role role;
    private final Runnable tenants;
    private final AtomicReference<@Nullable Running> running = new AtomicReference<>();
    private final AtomicReference<@Nullable Following> following = new AtomicReference<>();
    private boolean stopping;

    /**
     * One that has not started.
     *
     * @param door through which its requests come
     * @param tenants told when another process may have changed which tenants there are
     */
    Tenancy(Starting starting, TenantDoor door, PerennialConfig.Role role, Runnable tenants) {
        this.starting = starting;
        this.door = door;
        this.role = role;
        this.tenants = tenants;
    }

    /**
     * Starts everything but lets no request in.
     *
     * @param host what all tenants share, given the data directory of this one
     * @param ofDefault the default tenant's database, where this is another one
     */
    void start(Function<DataDirectory, Host> host, Optional<Database> ofDefault) {
        running.set(starting.start(host, ofDefault));
    }

    /** Lets requests in to what has started; false when it was asked to stop in the meantime. */
    boolean open() {
        Running started = running.get();
        if (started == null || !serve(started)) {
            return false;
        }
        follow(started);
        return true;
    }

    /** Lets no more requests in. */
    synchronized void refuse() {
        stopping = true;
        door.close();
    }

    /** The database; empty before the start and after the end. */
    Optional<Database> database() {
        return Optional.ofNullable(running.get())
                .map(started -> started.platform().database());
    }

    /** What has been started for all tenants; empty before the start and after the end. */
    Optional<Host> host() {
        return Optional.ofNullable(running.get())
                .map(started -> started.platform().host());
    }

    /** Whether this process makes the changes. */
    boolean leads() {
        Running now = running.get();
        return now != null && now.replica().isEmpty();
    }

    /** Ends it; whether there was anything to end. */
    boolean end() {
        refuse();
        Following follower = following.getAndSet(null);
        if (follower != null) {
            follower.close();
        }
        Running started = running.getAndSet(null);
        if (started == null) {
            return false;
        }
        started.close();
        return true;
    }

    @Override
    public void close() {
        boolean unused = end();
    }

    private synchronized boolean serve(Running started) {
        if (!stopping) {
            running.set(started);
            door.admitBy(started.keyring());
            door.open(started.serving());
            if (started.replica().isEmpty()) {
                door.leading().lead();
            }
        }
        return !stopping;
    }

    private synchronized void follow(Running started) {
        if (!stopping && started.replica().isPresent()) {
            Following follower = new Following(starting, role, started, this::serve, tenants);
            following.set(follower);
            follower.begin();
        }
    }
}
