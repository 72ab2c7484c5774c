// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.blas.NativeMemory;
import dev.perennial.blas.OpenBlas;
import dev.perennial.encode.EmbeddingCache;
import dev.perennial.encode.Encoder;
import dev.perennial.encode.EncoderPool;
import dev.perennial.encode.Encoders;
import dev.perennial.refresh.KeptFiles;
import dev.perennial.store.DataDirectory;
import dev.perennial.store.Database;
import dev.perennial.task.Origin;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What a process has once, whatever it serves by it.
 *
 * @param directory the data directory, taken
 * @param kept hears of files that other processes need
 * @param database the open database
 * @param opened the encoders of the release, and what adds to them
 * @param pool runs encoders
 * @param algebra learns
 * @param memory gives back what native libraries do not use
 */
record Platform(
        DataDirectory directory,
        KeptFiles kept,
        Database database,
        EncoderSource.Opened opened,
        EncoderPool pool,
        OpenBlas algebra,
        NativeMemory memory) {

    private static final Duration BETWEEN_TRIMS = Duration.ofMinutes(1);

    /** What it is opened by. */
    record Means(PerennialConfig config, EncoderSource source, ServiceMetrics metrics) {}

    /**
     * Opens it. Whatever waits for nothing begins at once; this thread opens the encoders, which takes longest.
     *
     * @param origins where the change comes from that the asking thread is about to make
     */
    static Platform open(Means means, DataDirectory directory, OpenBlas algebra, Supplier<Origin> origins) {
        PerennialConfig config = means.config();
        Beside<Database> database = Beside.begin("open-database", () -> Databases.open(config, directory, origins));
        Beside<KeptFiles> kept =
                Beside.begin("restore-files", () -> Databases.kept(database.join(), directory, config.role()));
        EncoderSource.Opened opened = opened(means.source(), directory, database, kept);
        EmbeddingCache cache = new EmbeddingCache(config.encoding().cacheBytes());
        EncoderPool pool = new EncoderPool(
                EncodingThreads.of(config.encoding()).runs(),
                config.encoding().maxCharsInFlight(),
                cache,
                means.metrics());
        try {
            return new Platform(
                    directory, kept.join(), database.join(), opened, pool, algebra, new NativeMemory(BETWEEN_TRIMS));
        } catch (RuntimeException failure) {
            pool.close();
            opened.encoders().forEach(Encoder::close);
            database.ifDone(Database::close);
            throw failure;
        }
    }

    /** A database that cannot be used is told before encoders that cannot serve. */
    private static EncoderSource.Opened opened(
            EncoderSource source, DataDirectory directory, Beside<Database> database, Beside<KeptFiles> kept) {
        try {
            return source.open(directory, kept::join);
        } catch (RuntimeException failure) {
            database.join().close();
            throw failure;
        }
    }

    /** Where things are kept by a process that makes the changes. Its files are those of the database from here on. */
    Disk leading() {
        Mirror.restore(kept, true);
        return new Disk(directory, kept, database, database, Optional.empty());
    }

    /** The same of one that follows another. */
    Disk following(Database followed, Database answers, Replica replica) {
        Mirror.restore(kept, false);
        return new Disk(directory, kept, followed, answers, Optional.of(replica));
    }

    /** The encoders of the release, with the table that was refreshed last; others are added to them. */
    Encoders encoders() {
        List<Encoder> encoders = new ArrayList<>(opened.encoders());
        opened.table().ifPresent(table -> {
            Encoder last = table.confirmed().get().<Encoder>map(each -> each).orElse(table.built());
            encoders.replaceAll(encoder -> isOther(encoder, last) ? last : encoder);
        });
        return new Encoders(pool, encoders);
    }

    /** Whether it is another state of the same table. */
    private static boolean isOther(Encoder encoder, Encoder table) {
        return encoder.info().id().equals(table.info().id())
                && !encoder.info().digest().equals(table.info().digest());
    }

    /** Whether an encoder is of the release. */
    boolean has(Encoder encoder) {
        return opened.encoders().contains(encoder);
    }

    /** Gives it back because of a failure, which is what is told; the data directory is its taker's to give back. */
    void closeAfter(RuntimeException failure) {
        for (Runnable step : closing().subList(0, closing().size() - 1)) {
            try {
                step.run();
            } catch (RuntimeException again) {
                failure.addSuppressed(again);
            }
        }
    }

    /** What gives it back, users before what they use. */
    List<Runnable> closing() {
        return List.of(
                memory::close,
                pool::close,
                () -> opened.encoders().forEach(Encoder::close),
                database::close,
                directory::close);
    }
}
