// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.access.Tenant;
import dev.perennial.refresh.KeptFiles;
import dev.perennial.refusal.Refusal;
import dev.perennial.store.DataDirectory;
import dev.perennial.store.Database;
import dev.perennial.store.PostgresDatabase;
import dev.perennial.store.PostgresSettings;
import dev.perennial.store.SqlArtefacts;
import dev.perennial.store.SqliteDatabase;
import dev.perennial.task.Origin;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigProvider;
import org.jboss.logging.Logger;

/** Opens the database that the configuration names. */
final class Databases {
    private static final Logger LOG = Logger.getLogger(Databases.class);

    private static final Set<String> EVERY_ADDRESS = Set.of("", "0.0.0.0", "::", "[::]");

    private static final int RETRY_AFTER_SECONDS = 5;

    private Databases() {}

    /**
     * Which is wanted.
     *
     * @param tenure whose it is
     * @param origins where the change comes from that the asking thread is about to make
     * @param ofDefault the default tenant's, where another one's is to be opened
     */
    record Wanted(PerennialConfig config, Tenure tenure, Supplier<Origin> origins, Optional<Database> ofDefault) {}

    /**
     * Opens it and brings its schema up to date. One that several processes share can only be read until this one
     * {@link #leads}.
     *
     * @throws dev.perennial.refusal.Refusal.StoreUnavailable when it cannot be used; the detail says what to do
     */
    static Database open(Wanted wanted, DataDirectory directory) {
        return switch (wanted.config().store().kind()) {
            case SQLITE -> SqliteDatabase.open(directory.database(), wanted.origins());
            case POSTGRESQL -> postgresql(wanted, directory);
        };
    }

    /**
     * Deletes directories of tenants that are gone, where they are copies of what a server has; elsewhere they are the
     * truth, and one that nobody lists may be of a list that was lost.
     *
     * @param places of those that are not
     */
    static void sweep(Database ofDefault, Path tenants, Set<String> places) {
        if (!Files.isDirectory(tenants)) {
            return;
        }
        try (Stream<Path> directories = Files.list(tenants)) {
            for (Path directory : directories
                    .filter(each -> !places.contains(each.getFileName().toString()))
                    .toList()) {
                // A file of SQLite is no copy: the store was another one when it was written.
                if (ofDefault instanceof PostgresDatabase && !DataDirectory.exists(directory)) {
                    DataDirectory.delete(directory);
                } else {
                    LOG.warnf("'%s' is of no tenant that there is; it is left alone", directory);
                }
            }
        } catch (IOException failure) {
            LOG.warn("The directories of tenants cannot be looked through");
        }
    }

    /**
     * Returns when there is something of a tenant that has kept something, or what it has kept is about to be copied.
     *
     * @throws dev.perennial.refusal.Refusal.StoreUnavailable when it is missing; the detail says what
     */
    static void requireThere(PerennialConfig config, Database ofDefault, Tenant tenant, Path directory) {
        String place = tenant.place();
        boolean there = ofDefault instanceof PostgresDatabase shared
                ? shared.hasBeside(place)
                        || (config.store().postgresql().copySqlite() && DataDirectory.exists(directory))
                : DataDirectory.exists(directory);
        if (!there) {
            throw new Refusal.StoreUnavailable(
                    "What the tenant has kept is missing (" + place + "). Put it back, or remove the tenant.",
                    RETRY_AFTER_SECONDS);
        }
    }

    /** Deletes all that a tenant has kept which is gone; the data directory is not open any more. */
    static void delete(Database ofDefault, String place, Path directory) {
        if (ofDefault instanceof PostgresDatabase shared) {
            shared.dropBeside(place);
        }
        DataDirectory.delete(directory);
    }

    /** Whether this process makes the changes: where several share a database, none or one of them does. */
    static boolean leads(Database database, PerennialConfig.Role role) {
        return !(database instanceof PostgresDatabase shared)
                || (role != PerennialConfig.Role.SERVE && shared.tryLead());
    }

    private static Database postgresql(Wanted wanted, DataDirectory directory) {
        PerennialConfig config = wanted.config();
        PerennialConfig.Store.Postgresql postgresql = config.store().postgresql();
        PostgresSettings own = settings(postgresql).at(address(config));
        PostgresSettings settings = wanted.tenure()
                .place()
                .flatMap(place -> wanted.ofDefault()
                        .map(beside -> own.inSchema(
                                ((PostgresDatabase) beside).schemaBeside(place),
                                config.tenants().connections())))
                .orElse(own);
        PostgresDatabase database =
                PostgresDatabase.connect(settings, wanted.tenure().lost(), wanted.origins());
        try {
            if (config.role() == PerennialConfig.Role.WORK) {
                lead(database, wanted.tenure());
            }
            if (leads(database, config.role()) && postgresql.copySqlite() && Files.exists(directory.database())) {
                LOG.info(
                        database.copyOf(directory.database())
                                ? "Everything was copied from SQLite to PostgreSQL; the file is not used any more"
                                : "PostgreSQL holds something already; nothing was copied from SQLite");
            }
            return database;
        } catch (RuntimeException failure) {
            database.close();
            throw failure;
        }
    }

    /** A process that only works waits for its turn, but not for that of one tenant before all others. */
    private static void lead(PostgresDatabase database, Tenure tenure) {
        if (tenure.id().isDefault()) {
            database.lead();
        } else if (!database.tryLead()) {
            throw new Refusal.StoreUnavailable(
                    "Another process makes the changes of this tenant now.", RETRY_AFTER_SECONDS);
        }
    }

    /** Where other processes reach this one. */
    private static String address(PerennialConfig config) {
        return config.replica().url().map(url -> url.replaceAll("/+$", "")).orElseGet(() -> {
            Config quarkus = ConfigProvider.getConfig();
            int port = quarkus.getValue("quarkus.http.port", Integer.class);
            String bound =
                    quarkus.getOptionalValue("quarkus.http.host", String.class).orElse("");
            if (!EVERY_ADDRESS.contains(bound)) {
                return "http://" + (bound.contains(":") ? "[" + bound + "]" : bound) + ":" + port;
            }
            try {
                return "http://" + host(InetAddress.getLocalHost()) + ":" + port;
            } catch (UnknownHostException unnamed) {
                return "http://localhost:" + port;
            }
        });
    }

    private static String host(InetAddress address) {
        return address instanceof Inet6Address ? "[" + address.getHostAddress() + "]" : address.getHostAddress();
    }

    /**
     * What hears of the files that shelves keep: where other processes can reach the database, it has those files too,
     * and they are in the data directory when this returns.
     */
    static KeptFiles kept(Database database, DataDirectory directory, PerennialConfig.Role role) {
        if (!(database instanceof PostgresDatabase)) {
            return KeptFiles.NONE;
        }
        Mirror mirror = new Mirror(directory.path(), new SqlArtefacts(database));
        mirror.restore(leads(database, role));
        return mirror;
    }

    /** @throws IllegalArgumentException when the configuration lacks something or is wrong */
    static PostgresSettings settings(PerennialConfig.Store.Postgresql postgresql) {
        return new PostgresSettings(
                postgresql.url().orElse(""),
                postgresql.user(),
                postgresql.password(),
                postgresql.connections(),
                postgresql.lease(),
                postgresql.statementTimeout(),
                Optional.empty());
    }
}
