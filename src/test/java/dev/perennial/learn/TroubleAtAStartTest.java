// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import static dev.perennial.learn.School.task;
import static dev.perennial.learn.School.teaching;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perennial.encode.FakeEncoder;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.Idempotency;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.MemoryTaskStore;
import dev.perennial.task.Policy;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import dev.perennial.task.TaskStore;
import dev.perennial.task.Teaching;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A task that the store cannot give back, and what a start does meanwhile, hinders nothing else. */
final class TroubleAtAStartTest {
    private static final TaskId LATER = new TaskId("zebra");

    /** More than are learnt in kernel form. */
    private static final int MANY = 40;

    private final AtomicReference<String> failing = new AtomicReference<>("");
    private final AtomicReference<Runnable> whenAsked = new AtomicReference<>(() -> {});
    private final School school = School.on(store(), School.SMALL);

    @BeforeEach
    void teach() {
        for (TaskId id : List.of(School.TASK, LATER)) {
            Task plain = task(Kind.CLASSIFICATION, InputKind.TEXT, "even", "odd");
            school.teacher()
                    .define(new Task(
                            id, plain.kind(), plain.input(), "", plain.labels(), Optional.empty(), Policy.DEFAULT));
            school.teacher().teach(id, many(), Optional.empty(), any -> new Idempotency.Reply(200, ""));
        }
    }

    @AfterEach
    void close() {
        school.close();
    }

    @Test
    void taskThatCannotBeRead_keepsNoOtherFromBeingServed_andCanBeRemoved() {
        failing.set("examples");
        try (School again = school.restarted()) {
            assertThat(again.active().find(LATER)).isPresent();
            assertThatThrownBy(again::ensemble).isInstanceOf(Refusal.NotReady.class);

            again.teacher().remove(School.TASK);

            assertThatThrownBy(again::ensemble).isInstanceOf(Refusal.NotFound.class);
        }
    }

    @Test
    void taskThatCannotBeRead_keepsNoOtherFromANewMember() {
        failing.set("examples");
        try (School again = school.restarted()) {
            FakeEncoder third = new FakeEncoder("c");
            again.teacher().adopt(third);
            assertThat(again.active().of(LATER).members()).contains(third);

            failing.set("");
            again.teacher().define(task(Kind.CLASSIFICATION, InputKind.TEXT, "even", "odd", "neither"));
            assertThat(again.ensemble().members()).contains(third);
        }
    }

    @Test
    void taskThatCannotBeRead_isTaughtOn_onceTheCauseIsGone() {
        failing.set("examples");
        try (School again = school.restarted()) {
            assertThatThrownBy(() -> again.teach(teaching("more", "odd"))).isInstanceOf(IllegalArgumentException.class);
            failing.set("");

            assertThat(again.teach(teaching("more", "odd")).taught()).isEqualTo(1);

            assertThat(again.ensemble().examples()).isEqualTo(MANY + 1);
        }
    }

    @Test
    void taskThatCannotBeRead_isTriedAgain_everMoreRarely_untilItCan() {
        failing.set("examples");
        try (School again = school.restarted()) {
            assertThat(again.active().unserved()).isEqualTo(1);
            failing.set("");
            again.teacher().retry();
            assertThat(again.active().find(School.TASK)).isEmpty();

            failing.set("examples");
            again.pass(Retries.FIRST);
            again.teacher().retry();
            failing.set("");
            again.pass(Retries.FIRST);
            again.teacher().retry();
            assertThat(again.active().find(School.TASK)).isEmpty();

            again.pass(Retries.FIRST);
            again.teacher().retry();
            assertThat(again.ensemble().examples()).isEqualTo(MANY);
            assertThat(again.active().unserved()).isZero();
        }
    }

    @Test
    void taskThatCannotBeRead_isTriedAgainInTheBackground() throws InterruptedException {
        failing.set("examples");
        try (School again = school.restarted()) {
            failing.set("");
            again.pass(Retries.FIRST);
            for (int i = 0; i < 200 && again.active().unserved() > 0; i++) {
                Thread.sleep(50);
            }
            assertThat(again.ensemble().examples()).isEqualTo(MANY);
        }
    }

    @Test
    void taskThatCannotBePrepared_keepsNoOtherFromBeingPrepared() throws InterruptedException {
        try (School again = school.restarted()) {
            failing.set("task");
            again.teacher().warmUp();
            for (int i = 0; i < 100 && again.teacher().ledgerBytes() == 0; i++) {
                Thread.sleep(50);
            }
            assertThat(again.teacher().ledgerBytes()).isPositive();
            failing.set("");
        }
    }

    @Test
    void closing_interruptsNothing_becauseInterruptedFilesAreLost() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        AtomicBoolean interrupted = new AtomicBoolean();
        try (School again = school.restarted()) {
            whenAsked.set(() -> {
                begun.countDown();
                try {
                    Thread.sleep(300);
                } catch (InterruptedException e) {
                    interrupted.set(true);
                }
            });
            again.teacher().warmUp();
            assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(interrupted).isFalse();
    }

    private static List<Teaching> many() {
        List<Teaching> teachings = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            teachings.add(teaching("number " + i + " of the row", i % 2 == 0 ? "even" : "odd"));
        }
        return teachings;
    }

    /** Cannot do one thing for one task. */
    private TaskStore store() {
        TaskStore kept = new MemoryTaskStore(InstantSource.fixed(Instant.EPOCH));
        return (TaskStore) Proxy.newProxyInstance(
                TaskStore.class.getClassLoader(), new Class<?>[] {TaskStore.class}, (proxy, method, arguments) -> {
                    boolean asked = arguments != null && School.TASK.equals(arguments[0]);
                    if (asked && method.getName().equals("task")) {
                        whenAsked.get().run();
                    }
                    if (asked && method.getName().equals(failing.get())) {
                        throw new IllegalArgumentException("not a text");
                    }
                    try {
                        return method.invoke(kept, arguments);
                    } catch (InvocationTargetException failure) {
                        throw failure.getCause();
                    }
                });
    }
}
