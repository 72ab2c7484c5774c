// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.access.Keyring;
import dev.perennial.access.Tenant;
import dev.perennial.access.TenantId;
import dev.perennial.access.TenantStore;
import dev.perennial.api.PredictionMemory;
import dev.perennial.api.ServingGate;
import dev.perennial.api.SortableIds;
import dev.perennial.api.TenantDoor;
import dev.perennial.api.Tenants;
import dev.perennial.blas.OpenBlas;
import dev.perennial.onnx.OnnxRuntime;
import dev.perennial.refusal.Refusal;
import dev.perennial.store.DataDirectory;
import dev.perennial.store.SqlTenantStore;
import dev.perennial.task.Origin;
import io.quarkus.runtime.Quarkus;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * What serves the tenants of this process: the default one, and those that its store lists. Each has a store, a data
 * directory, keys, jobs and memory of its own, so that nothing of one is within reach of a request of another; what
 * they share is in {@link Host}. Thread-safe.
 */
@Singleton
public final class Tenancies implements Tenants {
    private static final Logger LOG = Logger.getLogger(Tenancies.class);
    private static final int RETRY_AFTER_SECONDS = 2;
    private static final int BETWEEN_TRIES_SECONDS = 10;
    private static final int LONGEST_WAIT_SECONDS = 60;
    private static final int PLACE_BYTES = 4;

    /** No place is called so. */
    private static final String LIST = "";

    private final PerennialConfig config;
    private final EncoderSource source;
    private final InstantSource clock;
    private final SortableIds ids;
    private final Troubles troubles = new Troubles();
    private final Metrics metrics;
    private final ServingGate gate;
    private final Supplier<Origin> origins;
    private final SecureRandom random = new SecureRandom();

    /** By the places where their things are. */
    private final Map<String, Tenancy> tenancyByPlace = new ConcurrentHashMap<>();

    private final Tenancy ofDefault;
    private volatile boolean stopping;

    /** Whether what could not be settled is about to be tried again: once, however often it is asked for. */
    private final AtomicBoolean retrying = new AtomicBoolean();

    /** Has one thread, so that what tenants there are is settled by one at a time. */
    private final ExecutorService settling = Executors.newSingleThreadExecutor(work -> {
        Thread thread = new Thread(work, "tenants");
        thread.setDaemon(true);
        return thread;
    });

    public Tenancies(
            PerennialConfig config,
            EncoderSource source,
            Exchanging.Naming naming,
            Metrics metrics,
            ServingGate gate,
            Supplier<Origin> origins) {
        this.config = config;
        this.source = source;
        this.clock = naming.clock();
        this.ids = naming.ids();
        this.metrics = metrics;
        this.gate = gate;
        this.origins = origins;
        Tenure tenure = new Tenure(
                TenantId.DEFAULT,
                Optional.empty(),
                config.dataDirectory(),
                memory(ids),
                gate.ofDefault().leading(),
                metrics,
                Tenancies::endProcess);
        this.ofDefault = new Tenancy(
                new Starting(config, tenure, clock, ids, origins), gate.ofDefault(), config.role(), this::follow);
    }

    /**
     * Loads the native library of linear algebra, while nothing else loads any: OpenBLAS finds the function that sets
     * its number of threads by searching all libraries, which waits for ever when another is being loaded.
     */
    OpenBlas loadAlgebra() {
        // Waits until those that are loaded beside are there.
        OnnxRuntime.preload();
        return new OpenBlas(config.learning().maxLedgerBytes());
    }

    /**
     * Starts what serves the default tenant, lets its requests in, and has the others started beside.
     *
     * @return false when the process was asked to stop in the meantime
     * @throws Refusal when the default tenant cannot be served; the detail says what to do
     */
    boolean start(OpenBlas algebra) {
        Host.Means means = new Host.Means(config, source, metrics.service(), algebra);
        ofDefault.start(directory -> Host.open(means, directory.models()), Optional.empty());
        boolean opened = ofDefault.open();
        settleSoon();
        return opened;
    }

    /** Lets no more requests in, of any tenant. */
    void refuse() {
        stopping = true;
        ofDefault.refuse();
        tenancyByPlace.values().forEach(Tenancy::refuse);
    }

    /** Ends everything that was started, the default tenant's last; whether there was anything. */
    boolean end() {
        refuse();
        // One that is just being started may learn for minutes.
        settling.shutdownNow();
        synchronized (this) {
            Set.copyOf(tenancyByPlace.keySet()).forEach(this::close);
        }
        return ofDefault.end();
    }

    @Override
    public List<Tenant> all() {
        return store().all().stream().filter(Tenant::isPresent).toList();
    }

    @Override
    public boolean isServed(TenantId id) {
        return gate.door(id).filter(TenantDoor::isOpen).isPresent();
    }

