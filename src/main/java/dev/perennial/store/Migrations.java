// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.ResourceProvider;
import org.flywaydb.core.api.resource.LoadableResource;
import org.jspecify.annotations.Nullable;

/**
 * The schema's history, for each kind of database. Migrations are named here instead of being looked for, so that they
 * are found in any packaging.
 */
final class Migrations {
    private static final String FOLDER = "/db/migration/";
    private static final List<String> FILES = List.of(
            "V1__tasks_examples_jobs.sql",
            "V2__label_vectors_by_digest.sql",
            "V3__label_vectors_emptied_in_place.sql",
            "V4__knowledge_graphs.sql",
            "V5__documents.sql",
            "V6__revisions.sql",
            "V7__suites.sql",
            "V8__audit_events.sql",
            "V9__suite_accuracies.sql",
            "V10__predictions.sql",
            "V11__shadows.sql",
            "V12__example_sources.sql",
            "V13__gates.sql",
            "V14__terms_of_learning.sql",
            "V20__lost_revisions.sql",
            "V21__api_keys.sql",
            "V22__store_leases.sql",
            "V23__rules_of_shadows.sql",
            "V24__member_pins.sql",
            "V25__artefacts.sql",
            "V26__replicas.sql",
            "V27__quotas.sql",
            "V28__tenants.sql");

    /** Types as SQLite names them. */
    static final Migrations SQLITE = new Migrations(
            List.of(),
            Map.of("key", "INTEGER", "bytes", "BLOB", "refuse", "BEGIN SELECT RAISE(ABORT, 'audit events stay'); END"),
            UnaryOperator.identity());

    /** Texts are compared by their bytes, as SQLite and Java do it, whatever language the database is set to. */
    static final Migrations POSTGRES = new Migrations(
            List.of("V0_1__postgres.sql"),
            Map.of("key", "BIGINT", "bytes", "BYTEA", "refuse", "FOR EACH ROW EXECUTE FUNCTION refuse_change()"),
            sql -> sql.replaceAll("\\bTEXT\\b", "TEXT COLLATE \"C\""));

    private final List<String> files;
    private final Map<String, String> placeholders;
    private final UnaryOperator<String> dialect;

    private Migrations(List<String> before, Map<String, String> placeholders, UnaryOperator<String> dialect) {
        this.files = Stream.concat(before.stream(), FILES.stream()).toList();
        this.placeholders = placeholders;
        this.dialect = dialect;
    }

    /**
     * Brings the database to this software's schema. Processes that do so at the same time wait for each other.
     *
     * @throws dev.perennial.refusal.Refusal.StoreUnavailable when a newer release has written the database
     */
    void migrate(DataSource source) {
        Flyway flyway = Flyway.configure(Migrations.class.getClassLoader())
                .dataSource(source)
                .resourceProvider(new NamedResources())
                .javaMigrationClassProvider(List::of)
                .placeholders(placeholders)
                .ignoreMigrationPatterns(new String[0])
                .cleanDisabled(true)
                .load();
        if (Stream.of(flyway.info().applied()).anyMatch(Migrations::isFuture)) {
            throw StoreFailure.unavailable("A newer release of Perennial has written this store. Start that release,"
                    + " or put back a backup made before the upgrade.");
        }
        flyway.migrate();
    }

    private static boolean isFuture(MigrationInfo migration) {
        return migration.getState().name().startsWith("FUTURE");
    }

    private final class NamedResources implements ResourceProvider {
        @Override
        public @Nullable LoadableResource getResource(String name) {
            return files.contains(name) ? new NamedResource(name) : null;
        }

        @Override
        public Collection<LoadableResource> getResources(String prefix, String[] suffixes) {
            return files.stream()
                    .filter(name -> name.startsWith(prefix))
                    .filter(name -> Stream.of(suffixes).anyMatch(name::endsWith))
                    .<LoadableResource>map(NamedResource::new)
                    .toList();
        }
    }

    private final class NamedResource extends LoadableResource {
        private final String name;

        private NamedResource(String name) {
            this.name = name;
        }

        @Override
        public Reader read() {
            InputStream stream = Migrations.class.getResourceAsStream(FOLDER + name);
            if (stream == null) {
                throw new IllegalStateException("the migration " + name + " is not in the build");
            }
            try (stream) {
                return new StringReader(dialect.apply(new String(stream.readAllBytes(), StandardCharsets.UTF_8)));
            } catch (IOException e) {
                throw new UncheckedIOException("the migration " + name + " cannot be read", e);
            }
        }

        @Override
        public String getAbsolutePath() {
            return FOLDER + name;
        }

        @Override
        public String getAbsolutePathOnDisk() {
            return FOLDER + name;
        }

        @Override
        public String getFilename() {
            return name;
        }

        @Override
        public String getRelativePath() {
            return name;
        }
    }
}
