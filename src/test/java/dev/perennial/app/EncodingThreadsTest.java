// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** How many threads encode under which profile. */
final class EncodingThreadsTest {
    private static final int CORES = Runtime.getRuntime().availableProcessors();

    private static EncodingThreads configured(Map<String, String> properties) {
        PerennialConfig config = new SmallRyeConfigBuilder()
                .withMapping(PerennialConfig.class)
                .withConverter(Duration.class, 200, new DurationConverter())
                .withSources(new PropertiesConfigSource(properties, "test", 100))
                .build()
                .getConfigMapping(PerennialConfig.class);
        return EncodingThreads.of(config.encoding());
    }

    @Test
    void throughput_isTheDefault_andGivesEachThreadARunOfItsOwn() {
        assertThat(configured(Map.of())).isEqualTo(new EncodingThreads(CORES, 1));
        assertThat(configured(Map.of("perennial.encoding.threads", "3"))).isEqualTo(new EncodingThreads(3, 1));
        assertThat(configured(Map.of("perennial.encoding.profile", "throughput", "perennial.encoding.threads", "3")))
                .isEqualTo(new EncodingThreads(3, 1));
    }

    @Test
    void latency_letsAllThreadsShareOneRun() {
        assertThat(configured(Map.of("perennial.encoding.profile", "latency")))
                .isEqualTo(new EncodingThreads(1, CORES));
        assertThat(configured(Map.of("perennial.encoding.profile", "latency", "perennial.encoding.threads", "3")))
                .isEqualTo(new EncodingThreads(1, 3));
    }

    @Test
    void onOneThread_bothProfilesAreTheSame() {
        assertThat(configured(Map.of("perennial.encoding.profile", "latency", "perennial.encoding.threads", "1")))
                .isEqualTo(configured(Map.of("perennial.encoding.threads", "1")));
    }

    @Test
    void anotherProfile_isRefusedWithThoseThatThereAre() {
        assertThatThrownBy(() -> configured(Map.of("perennial.encoding.profile", "fast")))
                .hasMessageContaining("perennial.encoding.profile")
                .hasMessageContaining("throughput")
                .hasMessageContaining("latency");
    }
}
