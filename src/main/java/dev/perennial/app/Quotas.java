// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.access.Quota;
import dev.perennial.access.RequestRates;
import dev.perennial.api.ServingGate;
import dev.perennial.refusal.Refusal;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.util.concurrent.TimeUnit;

/**
 * Counts requests against what their callers may ask for, and says in the headers of replies what is left. Each process
 * counts those that it answers by itself. Thread-safe.
 */
@Singleton
public final class Quotas {
    private static final String COUNTED = "perennial.counted";

    private final RequestRates rates = new RequestRates(() -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()));

    /**
     * Counts a request, once.
     *
     * @throws Refusal.QuotaExceeded when its caller has made too many
     */
    void count(RoutingContext context, ServingGate.Admitted admitted, Quota quota) {
        if (quota.requestsPerMinute().isEmpty() || context.get(COUNTED) != null) {
            return;
        }
        context.put(COUNTED, true);
        int perMinute = quota.requestsPerMinute().get();
        RequestRates.Turn turn =
                rates.take(admitted.door().tenant() + " " + admitted.caller().name(), perMinute);
        tell(context.response(), perMinute, turn);
        if (!turn.granted()) {
            throw Refusal.QuotaExceeded.ofRequests(perMinute, turn.retryAfterSeconds());
        }
    }

    /** As the IETF's draft of such headers has it (draft-ietf-httpapi-ratelimit-headers). */
    private static void tell(HttpServerResponse response, int perMinute, RequestRates.Turn turn) {
        response.putHeader("RateLimit-Policy", "\"requests\";q=" + perMinute + ";w=60");
        response.putHeader("RateLimit", "\"requests\";r=" + turn.left() + ";t=" + turn.fullAfterSeconds());
    }
}
