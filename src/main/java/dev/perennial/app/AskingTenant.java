// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.api.TenantDoor;
import io.quarkus.arc.Arc;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import io.quarkus.vertx.http.runtime.security.QuarkusHttpUser;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells through which door the request came that the asking thread works on: that of the tenant whose key it carried,
 * as {@link KeyAuthentication} has found. Thread-safe.
 */
@Singleton
public final class AskingTenant implements Supplier<Optional<TenantDoor>> {
    /** Under which an identity keeps its door. */
    static final String ATTRIBUTE = "perennial.tenant";

    private final CurrentVertxRequest request;

    public AskingTenant(CurrentVertxRequest request) {
        this.request = request;
    }

    @Override
    public Optional<TenantDoor> get() {
        return identity(request).map(identity -> identity.<TenantDoor>getAttribute(ATTRIBUTE));
    }

    /** Who was let in with the request that the asking thread works on; empty where it works on none. */
    static Optional<SecurityIdentity> identity(CurrentVertxRequest request) {
        boolean works =
                Arc.container() != null && Arc.container().requestContext().isActive();
        @Nullable RoutingContext current = works ? request.getCurrent() : null;
        return current != null && current.user() instanceof QuarkusHttpUser user
                ? Optional.of(user.getSecurityIdentity())
                : Optional.empty();
    }
}
