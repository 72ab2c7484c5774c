// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.encode.Encoder;
import dev.perennial.encode.EncoderPool;
import dev.perennial.encode.Encoders;
import dev.perennial.refresh.KeptFiles;
import dev.perennial.store.DataDirectory;
import dev.perennial.store.Database;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What a tenant has once in a process, whatever serves it by that.
 *
 * @param tenure whose it is
 * @param host what all tenants share
 * @param directory the data directory, taken
 * @param kept hears of files that other processes need
 * @param database the open database
 * @param opened the encoders that serve in any case, and what adds to them
 * @param pool runs encoders
 */
record Platform(
        Tenure tenure,
        Host host,
        DataDirectory directory,
        KeptFiles kept,
        Database database,
        EncoderSource.Opened opened,
        EncoderPool pool) {

    /**
     * What it is opened by.
     *
     * @param host what all tenants share, there already, or opened when it is asked for
     * @param databases opens the tenant's
     */
    record Means(
            PerennialConfig config, Function<DataDirectory, Host> host, Function<DataDirectory, Database> databases) {}

    /** Opens it. Whatever waits for nothing begins at once; this thread opens the encoders, which takes longest. */
    static Platform open(Means means, Tenure tenure, DataDirectory directory) {
        PerennialConfig config = means.config();
        Beside<Database> database =
                Beside.begin("open-database", () -> means.databases().apply(directory));
        Beside<KeptFiles> kept =
                Beside.begin("restore-files", () -> Databases.kept(database.join(), directory, config.role()));
        Host host = host(() -> means.host().apply(directory), database);
        try {
            KeptFiles files = kept.join();
            return new Platform(
                    tenure,
                    host,
                    directory,
                    files,
                    database.join(),
                    host.encoders().of(directory, files),
                    host.pool(tenure, config.tenants()));
        } catch (RuntimeException failure) {
            if (tenure.id().isDefault()) {
                host.closing().forEach(Runnable::run);
            }
            database.ifDone(Database::close);
            throw failure;
        }
    }

    /** A database that cannot be used is told before encoders that cannot serve. */
    private static Host host(Supplier<Host> host, Beside<Database> database) {
        try {
            return host.get();
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

    /** The encoders that serve in any case, with the table that was refreshed last; others are added to them. */
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

    /** Whether an encoder goes on when what serves by it is closed. */
    boolean has(Encoder encoder) {
        return opened.encoders().contains(encoder) || host.encoders().encoders().contains(encoder);
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

    /** What gives it back, users before what they use: with the default tenant's goes what all share. */
    List<Runnable> closing() {
        boolean isDefault = tenure.id().isDefault();
        List<Runnable> steps = new ArrayList<>();
        steps.add(pool::close);
        opened.encoders().stream()
                .filter(encoder -> !host.encoders().encoders().contains(encoder))
                .<Runnable>map(encoder -> encoder::close)
                .forEach(steps::add);
        steps.addAll(isDefault ? host.closing() : List.of());
        steps.add(database::close);
        steps.add(directory::close);
        return steps;
    }
}
