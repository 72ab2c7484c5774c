// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Who wants to know when a job has new events. Thread-safe. */
final class JobListeners {
    private final Map<String, List<Runnable>> byJob = new ConcurrentHashMap<>();

    /** Registers; what is returned takes the registration back. */
    AutoCloseable add(String jobId, Runnable listener) {
        byJob.compute(jobId, (id, before) -> {
            List<Runnable> all = before == null ? new CopyOnWriteArrayList<>() : before;
            all.add(listener);
            return all;
        });
        return () -> byJob.computeIfPresent(jobId, (id, all) -> {
            all.remove(listener);
            return all.isEmpty() ? null : all;
        });
    }

    void wake(String jobId) {
        byJob.getOrDefault(jobId, List.of()).forEach(Runnable::run);
    }
}
