// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import dev.perennial.encode.Embedding;
import dev.perennial.encode.Encoder;
import dev.perennial.encode.Passage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An encoder whose runs are shared by several threads. */
final class AllMiniLmSharedIT extends OnnxEncoderContract {
    private static final int THREADS = 3;
    private static final OnnxSettings SHARING =
            OnnxSettings.defaults().on(ExecutionProvider.CPU, true).sharing(THREADS);
    private static final OnnxRuntime RUNTIME = OnnxRuntime.start(SHARING.packing(OnnxFixture.MODELS));

    @Override
    String id() {
        return "all-minilm-l6-v2";
    }

    @Override
    OnnxRuntime runtime() {
        return RUNTIME;
    }

    @Test
    void vectors_areThoseOfOneThread() {
        List<Passage> passages = CanaryCorpus.passages();
        List<Embedding> alone = OnnxFixture.encoder(id()).encode(passages);
        List<Embedding> shared = encoder().encode(passages);
        for (int i = 0; i < alone.size(); i++) {
            assertThat(shared.get(i).vector()).containsExactly(alone.get(i).vector(), within(1e-6f));
        }
    }

    private enum Way {
        PACKED(SHARING.packing(OnnxFixture.MODELS)),
        ROUNDED(SHARING.packing(OnnxFixture.MODELS).rounding(OnnxSettings.Precisions.all(Precision.INT8))),
        PADDED(SHARING);

        private final OnnxSettings settings;

        Way(OnnxSettings settings) {
            this.settings = settings;
        }
    }

    /** A thread that nobody names is called like the one that began it. */
    @ParameterizedTest
    @EnumSource
    void sessions_haveTheThreadsOfARunBesideItsCaller(Way way) throws Exception {
        ModelFolder folder = OnnxFixture.models().folders().get(0);
        OnnxRuntime runtime = OnnxRuntime.start(way.settings);
        FutureTask<Encoder> opening = new FutureTask<>(() -> runtime.open(folder));
        new Thread(opening, "opens-" + way).start();
        try (Encoder encoder = opening.get()) {
            assertThat(((OnnxEncoder) encoder).isPacked()).isEqualTo(way != Way.PADDED);
            await().untilAsserted(
                            () -> assertThat(threadsCalled("opens-" + way)).isEqualTo(THREADS - 1));
        }
        assertThat(threadsCalled("opens-" + way)).isZero();
    }

    /**
     * Members that were removed and adaptations that have ended are closed by nobody: a request may still hold them.
     */
    @Test
    void anEncoderThatNobodyHolds_isFreed() throws Exception {
        OnnxRuntime runtime = OnnxRuntime.start(SHARING.packing(OnnxFixture.MODELS));
        FutureTask<Integer> dropping = new FutureTask<>(
                () -> runtime.open(OnnxFixture.models().folders().get(0)).info().dimension());
        new Thread(dropping, "drops").start();
        assertThat(dropping.get()).isPositive();
        await().untilAsserted(() -> {
            System.gc();
            assertThat(threadsCalled("drops")).isZero();
        });
    }

    private static long threadsCalled(String name) throws IOException {
        try (Stream<Path> threads = Files.list(Path.of("/proc/self/task"))) {
            return threads.filter(thread -> {
                        try {
                            return Files.readString(thread.resolve("comm"))
                                    .strip()
                                    .equals(name);
                        } catch (IOException ended) {
                            return false;
                        }
                    })
                    .count();
        }
    }
}
