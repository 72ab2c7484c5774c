// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.perennial.task.Idempotency;
import dev.perennial.task.MemoryTaskStore;
import dev.perennial.task.TaskStore;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

final class IdempotentRequestsTest {
    private final TaskStore store = new MemoryTaskStore(InstantSource.system());

    @Test
    void sameKeyAtTheSameTime_isToldToComeAgain() {
        IdempotentRequests requests = new IdempotentRequests(limits());
        IdempotentRequests.Call call = new IdempotentRequests.Call("key", "POST /v1/x", new byte[0]);

        requests.once(store, call, outer -> {
            Throwable refused = catchThrowable(() -> requests.once(store, call, inner -> reply()));
            Problem problem = Problems.of(refused, new Problems.Origin("/v1/x", ""));
            assertThat(problem.status()).isEqualTo(409);
            assertThat(problem.retryable()).isTrue();
            assertThat(problem.retryAfterSeconds()).isPositive();
            return reply();
        });
    }

    private static Idempotency.Reply reply() {
        return new Idempotency.Reply(200, "{}");
    }

    private static Limits limits() {
        return new SmallRyeConfigBuilder()
                .withMapping(Limits.class, "perennial.limits")
                .build()
                .getConfigMapping(Limits.class, "perennial.limits");
    }
}
