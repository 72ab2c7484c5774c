// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.ResourceProvider;
import org.flywaydb.core.api.resource.LoadableResource;
import org.jspecify.annotations.Nullable;

/**
 * The schema's history. Migrations are named here instead of being looked for, so that they are found in any packaging.
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
            "V20__lost_revisions.sql");
    private static final Map<String, String> SQLITE_TYPES =
            Map.of("key", "INTEGER", "bytes", "BLOB", "refuse", "BEGIN SELECT RAISE(ABORT, 'audit events stay'); END");

    private Migrations() {}

    /**
     * Brings the database to this software's schema.
     *
     * @throws dev.perennial.refusal.Refusal.StoreUnavailable when a newer release has written the database
     */
    static void migrateSqlite(DataSource source) {
        Flyway flyway = Flyway.configure(Migrations.class.getClassLoader())
                .dataSource(source)
                .resourceProvider(new NamedResources())
                .javaMigrationClassProvider(List::of)
                .placeholders(SQLITE_TYPES)
                .ignoreMigrationPatterns(new String[0])
                .cleanDisabled(true)
                .load();
        if (Stream.of(flyway.info().applied()).anyMatch(Migrations::isFuture)) {
            throw StoreFailure.unavailable(
                    "A newer release of Perennial has written this data directory. Start that release,"
                            + " or put back a backup made before the upgrade.");
        }
        flyway.migrate();
    }

    private static boolean isFuture(MigrationInfo migration) {
        return migration.getState().name().startsWith("FUTURE");
    }

    private static final class NamedResources implements ResourceProvider {
        @Override
        public @Nullable LoadableResource getResource(String name) {
            return FILES.contains(name) ? new NamedResource(name) : null;
        }

        @Override
        public Collection<LoadableResource> getResources(String prefix, String[] suffixes) {
            return FILES.stream()
                    .filter(name -> name.startsWith(prefix))
                    .filter(name -> Stream.of(suffixes).anyMatch(name::endsWith))
                    .<LoadableResource>map(NamedResource::new)
                    .toList();
        }
    }

    private static final class NamedResource extends LoadableResource {
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
            return new InputStreamReader(stream, StandardCharsets.UTF_8);
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
