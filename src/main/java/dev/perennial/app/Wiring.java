// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.api.Bodies;
import dev.perennial.api.IdempotentRequests;
import dev.perennial.api.Json;
import dev.perennial.api.Limits;
import dev.perennial.api.MinRevision;
import dev.perennial.api.Replies;
import dev.perennial.api.RequestIds;
import dev.perennial.api.ServingGate;
import dev.perennial.api.SortableIds;
import dev.perennial.facade.FacadeSettings;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.config.MeterFilter;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.InstantSource;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Makes the parts that exist before start-up is done. */
public final class Wiring {

    @Produces
    @Singleton
    InstantSource clock() {
        return InstantSource.system();
    }

    @Produces
    @Singleton
    Limits limits(PerennialConfig config) {
        return config.limits();
    }

    @Produces
    @Singleton
    Json json(Limits limits) {
        return Json.within(limits);
    }

    @Produces
    @Singleton
    Bodies bodies(Json json) {
        return new Bodies(json);
    }

    @Produces
    @Singleton
    Replies replies(Json json) {
        return new Replies(json);
    }

    @Produces
    @Singleton
    SortableIds ids(InstantSource clock) {
        return new SortableIds(clock);
    }

    @Produces
    @Singleton
    RequestIds requestIds(ServingGate gate, InstantSource clock) {
        return new RequestIds(gate::asking, clock);
    }

    @Produces
    @Singleton
    Exchanging.Naming naming(InstantSource clock, SortableIds ids) {
        return new Exchanging.Naming(clock, ids);
    }

    @Produces
    @Singleton
    IdempotentRequests idempotentRequests(Limits limits) {
        return new IdempotentRequests(limits);
    }

    @Produces
    @Singleton
    ServingGate gate(AskingTenant asking) {
        return new ServingGate(asking);
    }

    @Produces
    @Singleton
    MinRevision minRevision(PerennialConfig config) {
        return new MinRevision(config.minRevisionWait());
    }

    @Produces
    @Singleton
    FacadeSettings facadeSettings(
            PerennialConfig config, @ConfigProperty(name = "quarkus.application.version") String version) {
        return new FacadeSettings(version, config.tei().task(), config.tei().model());
    }

    /** Whoever is not let in names paths that there need not be, and they would be the names of series. */
    @Produces
    @Singleton
    MeterFilter pathsOfStrangers() {
        return new MeterFilter() {
            @Override
            public Meter.Id map(Meter.Id id) {
                return id.getName().equals("http.server.requests") && "401".equals(id.getTag("status"))
                        ? id.replaceTags(Tags.concat(id.getTags(), "uri", "UNAUTHENTICATED"))
                        : id;
            }
        };
    }
}
