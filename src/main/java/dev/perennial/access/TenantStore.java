// SPDX-License-Identifier: Apache-2.0
package dev.perennial.access;

import java.util.List;
import java.util.Optional;

/**
 * Keeps the list of tenants but the default one, in the store of that. Safe for concurrent use. Every change is an
 * audit event there, and on the disk when its method returns.
 *
 * <p>All methods throw {@link dev.perennial.refusal.Refusal.StoreUnavailable} when the store cannot be used now.
 */
public interface TenantStore {

    /** All of them, those that are being deleted too, in the order of their ids. */
    List<Tenant> all();

    /** The one of an id that is present. */
    default Optional<Tenant> find(TenantId id) {
        return all().stream()
                .filter(tenant -> tenant.isPresent() && tenant.id().equals(id))
                .findFirst();
    }

    /** Adds one, or gives the one that is present of this id its name. */
    void put(Tenant tenant);

    /** Notes that one is served for the first time. */
    void begin(Tenant tenant);

    /** Notes that one is being deleted; whether it was present. */
    boolean remove(TenantId id);

    /** Forgets one whose things are deleted. */
    void forget(Tenant deleted);
}
