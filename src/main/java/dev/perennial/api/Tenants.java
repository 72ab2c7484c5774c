// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.access.Keyring;
import dev.perennial.access.Tenant;
import dev.perennial.access.TenantId;
import java.util.List;
import java.util.Optional;

/** Port: the tenants beside the default one. Implementations are thread-safe. */
public interface Tenants {

    /** Those that are present, in the order of their ids. */
    List<Tenant> all();

    /** Whether a tenant's requests are answered now. */
    boolean isServed(TenantId id);

    /**
     * Makes a tenant, which is served when this returns, or gives one that there is its name.
     *
     * @param name what people call it; where there is none, it keeps the one it has, or is called by its id
     * @return whether it was made
     * @throws dev.perennial.refusal.Refusal.TooLarge when there are too many
     * @throws dev.perennial.refusal.Refusal.StoreUnavailable when it cannot be made, or not be served yet
     */
    boolean put(TenantId id, Optional<String> name);

    /**
     * Removes a tenant: nobody is let in by its keys when this returns, and all that it kept is deleted, or will be.
     *
     * @return whether everything is deleted
     * @throws dev.perennial.refusal.Refusal.NotFound when there is no such tenant
     */
    boolean remove(TenantId id);

    /**
     * The keys of a tenant.
     *
     * @throws dev.perennial.refusal.Refusal.NotFound when there is no such tenant
     * @throws dev.perennial.refusal.Refusal.NotReady when it is not served now
     */
    Keyring keyring(TenantId id);
}
