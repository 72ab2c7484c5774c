// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.blas.NativeMemory;
import dev.perennial.blas.OpenBlas;
import dev.perennial.encode.EmbeddingCache;
import dev.perennial.encode.Encoder;
import dev.perennial.encode.EncoderPool;
import dev.perennial.learn.LedgerBudget;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What a process has once for all its tenants, none of whom can change it.
 *
 * @param encoders those of the release and of the configuration
 * @param pool runs them
 * @param algebra learns
 * @param ledgers keeps what tasks were learnt from, in the memory that the algebra has
 * @param memory gives back what native libraries do not use
 */
record Host(
        EncoderSource.Shared encoders, EncoderPool pool, OpenBlas algebra, LedgerBudget ledgers, NativeMemory memory) {
    private static final Duration BETWEEN_TRIMS = Duration.ofMinutes(1);

    /** What it is opened by. */
    record Means(PerennialConfig config, EncoderSource source, ServiceMetrics metrics, OpenBlas algebra) {}

    /**
     * Opens it, which takes most of a start.
     *
     * @param models where the encoders of the release are unpacked
     * @throws dev.perennial.refusal.Refusal when one cannot serve; the detail says why
     */
    static Host open(Means means, Path models) {
        PerennialConfig config = means.config();
        EncoderSource.Shared encoders = means.source().open(models);
        EncoderPool pool = new EncoderPool(
                EncodingThreads.of(config.encoding()).runs(),
                config.encoding().maxCharsInFlight(),
                new EmbeddingCache(config.encoding().cacheBytes()),
                means.metrics());
        LedgerBudget ledgers = new LedgerBudget(config.learning().maxLedgerBytes());
        return new Host(encoders, pool, means.algebra(), ledgers, new NativeMemory(BETWEEN_TRIMS));
    }

    /** Runs encoders for a tenant: what it can tell of the others is that they are busy. */
    EncoderPool pool(Tenure tenure, PerennialConfig.Tenants config) {
        return tenure.id().isDefault()
                ? pool
                : pool.guest(new EmbeddingCache(config.cacheBytes()), config.encodingShare());
    }

    /** What gives it back, users before what they use. */
    List<Runnable> closing() {
        return List.of(memory::close, pool::close, () -> encoders.encoders().forEach(Encoder::close));
    }
}
