// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perennial.drift.DriftMonitor;
import dev.perennial.learn.School;
import dev.perennial.refusal.Refusal;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.io.ByteArrayInputStream;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The number of tasks is bounded also when many are created at once. */
final class TaskLimitTest {
    private static final int LIMIT = 3;
    private static final int CLIENTS = 8;

    private final School school = School.open(School.SMALL);
    private final ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);

    @AfterEach
    void close() {
        clients.shutdownNow();
        school.close();
    }

    @Test
    void tasksCreatedAtOnce_doNotExceedTheLimit() {
        TasksResource tasks = resource();
        List<CompletableFuture<Integer>> creations = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            String name = "task-" + i;
            creations.add(CompletableFuture.supplyAsync(() -> status(tasks, name), clients));
        }

        List<Integer> statuses =
                creations.stream().map(CompletableFuture::join).sorted().toList();

        assertThat(statuses).startsWith(201, 201, 201).endsWith(413, 413, 413, 413, 413);
        assertThat(school.store().tasks()).hasSize(LIMIT);
    }

    private static int status(TasksResource tasks, String name) {
        byte[] body = "{\"kind\": \"classification\"}".getBytes(StandardCharsets.UTF_8);
        try (Response reply = tasks.define(name, noHeaders(), new ByteArrayInputStream(body))) {
            return reply.getStatus();
        } catch (Refusal.TooLarge tooMany) {
            return 413;
        }
    }

    private TasksResource resource() {
        Limits limits = new SmallRyeConfigBuilder()
                .withMapping(Limits.class, "perennial.limits")
                .withSources(new PropertiesConfigSource(
                        Map.of("perennial.limits.tasks", String.valueOf(LIMIT)), "test", 100))
                .build()
                .getConfigMapping(Limits.class, "perennial.limits");
        Json json = Json.within(limits);
        InstantSource clock = InstantSource.system();
        ServingGate gate = ServingGates.ofDefaultAlone();
        gate.ofDefault().open(serving());
        return new TasksResource(gate, limits, new Bodies(json), new Replies(json), new TaskRequests(limits));
    }

    private Serving serving() {
        return new Serving(
                school.store(),
                null,
                school.encoders(),
                school.active(),
                school.predictor(),
                null,
                null,
                school.teacher(),
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                new DriftMonitor(school.active(), school.encoders(), InstantSource.system(), 0),
                null,
                null,
                null,
                null,
                null);
    }

    private static HttpHeaders noHeaders() {
        return (HttpHeaders) Proxy.newProxyInstance(
                HttpHeaders.class.getClassLoader(), new Class<?>[] {HttpHeaders.class}, (proxy, method, arguments) -> {
                    return method.getReturnType() == int.class ? (Object) (-1) : null;
                });
    }
}
