// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.math.LinearAlgebra;
import dev.perennial.member.RandomFeatures;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The sufficient statistics of one task: a ledger for each view of its members, of what they are now. Derived, rebuilt
 * when lost. Owned by the task's lock.
 */
public final class Ledgers {
    private final Map<Object, Ledger> ledgerByBasis = new ConcurrentHashMap<>();
    private final Runnable requireWanted;

    public Ledgers() {
        this(() -> {});
    }

    /** @param requireWanted asked before each ledger is brought up to date; throws when nobody waits for it any more */
    Ledgers(Runnable requireWanted) {
        this.requireWanted = requireWanted;
    }

    /**
     * The ledger of some features of rows.
     *
     * @param basis equal as long as equal keys of rows mean equal features and targets
     */
    Ledger of(Object basis, RandomFeatures features, LinearAlgebra algebra) {
        requireWanted.run();
        Ledger ledger = ledgerByBasis.get(basis);
        if (ledger == null || ledger.features().size() != features.size()) {
            ledger = new Ledger(algebra, features);
            ledgerByBasis.put(basis, ledger);
        }
        return ledger;
    }

    /** Forgets all others: what is not brought up to date may hold what was learnt from an example that is erased. */
    void retain(Set<Object> bases) {
        ledgerByBasis.keySet().retainAll(bases);
    }

    /** Memory that the statistics take. */
    public long bytes() {
        return ledgerByBasis.values().stream().mapToLong(Ledger::bytes).sum();
    }

    /** Forgets the statistics. */
    public void clear() {
        ledgerByBasis.clear();
    }
}
