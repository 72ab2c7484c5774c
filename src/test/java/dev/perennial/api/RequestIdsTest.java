// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

final class RequestIdsTest {
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.EPOCH.plusSeconds(1));
    private static final int NUMBER = "rr_".length() + 16;

    private final AtomicReference<Object> asking = new AtomicReference<>("acme");
    private final RequestIds ids = new RequestIds(asking::get, CLOCK);

    private long next(String tenant) {
        asking.set(tenant);
        return Long.parseLong(ids.next("rr_").substring("rr_".length(), NUMBER), 16);
    }

    @Test
    void whatAnotherTenantAsks_movesNobodysNumbers() {
        long first = next("acme");
        for (int i = 0; i < 7; i++) {
            long unused = next("globex");
        }
        assertThat(next("acme")).isEqualTo(first + 1);
        assertThat(next("globex")).isEqualTo(first + 7);
    }

    @Test
    void noTwoTenants_haveOneId() {
        String mine = ids.next("rr_");
        asking.set("globex");
        assertThat(ids.next("rr_")).isNotEqualTo(mine);
    }
}
