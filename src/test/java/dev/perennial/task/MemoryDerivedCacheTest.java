// SPDX-License-Identifier: Apache-2.0
package dev.perennial.task;

final class MemoryDerivedCacheTest extends DerivedCacheContract {
    private final DerivedCache cache = new MemoryDerivedCache();

    @Override
    protected DerivedCache cache() {
        return cache;
    }
}
