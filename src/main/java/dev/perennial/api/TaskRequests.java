// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.refusal.Refusal;
import dev.perennial.task.Policy;
import dev.perennial.task.StoredTask;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import dev.perennial.task.TaskStore;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.HttpHeaders;
import java.util.Optional;
import java.util.Set;

/** Defines and removes tasks as requests want it, when what is there allows it. Thread-safe. */
@Singleton
public final class TaskRequests {
    private final Limits limits;
    /** Tasks are created one after the other, so that they can be counted. */
    private final Object creation = new Object();

    public TaskRequests(Limits limits) {
        this.limits = limits;
    }

    /**
     * A request for a definition.
     *
     * @param headers may say of which state it is to be the successor
     */
    public record Wish(TaskId id, TaskBody definition, HttpHeaders headers) {}

    public TaskStore.Defined define(Serving serving, Wish wish) {
        // Once before anybody waits for a lock, so that what is wrong in any case costs nothing.
        wished(serving, wish);
        return serving.teacher().alone(wish.id(), () -> defined(serving, wish));
    }

    private TaskStore.Defined defined(Serving serving, Wish wish) {
        if (serving.store().task(wish.id()).isPresent()) {
            return serving.teacher().define(wished(serving, wish));
        }
        synchronized (creation) {
            return serving.teacher().define(wished(serving, wish));
        }
    }

    /** The task that is asked for, when what is there allows it. */
    public Task wished(Serving serving, Wish wish) {
        Optional<StoredTask> before = serving.store().task(wish.id());
        require(wish.headers(), before);
        if (before.isEmpty() && serving.active().all().size() >= limits.tasks()) {
            throw new Refusal.TooLarge(
                    "tasks", limits.tasks(), serving.active().all().size() + 1L);
        }
        // A new definition may drop labels that no example carries.
        Set<String> taught = serving.teacher().insight().taughtLabels(wish.id());
        Task task = new TaskDefinitions(limits).read(wish.id(), wish.definition(), taught);
        return task.withPolicy(before.map(stored -> stored.task().policy()).orElse(Policy.DEFAULT));
    }

    /**
     * Removes a task and all that is remembered of it.
     *
     * @return the revision that this made
     */
    public String remove(Serving serving, TaskId id, HttpHeaders headers) {
        Optional<StoredTask> present = serving.store().task(id);
        require(headers, present);
        // Not what is served: a task that cannot be learnt must be removable.
        if (present.isEmpty()) {
            throw new Refusal.NotFound("task", id.value());
        }
        return serving.teacher().alone(id, () -> {
            require(headers, serving.store().task(id));
            return serving.teacher().remove(id).toString();
        });
    }

    static void require(HttpHeaders headers, Optional<StoredTask> current) {
        EntityTags.require(
                headers.getHeaderString(HttpHeaders.IF_MATCH),
                headers.getHeaderString(HttpHeaders.IF_NONE_MATCH),
                current.map(StoredTask::revision));
    }
}
