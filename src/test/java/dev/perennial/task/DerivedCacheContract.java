// SPDX-License-Identifier: Apache-2.0
package dev.perennial.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** What every {@link DerivedCache} does. */
public abstract class DerivedCacheContract {
    private static final String ONE = "one";
    private static final String OTHER = "other-2";

    protected abstract DerivedCache cache();

    @Test
    void keptIsWhatWasPutLast() {
        byte[] large = new byte[1_000_000];
        new Random(3).nextBytes(large);
        cache().put(ONE, new byte[] {1});
        cache().put(ONE, large);
        cache().put(OTHER, new byte[0]);
        assertThat(cache().get(ONE)).hasValueSatisfying(fit -> assertThat(fit).isEqualTo(large));
        assertThat(cache().get(OTHER)).hasValueSatisfying(fit -> assertThat(fit).isEmpty());
    }

    @Test
    void whatWasNeverPutOrRemoved_isNotThere() {
        cache().put(ONE, new byte[] {1});
        cache().remove(ONE);
        cache().remove(OTHER);
        assertThat(cache().get(ONE)).isEmpty();
        assertThat(cache().get(OTHER)).isEmpty();
    }

    @Test
    void names_areThoseOfWhatIsKept() {
        assertThat(cache().names()).isEmpty();
        cache().put(ONE, new byte[] {1});
        cache().put(OTHER, new byte[] {2});
        cache().remove(ONE);
        assertThat(cache().names()).containsExactly(OTHER);
    }
}
