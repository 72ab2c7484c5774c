// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.perennial.api.ServingGate;
import dev.perennial.api.ServingGates;
import dev.perennial.api.SortableIds;
import dev.perennial.encode.FakeEncoder;
import dev.perennial.store.DataDirectory;
import dev.perennial.task.Origin;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A stop during start-up leaves nothing behind and lets nobody in. */
@Timeout(50)
final class LifecycleTest {
    @TempDir
    private Path directory;

    private final ServingGate gate = ServingGates.ofDefaultAlone();
    private final CountDownLatch opening = new CountDownLatch(1);
    private final CountDownLatch stopping = new CountDownLatch(1);

    @Test
    void stop_endsAStartThatWaits() throws InterruptedException {
        Lifecycle lifecycle = lifecycle(data -> {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException interrupted) {
                throw new IllegalStateException(interrupted);
            }
        });

        lifecycle.start(new StartupEvent());
        opening.await();
        lifecycle.stop(new ShutdownEvent());

        assertStopped();
    }

    @Test
    void stop_closesWhatHasStartedInTheMeantime() throws InterruptedException {
        Lifecycle lifecycle = lifecycle(data -> {
            boolean waiting = true;
            while (waiting) {
                try {
                    stopping.await();
                    waiting = false;
                } catch (InterruptedException tooEarly) {
                    stopping.countDown();
                }
            }
        });

        lifecycle.start(new StartupEvent());
        opening.await();
        lifecycle.stop(new ShutdownEvent());

        assertStopped();
    }

    @Test
    void stop_closesTheGateOfAServiceThatServes() throws InterruptedException {
        Lifecycle lifecycle = lifecycle(data -> {});

        lifecycle.start(new StartupEvent());
        await().until(gate.ofDefault()::isOpen);
        lifecycle.stop(new ShutdownEvent());

        assertStopped();
    }

    @ParameterizedTest
    @ValueSource(strings = {"59s", "1ms", "-PT1M"})
    void stallThatWouldEndWorkThatWaits_isRefused(String stall) {
        Lifecycle lifecycle = new Lifecycle(
                config(Map.of("perennial.jobs.stall", stall)), tenancies(new SimpleMeterRegistry(), data -> {}));

        assertThatThrownBy(() -> lifecycle.start(new StartupEvent()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("perennial.jobs.stall");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "60s"})
    void stallThatEndsNoWorkThatWaits_isTaken(String stall) throws InterruptedException {
        Lifecycle lifecycle = new Lifecycle(
                config(Map.of("perennial.jobs.stall", stall)), tenancies(new SimpleMeterRegistry(), data -> {}));

        lifecycle.start(new StartupEvent());
        await().until(gate.ofDefault()::isOpen);
        lifecycle.stop(new ShutdownEvent());

        assertStopped();
    }

    @Test
    void startThatFailsAfterEverythingIsLearnt_leavesNoThreadBehind() {
        MeterRegistry broken = new SimpleMeterRegistry();
        broken.config().onMeterAdded(meter -> {
            if (meter.getId().getName().equals("perennial.tasks")) {
                throw new IllegalStateException("a metric that cannot be shown");
            }
        });
        Tenancies tenancies = tenancies(broken, models -> {});
        Set<Thread> before = Thread.getAllStackTraces().keySet();

        assertThatThrownBy(() -> tenancies.start(tenancies.loadAlgebra())).isInstanceOf(IllegalStateException.class);

        assertThat(Thread.getAllStackTraces().keySet())
                .filteredOn(thread -> !before.contains(thread))
                .extracting(Thread::getName)
                .doesNotContain("teacher-background");
        DataDirectory.open(directory.resolve("data")).close();
    }

    private void assertStopped() {
        assertThat(gate.ofDefault().isOpen()).isFalse();
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .doesNotContain("start-up");
        DataDirectory.open(directory.resolve("data")).close();
    }

    private Lifecycle lifecycle(Consumer<Path> whileOpening) {
        return new Lifecycle(config(), tenancies(new SimpleMeterRegistry(), whileOpening));
    }

    private PerennialConfig config() {
        return config(Map.of());
    }

    private PerennialConfig config(Map<String, String> more) {
        Map<String, String> all = new HashMap<>(more);
        all.put("perennial.data-directory", directory.resolve("data").toString());
        return new SmallRyeConfigBuilder()
                .withMapping(PerennialConfig.class)
                .withConverter(Duration.class, 200, new DurationConverter())
                .withSources(new PropertiesConfigSource(all, "test", 100))
                .build()
                .getConfigMapping(PerennialConfig.class);
    }

    private Tenancies tenancies(MeterRegistry registry, Consumer<Path> whileOpening) {
        PerennialConfig config = config();
        EncoderSource source = models -> {
            opening.countDown();
            whileOpening.accept(models);
            return new FakeEncoderSource.FakeShared(List.of(new FakeEncoder("one")));
        };
        InstantSource clock = InstantSource.system();
        return new Tenancies(
                config,
                source,
                new Exchanging.Naming(clock, new SortableIds(clock)),
                new Metrics(registry, config, gate, "test"),
                gate,
                () -> Origin.SERVICE);
    }
}
