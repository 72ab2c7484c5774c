// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.access.TenantId;
import dev.perennial.refusal.Refusal;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * A bounded number of places for one sort of work; who finds none is refused at once. Each tenant has as many, and all
 * together twice as many, so that nobody can take every place from the others. Thread-safe.
 */
public final class Admission {
    private static final int RETRY_AFTER_SECONDS = 1;
    private static final int OF_ALL = 2;

    private final ServingGate gate;
    private final String work;
    private final int places;
    private final Semaphore all;
    private final Map<TenantId, Semaphore> byTenant = new ConcurrentHashMap<>();

    /**
     * @param gate tells whose request asks for a place
     * @param work what is done here, in the plural
     * @param places how many at once
     */
    public Admission(ServingGate gate, String work, int places) {
        this.gate = gate;
        this.work = work;
        this.places = places;
        this.all = new Semaphore(OF_ALL * places);
    }

    /**
     * Does the work when there is a place for it.
     *
     * @throws Refusal.Saturated when there is none; nothing was done
     */
    public <T> T admit(Supplier<T> request) {
        Semaphore own = byTenant.computeIfAbsent(gate.asking().tenant(), first -> new Semaphore(places));
        if (!own.tryAcquire()) {
            throw saturated();
        }
        try {
            if (!all.tryAcquire()) {
                throw saturated();
            }
            try {
                return request.get();
            } finally {
                all.release();
            }
        } finally {
            own.release();
        }
    }

    private Refusal.Saturated saturated() {
        return new Refusal.Saturated("Too many " + work + " at once; try again.", RETRY_AFTER_SECONDS);
    }
}
