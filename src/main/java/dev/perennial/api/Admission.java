// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.refusal.Refusal;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/** A bounded number of places for one sort of work; who finds none is refused at once. Thread-safe. */
public final class Admission {
    private static final int RETRY_AFTER_SECONDS = 1;

    private final String work;
    private final Semaphore places;

    /**
     * @param work what is done here, in the plural
     * @param places how many at once
     */
    public Admission(String work, int places) {
        this.work = work;
        this.places = new Semaphore(places);
    }

    /**
     * Does the work when there is a place for it.
     *
     * @throws Refusal.Saturated when there is none; nothing was done
     */
    public <T> T admit(Supplier<T> request) {
        if (!places.tryAcquire()) {
            throw new Refusal.Saturated("Too many " + work + " at once; try again.", RETRY_AFTER_SECONDS);
        }
        try {
            return request.get();
        } finally {
            places.release();
        }
    }
}
