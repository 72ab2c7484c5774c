// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Keeps the sufficient statistics of the tasks taught last, within a number of bytes. Those let go are rebuilt to the
 * same bits when they are needed. Safe for concurrent use; ledgers that are being used by another thread are let go as
 * well, which costs that thread nothing because it holds its own reference until it is done.
 */
public final class LedgerBudget {
    private final long maxBytes;
    private final Set<Ledgers> byUse = new LinkedHashSet<>();

    /** @param maxBytes that the statistics of all tasks may take whose teachers share it */
    public LedgerBudget(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /**
     * Notes that ledgers were used now, and lets go of those used longest ago while there are too many bytes.
     *
     * @return whether none had to go
     */
    synchronized boolean used(Ledgers ledgers) {
        byUse.remove(ledgers);
        byUse.add(ledgers);
        long bytes = byUse.stream().mapToLong(Ledgers::bytes).sum();
        boolean roomForAll = bytes <= maxBytes;
        List<Ledgers> eldest = new ArrayList<>(byUse);
        for (int i = 0; bytes > maxBytes && i < eldest.size(); i++) {
            bytes -= eldest.get(i).bytes();
            eldest.get(i).clear();
            byUse.remove(eldest.get(i));
        }
        return roomForAll;
    }

    /** Lets go of ledgers that are not needed. */
    synchronized void drop(Ledgers ledgers) {
        byUse.remove(ledgers);
        ledgers.clear();
    }
}
