// SPDX-License-Identifier: Apache-2.0
package dev.perennial.shadow;

import dev.perennial.task.MemoryTaskStore;
import dev.perennial.task.TaskStore;
import java.time.Instant;
import java.time.InstantSource;

final class MemoryApprenticeshipStoreTest extends ApprenticeshipStoreContract {
    private final TaskStore tasks = new MemoryTaskStore(InstantSource.fixed(Instant.EPOCH));

    @Override
    protected ApprenticeshipStore create() {
        return new MemoryApprenticeshipStore(tasks);
    }

    @Override
    protected TaskStore tasks() {
        return tasks;
    }
}
