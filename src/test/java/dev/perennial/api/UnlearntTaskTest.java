// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perennial.drift.DriftMonitor;
import dev.perennial.learn.School;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.RevisionId;
import io.smallrye.config.SmallRyeConfigBuilder;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.lang.reflect.Proxy;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A task that is being learnt, or cannot be, can be seen and removed. */
final class UnlearntTaskTest {
    private final School school = School.open(School.SMALL);
    private final TasksResource tasks = resource();

    @BeforeEach
    void define() {
        school.teacher().define(School.task(Kind.CLASSIFICATION, InputKind.TEXT, "a", "b"));
        school.active().beginChange(School.TASK);
        school.active().retire(School.TASK, new RevisionId(0));
        assertThatThrownBy(school::ensemble).isInstanceOf(Refusal.NotReady.class);
    }

    @AfterEach
    void close() {
        school.close();
    }

    @Test
    void list_showsIt() {
        try (Response reply = tasks.list(null, null)) {
            assertThat(reply.getEntity().toString()).contains("\"" + School.TASK + "\"");
        }
    }

    @Test
    void get_showsIt() {
        try (Response reply = tasks.get(School.TASK.value(), noHeaders())) {
            assertThat(reply.getStatus()).isEqualTo(200);
        }
    }

    @Test
    void remove_removesIt() {
        try (Response reply = tasks.remove(School.TASK.value(), noHeaders())) {
            assertThat(reply.getStatus()).isEqualTo(200);
        }
        assertThat(school.store().tasks()).isEmpty();
        assertThatThrownBy(() -> tasks.remove(School.TASK.value(), noHeaders())).isInstanceOf(Refusal.NotFound.class);
    }

    private TasksResource resource() {
        Limits limits = new SmallRyeConfigBuilder()
                .withMapping(Limits.class, "perennial.limits")
                .build()
                .getConfigMapping(Limits.class, "perennial.limits");
        Json json = Json.within(limits);
        InstantSource clock = InstantSource.system();
        ServingGate gate = ServingGates.ofDefaultAlone();
        gate.ofDefault()
                .open(new Serving(
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
                        null));
        return new TasksResource(gate, limits, new Bodies(json), new Replies(json), new TaskRequests(limits));
    }

    private static HttpHeaders noHeaders() {
        return (HttpHeaders) Proxy.newProxyInstance(
                HttpHeaders.class.getClassLoader(), new Class<?>[] {HttpHeaders.class}, (proxy, method, arguments) -> {
                    return method.getReturnType() == int.class ? (Object) (-1) : null;
                });
    }
}
