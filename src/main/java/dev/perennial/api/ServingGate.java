// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.access.Caller;
import dev.perennial.access.Keyring;
import dev.perennial.access.TenantId;
import dev.perennial.refusal.Refusal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Leads each request to what serves the tenant whose key it carries, and to nothing else: no path, header or body names
 * a tenant. Thread-safe.
 */
public final class ServingGate {
    private final Supplier<Optional<TenantDoor>> asking;
    private final Map<TenantId, TenantDoor> doorByTenant = new ConcurrentHashMap<>();
    private final TenantDoor ofDefault = new TenantDoor(TenantId.DEFAULT);
    private volatile boolean complete;

    /** @param asking through whose door the request came that the thread works on; empty where it works on none */
    public ServingGate(Supplier<Optional<TenantDoor>> asking) {
        this.asking = asking;
        doorByTenant.put(TenantId.DEFAULT, ofDefault);
    }

    /**
     * Somebody who was let in.
     *
     * @param door of the tenant whose key it is
     */
    public record Admitted(TenantDoor door, Caller caller) {}

    /** The door of the default tenant, which is always there. */
    public TenantDoor ofDefault() {
        return ofDefault;
    }

    /** The door of a tenant, which is there from now on. */
    public TenantDoor add(TenantId tenant) {
        return doorByTenant.computeIfAbsent(tenant, first -> new TenantDoor(tenant));
    }

    /**
     * Takes a tenant's door away: nobody is let in by its keys, and who was is led nowhere. The default tenant's stays,
     * and so does one that has come in its place.
     */
    public void remove(TenantDoor door) {
        if (door != ofDefault && doorByTenant.remove(door.tenant(), door)) {
            door.close();
        }
    }

    /**
     * Takes all doors away but those of some tenants and the default one.
     *
     * @param tenants asked once; a door that comes while it is asked stays
     */
    public void retain(Supplier<Set<TenantId>> tenants) {
        List<TenantDoor> before = List.copyOf(doorByTenant.values());
        Set<TenantId> retained = tenants.get();
        before.stream().filter(door -> !retained.contains(door.tenant())).forEach(this::remove);
    }

    /** How many tenants there are whose requests are not answered. */
    public long unserved() {
        return doorByTenant.values().stream().filter(door -> !door.isOpen()).count();
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
                        .map(caller -> new Admitted(door.getValue(), caller)))
                .findFirst();
    }

    /** Whoever is known otherwise than by a key of a tenant, if that one's keys would be taken now. */
    public Optional<Admitted> admitted(TenantId tenant, Caller caller) {
        return door(tenant).filter(door -> door.keyring().isPresent()).map(door -> new Admitted(door, caller));
    }

    /** Every tenant has been started that can be: a key that is nobody's now is none. */
    public void complete() {
        complete = true;
    }

    /** Whether a key that is not known may be one of a tenant that has not started yet. */
    public boolean isComplete() {
        return complete;
    }

    /** Through which door the request came that this thread works on. A tenant that is removed since has it closed. */
    public TenantDoor asking() {
        return asking.get().orElseThrow(() -> new IllegalStateException("only a request is led through a door"));
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
