// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.blas.OpenBlas;
import dev.perennial.refresh.StaticRefresher;
import dev.perennial.refusal.Refusal;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.microprofile.config.ConfigProvider;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Starts the service beside the HTTP server, so that health answers from the first moment, and stops it in order. What
 * runs is handed over through one reference.
 */
@Singleton
public final class Lifecycle {
    private static final Logger LOG = Logger.getLogger(Lifecycle.class);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);
    private static final Duration LONGEST_QUIET = Duration.ofHours(1);

    /** Work that waits politely gives a sign every half minute. */
    private static final Duration SHORTEST_STALL = Duration.ofMinutes(1);

    /** Some 1.6 GB. */
    private static final int MOST_SAMPLED = 1_000_000;

    private static final int NANOS_PER_MILLI = 1_000_000;

    private final PerennialConfig config;
    private final Tenancies tenancies;
    private final AtomicReference<@Nullable Thread> starter = new AtomicReference<>();
    private volatile boolean stopping;

    public Lifecycle(PerennialConfig config, Tenancies tenancies) {
        this.config = config;
        this.tenancies = tenancies;
    }

    void start(@Observes StartupEvent event) {
        requireSupported();
        // On this thread, for which the HTTP server waits, because that loads libraries as well.
        OpenBlas algebra = tenancies.loadAlgebra();
        Thread thread = new Thread(() -> startOrExit(algebra), "start-up");
        starter.set(thread);
        thread.start();
    }

    /**
     * Readiness is down from now on. What still comes after the delay is refused, because the HTTP server waits until
     * no request is left.
     */
    void drain(@Observes ShutdownDelayInitiatedEvent event) {
        Duration delay = ConfigProvider.getConfig()
                .getOptionalValue("quarkus.shutdown.delay", Duration.class)
                .orElse(Duration.ZERO);
        CompletableFuture.delayedExecutor(delay.toMillis(), TimeUnit.MILLISECONDS)
                .execute(this::refuse);
    }

    private void refuse() {
        stopping = true;
        tenancies.refuse();
    }

    void stop(@Observes ShutdownEvent event) throws InterruptedException {
        refuse();
        Thread thread = starter.getAndSet(null);
        if (thread != null && thread != Thread.currentThread()) {
            thread.interrupt();
            thread.join(LONGEST_WAIT.toMillis());
        }
        if (tenancies.end()) {
            LOG.info("Stopped");
        }
    }

    private void startOrExit(OpenBlas algebra) {
        try {
            startOrStop(algebra);
        } catch (RuntimeException | Error failure) {
            if (stopping) {
                LOG.info("Stopped before it had started");
                return;
            }
            if (failure instanceof Refusal || failure instanceof ConfigurationException) {
                LOG.errorf("Cannot start: %s", failure.getMessage());
            } else {
                LOG.error("Cannot start", failure);
            }
            Quarkus.asyncExit(1);
        }
    }

    private void startOrStop(OpenBlas algebra) {
        long began = System.nanoTime();
        if (tenancies.start(algebra)) {
            LOG.infof("Ready after %d ms", (System.nanoTime() - began) / NANOS_PER_MILLI);
        } else {
            // What is closed now waits for work in progress, which an interrupted thread could not.
            Thread.interrupted();
            tenancies.refuse();
            boolean unused = tenancies.end();
            LOG.info("Stopped as soon as it had started");
        }
    }

    private void requirePostgresql() {
        try {
            Databases.settings(config.store().postgresql());
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException(e.getMessage() + " Correct perennial.store.postgresql.", e);
        }
    }

    private void requireSupported() {
        if (config.store().kind() == PerennialConfig.Store.Engine.POSTGRESQL) {
            requirePostgresql();
        }
        if (config.role() != PerennialConfig.Role.ALL && config.store().kind() == PerennialConfig.Store.Engine.SQLITE) {
            throw new ConfigurationException(
                    "perennial.role must be all: with the embedded store one process does everything.");
        }
        int sampled = config.staticMember().sampleSize();
        if (sampled != 0 && (sampled < StaticRefresher.FEWEST_TEXTS || sampled > MOST_SAMPLED)) {
            throw new ConfigurationException("perennial.static.sample-size must be 0, or lie between "
                    + StaticRefresher.FEWEST_TEXTS + " and " + MOST_SAMPLED + ".");
        }
        if (config.minRevisionWait().isNegative() || config.minRevisionWait().compareTo(LONGEST_WAIT) > 0) {
            throw new ConfigurationException("perennial.min-revision-wait must lie between 0s and 60s.");
        }
        if (config.lifelong().delay().isNegative() || config.lifelong().delay().compareTo(LONGEST_QUIET) > 0) {
            throw new ConfigurationException("perennial.lifelong.delay must lie between 0s and 1h.");
        }
        Duration stall = config.jobs().stall();
        if (!stall.isZero() && stall.compareTo(SHORTEST_STALL) < 0) {
            throw new ConfigurationException("perennial.jobs.stall must be 0, or at least 1m.");
        }
    }
}
