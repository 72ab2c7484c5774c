// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.access.Keyring;
import dev.perennial.access.TenantId;
import dev.perennial.refusal.Refusal;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The door between requests and what serves one tenant's: closed until that has started. Thread-safe. */
public final class TenantDoor {
    private static final int RETRY_AFTER_SECONDS = 2;

    private final TenantId tenant;

    private final AtomicReference<@Nullable Serving> serving = new AtomicReference<>();
    private final AtomicReference<@Nullable Keyring> keyring = new AtomicReference<>();
    private final Leading leading = new Leading();

    TenantDoor(TenantId tenant) {
        this.tenant = tenant;
    }

    /** Whose it is. */
    public TenantId tenant() {
        return tenant;
    }

    /** Says by which keys clients are let in. */
    public void admitBy(Keyring keys) {
        keyring.set(keys);
    }

    /** Lets requests in. */
    public void open(Serving ready) {
        serving.set(ready);
    }

    /** Lets no more requests in. */
    public void close() {
        serving.set(null);
    }

    public boolean isOpen() {
        return find().isPresent();
    }

    /** The keys by which clients are let in; empty while the service starts. */
    public Optional<Keyring> keyring() {
        return Optional.ofNullable(keyring.get());
    }

    /** Whether somebody who was let in would still be. */
    boolean admits(String caller) {
        return isOpen() && keyring().filter(keys -> keys.isTaken(caller)).isPresent();
    }

    /** Which of the tenant's requests this process answers. */
    public Leading leading() {
        return leading;
    }

    /** What serves requests; empty while the service starts or stops. */
    public Optional<Serving> find() {
        return Optional.ofNullable(serving.get());
    }

    /**
     * What serves requests.
     *
     * @throws Refusal.NotReady while the service starts or stops
     */
    public Serving serving() {
        return find().orElseThrow(() -> new Refusal.NotReady(
                "The service is starting or stopping; try again when /q/health/ready says UP.", RETRY_AFTER_SECONDS));
    }
}
