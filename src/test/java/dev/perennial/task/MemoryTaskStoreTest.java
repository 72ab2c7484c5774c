// SPDX-License-Identifier: Apache-2.0
package dev.perennial.task;

import java.time.InstantSource;

/** The model keeps the contract that it is used to check. */
final class MemoryTaskStoreTest extends TaskStoreContract {
    private TaskStore store;

    @Override
    protected TaskStore create(InstantSource clock) {
        store = new MemoryTaskStore(clock);
        return store;
    }

    @Override
    protected TaskStore reopen(InstantSource clock) {
        return store;
    }
}