    @Override
    public boolean put(TenantId id, Optional<String> name) {
        boolean isNew = stored(id, name);
        settleNow();
        if (!isServed(id)) {
            throw new Refusal.StoreUnavailable(
                    "The tenant is there but could not be served; the log of the service says why. It is tried again"
                            + " by itself.",
                    RETRY_AFTER_SECONDS);
        }
        return isNew;
    }

    /** Whether there was none of the id. */
    private synchronized boolean stored(TenantId id, Optional<String> name) {
        if (id.isDefault()) {
            throw new Refusal.Conflict("The id is that of the default tenant, which is always there and none of these."
                    + " Choose another one.");
        }
        if (gate.ofDefault().keyring().filter(Keyring::isOpen).isPresent()) {
            throw new Refusal.Conflict("Whoever reaches this machine is an administrator as long as nobody has made a"
                    + " key. Make an operator's first, by POST /v1/keys.");
        }
        boolean isNew = store().find(id).isEmpty();
        if (!isNew && name.isEmpty()) {
            return false;
        }
        int present = all().size();
        if (isNew && present >= config.limits().tenants()) {
            throw new Refusal.TooLarge("tenants", config.limits().tenants(), present + 1L);
        }
        byte[] part = new byte[PLACE_BYTES];
        random.nextBytes(part);
        store().put(new Tenant(
                id,
                name.orElseGet(id::value),
                id + "-" + HexFormat.of().formatHex(part),
                clock.instant().truncatedTo(ChronoUnit.MICROS),
                Optional.empty(),
                false));
        return isNew;
    }

    @Override
    public boolean remove(TenantId id) {
        Tenant tenant = store().find(id).orElseThrow(() -> new Refusal.NotFound("tenant", id.value()));
        // Not one of another tenant, which is made under the same id as soon as this one is removed.
        Optional<TenantDoor> door = gate.door(id);
        if (!store().remove(id)) {
            throw new Refusal.NotFound("tenant", id.value());
        }
        door.ifPresent(gate::remove);
        settleNow();
        return store().all().stream().noneMatch(each -> each.place().equals(tenant.place()));
    }

    @Override
    public Keyring keyring(TenantId id) {
        if (store().find(id).isEmpty()) {
            throw new Refusal.NotFound("tenant", id.value());
        }
        return gate.door(id)
                .flatMap(TenantDoor::keyring)
                .orElseThrow(() -> new Refusal.NotReady(
                        "The tenant is being started, or could not be; the log of the service says why.",
                        RETRY_AFTER_SECONDS));
    }

    private TenantStore store() {
        return new SqlTenantStore(
                ofDefault.database().orElseThrow(() -> new Refusal.NotReady("The service is starting or stopping.", 1)),
                clock);
    }

