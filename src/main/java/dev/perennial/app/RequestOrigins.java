// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.api.ProblemReplies;
import dev.perennial.task.Origin;
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
 * Tells where a change comes from that the asking thread is about to make: from the request that it works on, as the
 * container knows it, or from the service itself. Thread-safe.
 */
@Singleton
public final class RequestOrigins implements Supplier<Origin> {
    private final CurrentVertxRequest request;

    public RequestOrigins(CurrentVertxRequest request) {
        this.request = request;
    }

    @Override
    public Origin get() {
        boolean works =
                Arc.container() != null && Arc.container().requestContext().isActive();
        @Nullable RoutingContext current = works ? request.getCurrent() : null;
        @Nullable String traceId = current == null ? null : current.get(ProblemReplies.TRACE_ID);
        if (current == null || traceId == null) {
            return Origin.SERVICE;
        }
        return current.user() instanceof QuarkusHttpUser user
                ? origin(user.getSecurityIdentity(), traceId)
                : Origin.request(traceId);
    }

    private static Origin origin(SecurityIdentity identity, String traceId) {
        return new Origin(
                identity.getPrincipal().getName(), Optional.of(traceId), KeyAuthentication.examplesPerDay(identity));
    }
}
