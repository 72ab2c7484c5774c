// SPDX-License-Identifier: Apache-2.0
package dev.perennial.encode;

import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Characters that may wait or run at once, a part of which may be all that somebody can take. Thread-safe. */
final class Places {
    private static final int LONGEST_WAIT_SECONDS = 10;

    private final int most;
    private final Semaphore free;
    private final Optional<Places> whole;

    /** @param whole what these are a part of */
    Places(int most, Optional<Places> whole) {
        this.most = most;
        this.free = new Semaphore(most);
        this.whole = whole;
    }

    /** @param share above 0, at most 1 */
    Places part(double share) {
        if (!(share > 0 && share <= 1)) {
            throw new IllegalArgumentException("a share of places lies above 0, and at 1 at most");
        }
        return new Places((int) Math.max(1, most * share), Optional.of(this));
    }

    /** How many there are. */
    int most() {
        return most;
    }

    /** How many are taken. */
    int taken() {
        return most - free.availablePermits();
    }

    /** Waits for some seconds at most until none is taken. */
    void awaitFree() {
        try {
            if (free.tryAcquire(most, LONGEST_WAIT_SECONDS, TimeUnit.SECONDS)) {
                free.release(most);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Takes some at once, or none. */
    Optional<Room> take(int chars) {
        return tryTake(chars) ? Optional.of(new Room(() -> giveBack(chars))) : Optional.empty();
    }

    private boolean tryTake(int chars) {
        if (!free.tryAcquire(chars)) {
            return false;
        }
        if (whole.isPresent() && !whole.get().tryTake(chars)) {
            free.release(chars);
            return false;
        }
        return true;
    }

    private void giveBack(int chars) {
        whole.ifPresent(places -> places.giveBack(chars));
        free.release(chars);
    }
}
