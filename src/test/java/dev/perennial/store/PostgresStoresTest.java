// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import dev.perennial.access.ApiKeyStore;
import dev.perennial.access.ApiKeyStoreContract;
import dev.perennial.access.TenantStore;
import dev.perennial.access.TenantStoreContract;
import dev.perennial.document.DocumentStore;
import dev.perennial.document.DocumentStoreContract;
import dev.perennial.evaluate.GateStore;
import dev.perennial.evaluate.GateStoreContract;
import dev.perennial.evaluate.ReportStore;
import dev.perennial.evaluate.ReportStoreContract;
import dev.perennial.evaluate.SuiteAccuracyStore;
import dev.perennial.evaluate.SuiteAccuracyStoreContract;
import dev.perennial.evaluate.SuiteStore;
import dev.perennial.evaluate.SuiteStoreContract;
import dev.perennial.feedback.FeedbackStore;
import dev.perennial.feedback.FeedbackStoreContract;
import dev.perennial.feedback.PredictionStore;
import dev.perennial.feedback.PredictionStoreContract;
import dev.perennial.knowledge.KnowledgeStore;
import dev.perennial.knowledge.KnowledgeStoreContract;
import dev.perennial.refresh.ArtefactsContract;
import dev.perennial.refresh.JobStore;
import dev.perennial.refresh.JobStoreContract;
import dev.perennial.revision.RevisionStoreContract;
import dev.perennial.shadow.ApprenticeshipStore;
import dev.perennial.shadow.ApprenticeshipStoreContract;
import dev.perennial.shadow.ShadowStore;
import dev.perennial.shadow.ShadowStoreContract;
import dev.perennial.task.AuditLog;
import dev.perennial.task.Origin;
import dev.perennial.task.TaskStore;
import dev.perennial.task.TaskStoreContract;
import java.time.InstantSource;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;

/** What every store promises, kept by PostgreSQL. */
final class PostgresStoresTest {
    private final PostgresSchema schema = PostgresSchema.create();
    private @Nullable PostgresDatabase open;

    @AfterEach
    void drop() {
        closeDatabase();
        schema.close();
    }

    private PostgresDatabase database() {
        PostgresDatabase present = open;
        if (present == null) {
            present = schema.open();
            open = present;
        }
        return present;
    }

    private void closeDatabase() {
        PostgresDatabase present = open;
        open = null;
        if (present != null) {
            present.close();
        }
    }

    @Nested
    final class ApiKeys extends ApiKeyStoreContract {
        @Override
        protected ApiKeyStore create() {
            return new SqlApiKeyStore(database(), InstantSource.system());
        }

        @Override
        protected AuditLog audit() {
            return new SqlAuditLog(database());
        }
    }

    @Nested
    final class Tenants extends TenantStoreContract {
        @Override
        protected TenantStore create() {
            return new SqlTenantStore(database(), InstantSource.system());
        }

        @Override
        protected AuditLog audit() {
            return new SqlAuditLog(database());
        }
    }

    @Nested
    final class Apprenticeships extends ApprenticeshipStoreContract {
        @Override
        protected ApprenticeshipStore create() {
            return new SqlApprenticeshipStore(database(), InstantSource.system());
        }

        @Override
        protected TaskStore tasks() {
            return new SqlTaskStore(database(), InstantSource.system());
        }
    }

    @Nested
    final class Artefacts extends ArtefactsContract {
        @Override
        protected dev.perennial.refresh.Artefacts create() {
            return new SqlArtefacts(database());
        }

        @Override
        protected void tamper(String sql) {
            database().write(change -> change.handle().execute(sql));
        }

        @Override
        protected long count(String sql) {
            return database()
                    .read(handle -> handle.createQuery(sql).mapTo(long.class).one());
        }
    }

    @Nested
    final class Documents extends DocumentStoreContract {
        @Override
        protected DocumentStore create(InstantSource clock) {
            return new SqlDocumentStore(database(), clock);
        }
    }

    @Nested
    final class Feedback extends FeedbackStoreContract {
        @Override
        protected FeedbackStore create() {
            return new SqlFeedbackStore(database());
        }

