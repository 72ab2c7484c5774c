// SPDX-License-Identifier: Apache-2.0
package dev.perennial.revision;

import dev.perennial.task.MemoryTaskStore;
import java.time.InstantSource;

final class MemoryRevisionStoreTest extends RevisionStoreContract {

    @Override
    protected Ports create(InstantSource clock) {
        MemoryTaskStore store = new MemoryTaskStore(clock);
        return new Ports(store, store);
    }
}