    private void settleNow() {
        try {
            settling.submit(this::settle).get(LONGEST_WAIT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException | RejectedExecutionException notYet) {
            LOG.warn("Which tenants are served is not settled yet");
        }
    }

    /** Another process may have removed some, whose keys are not taken while this one starts others. */
    private void follow() {
        try {
            gate.retain(this::present);
        } finally {
            settleSoon();
        }
    }

    private Set<TenantId> present() {
        return all().stream().map(Tenant::id).collect(Collectors.toSet());
    }

    private void settleSoon() {
        if (!stopping) {
            settling.execute(this::settle);
        }
    }

    /** Serves the tenants that are listed and no others, and deletes what those have kept that were removed. */
    private synchronized void settle() {
        if (stopping || ofDefault.database().isEmpty()) {
            return;
        }
        boolean settled;
        try {
            List<Tenant> listed = store().all();
            Set<String> places = listed.stream().map(Tenant::place).collect(Collectors.toSet());
            gate.retain(this::present);
            Set.copyOf(tenancyByPlace.keySet()).stream()
                    .filter(place -> !places.contains(place))
                    .forEach(this::close);
            Databases.sweep(ofDefault.database().orElseThrow(), directory(""), places);
            // A tenant may have come in the place of one of the same id.
            settled = listed.stream()
                            .filter(tenant -> !tenant.isPresent())
                            .filter(tenant -> !delete(tenant))
                            .count()
                    == 0;
            settled &= listed.stream()
                            .filter(Tenant::isPresent)
                            .filter(tenant -> !serve(tenant))
                            .count()
                    == 0;
            troubles.over(LIST);
            gate.complete();
        } catch (RuntimeException | Error notNow) {
            tell(LIST, notNow, "Which tenants there are cannot be read, and is tried again");
            settled = false;
        }
        if (!settled && !stopping && retrying.compareAndSet(false, true)) {
            CompletableFuture.delayedExecutor(BETWEEN_TRIES_SECONDS, TimeUnit.SECONDS, settling)
                    .execute(() -> {
                        retrying.set(false);
                        settle();
                    });
        }
    }

    /** Serves a tenant; whether it is served now. */
    private boolean serve(Tenant tenant) {
        if (stopping || tenancyByPlace.containsKey(tenant.place())) {
            return true;
        }
        try {
            // Others were started in between, in which time it may have been removed.
            return !isPresent(tenant) || begin(tenant);
        } catch (RuntimeException notNow) {
            tell(tenant.place(), notNow, "Tenant " + tenant.id() + " cannot be looked for, and is tried again");
            return false;
        }
    }

    private boolean begin(Tenant tenant) {
        // A new one, which no request has come through that was let in for another tenant of the id.
        gate.door(tenant.id()).ifPresent(gate::remove);
        TenantDoor door = gate.add(tenant.id());
        Tenancy tenancy = new Tenancy(starting(tenant, door), door, config.role(), () -> {});
        try {
            Host host = ofDefault.host().orElseThrow();
            if (tenant.begun()) {
                Databases.requireThere(config, ofDefault.database().orElseThrow(), tenant, directory(tenant.place()));
            }
            tenancy.start(directory -> host, ofDefault.database());
            tenancyByPlace.put(tenant.place(), tenancy);
            if (!tenant.begun() && ofDefault.leads()) {
                store().begin(tenant);
            }
            if (isPresent(tenant)) {
                boolean unused = tenancy.open();
                LOG.infof("Tenant %s is served", tenant.id());
            }
            troubles.over(tenant.place());
            return true;
        } catch (RuntimeException | Error failure) {
            tenancyByPlace.put(tenant.place(), tenancy);
            close(tenant.place());
            tell(tenant.place(), failure, "Tenant " + tenant.id() + " cannot be served, and is tried again");
            return false;
        }
    }

    private boolean isPresent(Tenant tenant) {
        return store().find(tenant.id())
                .filter(present -> present.place().equals(tenant.place()))
                .isPresent();
    }

    private void tell(String subject, Throwable failure, String what) {
        switch (troubles.of(subject, failure)) {
            case WHOLE -> LOG.error(what, failure);
            case SHORT -> LOG.errorf("%s: %s, still", what, failure.getClass().getName());
            case NONE -> {}
        }
    }

    private Starting starting(Tenant tenant, TenantDoor door) {
        // Of its own, so that nobody can tell by them how many another one has needed.
        SortableIds ids = new SortableIds(clock);
        Tenure tenure = new Tenure(
                tenant.id(),
                Optional.of(tenant.place()),
                directory(tenant.place()),
                memory(ids),
                door.leading(),
                metrics.ofTenant(),
                () -> lost(tenant));
        return new Starting(config, tenure, clock, ids, origins);
    }

    /** Another process makes the changes of its store now, which this one goes on to follow. */
    private void lost(Tenant tenant) {
        LOG.warnf("Another process has taken the store of tenant %s over", tenant.id());
        if (!stopping) {
            settling.execute(() -> {
                close(tenant.place());
                settle();
            });
        }
    }

    /** Deletes what a removed tenant has kept; whether everything is deleted that this process has. */
    private boolean delete(Tenant tenant) {
        try {
            close(tenant.place());
            if (ofDefault.leads()) {
                Databases.delete(ofDefault.database().orElseThrow(), tenant.place(), directory(tenant.place()));
                store().forget(tenant);
                LOG.infof("All that tenant %s had kept is deleted", tenant.id());
                troubles.over(tenant.place());
            } else {
                DataDirectory.delete(directory(tenant.place()));
            }
            troubles.over(tenant.place());
            return true;
        } catch (RuntimeException failure) {
            tell(tenant.place(), failure, "What tenant " + tenant.id() + " has kept cannot be deleted yet");
            return false;
        }
    }

    private void close(String place) {
        Tenancy tenancy = tenancyByPlace.remove(place);
        if (tenancy != null) {
            try {
                tenancy.close();
            } catch (RuntimeException failure) {
                LOG.error("What served a tenant does not end in order", failure);
            }
        }
    }

    private Path directory(String place) {
        return config.dataDirectory().resolve("tenants").resolve(place);
    }

    private PredictionMemory memory(SortableIds ids) {
        PerennialConfig.PredictionMemory memory = config.predictionMemory();
        return new PredictionMemory(
                new PredictionMemory.Bounds(memory.count(), memory.chars(), memory.duration()),
                () -> Instant.ofEpochSecond(0, System.nanoTime()),
                ids);
    }

    /** What this process has in memory is not what is stored any more. */
    private static void endProcess() {
        LOG.error("Another process has taken the store over, because this one hung; this one ends");
        Quarkus.asyncExit(1);
    }
}