        @Override
        protected TaskStore tasks() {
            return new SqlTaskStore(database(), InstantSource.system());
        }
    }

    @Nested
    final class Gates extends GateStoreContract {
        @Override
        protected GateStore create() {
            return new SqlGateStore(database(), InstantSource.system());
        }

        @Override
        protected TaskStore tasks() {
            return new SqlTaskStore(database(), InstantSource.system());
        }

        @Override
        protected AuditLog audit() {
            return new SqlAuditLog(database());
        }
    }

    @Nested
    final class GateReports extends ReportStoreContract {
        @Override
        protected ReportStore create() {
            return new SqlReportStore(database(), SqlReportStore.Sort.GATES);
        }

        @Override
        protected TaskStore tasks() {
            return new SqlTaskStore(database(), InstantSource.system());
        }
    }

    @Nested
    final class Evaluations extends ReportStoreContract {
        @Override
        protected ReportStore create() {
            return new SqlReportStore(database(), SqlReportStore.Sort.EVALUATIONS);
        }

        @Override
        protected TaskStore tasks() {
            return new SqlTaskStore(database(), InstantSource.system());
        }
    }

    @Nested
    final class Jobs extends JobStoreContract {
        @Override
        protected JobStore create(InstantSource clock) {
            return new SqlJobStore(database(), clock);
        }

        @Override
        protected JobStore reopen(InstantSource clock) {
            closeDatabase();
            return create(clock);
        }
    }

    @Nested
    final class Knowledge extends KnowledgeStoreContract {
        @Override
        protected KnowledgeStore create(InstantSource clock) {
            return new SqlKnowledgeStore(database(), clock);
        }

        @Override
        protected KnowledgeStore reopen(InstantSource clock) {
            closeDatabase();
            return create(clock);
        }
    }

    @Nested
    final class Predictions extends PredictionStoreContract {
        @Override
        protected PredictionStore create() {
            return new SqlPredictionStore(database());
        }

        @Override
        protected TaskStore tasks() {
            return new SqlTaskStore(database(), InstantSource.system());
        }
    }

    @Nested
    final class Shadows extends ShadowStoreContract {
        @Override
        protected ShadowStore create() {
            return new SqlShadowStore(database(), InstantSource.system());
        }

        @Override
        protected TaskStore tasks() {
            return new SqlTaskStore(database(), InstantSource.system());
        }
    }

    @Nested
    final class SuiteAccuracies extends SuiteAccuracyStoreContract {
        @Override
        protected SuiteAccuracyStore create() {
            return new SqlSuiteAccuracyStore(database());
        }

        @Override
        protected TaskStore tasks() {
            return new SqlTaskStore(database(), InstantSource.system());
        }

        @Override
        protected SuiteStore suites() {
            return new SqlSuiteStore(database(), InstantSource.system());
        }
    }

    @Nested
    final class Suites extends SuiteStoreContract {
        @Override
        protected SuiteStore create() {
            return new SqlSuiteStore(database(), InstantSource.system());
        }

        @Override
        protected TaskStore tasks() {
            return new SqlTaskStore(database(), InstantSource.system());
        }
    }

    @Nested
    final class TaughtQuotas extends TaughtQuotaContract {
        @Override
        protected Database reopen(Supplier<Origin> origins) {
            closeDatabase();
            PostgresDatabase database = PostgresDatabase.open(schema.settings(), () -> {}, origins);
            open = database;
            return database;
        }
    }

    @Nested
    final class Tasks extends TaskStoreContract {
        @Override
        protected TaskStore create(InstantSource clock) {
            return new SqlTaskStore(database(), clock);
        }

        @Override
        protected TaskStore reopen(InstantSource clock) {
            closeDatabase();
            return create(clock);
        }
    }

    @Nested
    final class WholeTasks extends WholeTaskContract {
        @Override
        Database create() {
            return database();
        }
    }

    @Nested
    final class Revisions extends RevisionStoreContract {
        @Override
        protected RevisionStoreContract.Ports create(InstantSource clock) {
            return new RevisionStoreContract.Ports(
                    new SqlTaskStore(database(), clock), new SqlRevisionStore(database(), clock));
        }
    }
}
