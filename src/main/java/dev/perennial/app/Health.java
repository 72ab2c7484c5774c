// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.api.ServingGate;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Liveness;
import org.eclipse.microprofile.health.Readiness;
import org.eclipse.microprofile.health.Startup;

/**
 * Health: started when every task is learnt, or could not be and is tried again in the background; ready while requests
 * are served; live as long as the event loop answers and not too many threads hang in long work.
 */
public final class Health {

    @Produces
    @Singleton
    @Startup
    HealthCheck started(ServingGate gate) {
        return () -> {
            HealthCheckResponseBuilder health = HealthCheckResponse.named("start-up");
            return gate.ofDefault()
                    .find()
                    .map(serving -> health.up()
                            .withData("unserved_tasks", serving.active().unserved())
                            .withData("failed_members", serving.members().failed()))
                    .orElseGet(health::down)
                    .build();
        };
    }

    @Produces
    @Singleton
    @Liveness
    HealthCheck live(Metrics metrics) {
        return () -> HealthCheckResponse.named("long work")
                .status(!metrics.jobs().areTooManyLost())
                .build();
    }

    @Produces
    @Singleton
    @Readiness
    HealthCheck ready(ServingGate gate, PerennialConfig config) {
        // Nobody is sent away from a process that serves tenants by one that does not yet; where there is no other,
        // those that are served do not wait for the rest.
        boolean hasOthers = config.store().kind() == PerennialConfig.Store.Engine.POSTGRESQL;
        return () -> HealthCheckResponse.named("serving")
                .status(gate.ofDefault().isOpen() && (gate.isComplete() || !hasOthers))
                .withData("role", gate.ofDefault().leading().isFollowing() ? "follows" : "leads")
                .build();
    }
}
