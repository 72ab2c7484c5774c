// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.api.RequestObserver;
import dev.perennial.api.TenantDoor;
import dev.perennial.ensemble.Predictions;
import dev.perennial.task.TaskId;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Tells of each request to whom its tenant is counted by. Thread-safe.
 *
 * @param asking whose request the thread works on
 * @param ofDefault told of the default tenant's
 * @param ofOthers told of all others'
 */
record TenantRequests(Supplier<Optional<TenantDoor>> asking, RequestObserver ofDefault, RequestObserver ofOthers)
        implements RequestObserver {

    @Override
    public void answered(Optional<TaskId> task, Predictions answers) {
        observer().answered(task, answers);
    }

    @Override
    public void failed(Optional<TaskId> task) {
        observer().failed(task);
    }

    @Override
    public void corrected(TaskId task, boolean wasWrong) {
        observer().corrected(task, wasWrong);
    }

    private RequestObserver observer() {
        return asking.get().filter(door -> door.tenant().isDefault()).isPresent() ? ofDefault : ofOthers;
    }
}
