// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.math.LinearAlgebra;
import dev.perennial.member.RandomFeatures;
import dev.perennial.member.View;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The sufficient statistics of one task, one ledger per view. Derived, rebuilt when lost. Owned by the task's lock. */
public final class Ledgers {
    private final Map<View, Ledger> ledgerByView = new ConcurrentHashMap<>();
    private Object basis = List.of();

    /**
     * Forgets the statistics when what rows of equal keys are made of is no longer what it was.
     *
     * @param newBasis equal as long as equal keys mean equal features and targets
     */
    void require(Object newBasis) {
        if (!newBasis.equals(basis)) {
            clear();
            basis = newBasis;
        }
    }

    Ledger of(View view, RandomFeatures features, LinearAlgebra algebra) {
        Ledger ledger = ledgerByView.get(view);
        if (ledger == null || ledger.features().size() != features.size()) {
            ledger = new Ledger(algebra, features);
            ledgerByView.put(view, ledger);
        }
        return ledger;
    }

    /** Memory that the statistics take. */
    public long bytes() {
        return ledgerByView.values().stream().mapToLong(Ledger::bytes).sum();
    }

    /** Forgets the statistics. */
    public void clear() {
        ledgerByView.clear();
    }
}
