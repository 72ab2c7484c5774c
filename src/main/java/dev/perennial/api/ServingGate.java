// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.access.Caller;
import dev.perennial.access.Keyring;
import dev.perennial.access.TenantId;
import dev.perennial.refusal.Refusal;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Leads each request to what serves the tenant whose key it carries, and to nothing else: no path, header or body names
 * a tenant. Thread-safe.
 */
public final class ServingGate {
    private final Supplier<Optional<TenantId>> asking;
    private final Map<TenantId, TenantDoor> doorByTenant = new ConcurrentHashMap<>();
    private final TenantDoor ofDefault = new TenantDoor();

    /** @param asking whose request the thread works on; empty where it works on none */
    public ServingGate(Supplier<Optional<TenantId>> asking) {
        this.asking = asking;
        doorByTenant.put(TenantId.DEFAULT, ofDefault);
    }

    /**
     * Somebody who was let in.
     *
     * @param tenant whose key it is
     */
    public record Admitted(TenantId tenant, Caller caller) {}

    /** The door of the default tenant, which is always there. */
    public TenantDoor ofDefault() {
        return ofDefault;
    }

    /** The door of a tenant, which is there from now on. */
    public TenantDoor add(TenantId tenant) {
        return doorByTenant.computeIfAbsent(tenant, first -> new TenantDoor());
    }

    /** Takes the door of a tenant away: nobody is let in by its keys. The default tenant's stays. */
    public void remove(TenantId tenant) {
        if (!tenant.isDefault()) {
            doorByTenant.remove(tenant);
        }
    }

    /** The door of a tenant, if there is one. */
    public Optional<TenantDoor> door(TenantId tenant) {
        return Optional.ofNullable(doorByTenant.get(tenant));
    }

    /** Whose key it is, if it is taken: of each tenant's keys, only one can have its id. */
    public Optional<Admitted> admitted(String key) {
        return doorByTenant.entrySet().stream()
                .flatMap(door -> door.getValue().keyring().stream()
                        .flatMap(keys -> keys.caller(key).stream())
                        .map(caller -> new Admitted(door.getKey(), caller)))
                .findFirst();
    }

    /** Whether the keys of all tenants are known, so that one which is nobody's is none. */
    public boolean hasAllKeys() {
        return doorByTenant.values().stream().noneMatch(door -> door.keyring().isEmpty());
    }

    /** The door of the tenant whose request this thread works on. */
    public TenantDoor asking() {
        TenantId tenant =
                asking.get().orElseThrow(() -> new IllegalStateException("only a request is led through a door"));
        // Removed after it was let in, a tenant is as one whose service stops.
        return door(tenant).orElseGet(TenantDoor::new);
    }

    /**
     * The keys of the tenant whose request this thread works on.
     *
     * @throws Refusal.NotReady while the service starts
     */
    public Keyring keyring() {
        return asking().keyring().orElseThrow(() -> new Refusal.NotReady("The service is starting.", 1));
    }

    /**
     * What serves the request that this thread works on.
     *
     * @throws Refusal.NotReady while it starts or stops
     */
    public Serving serving() {
        return asking().serving();
    }
}
