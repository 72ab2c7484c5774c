// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.api.Amount;
import dev.perennial.api.Limits;
import dev.perennial.oidc.TenantClaim;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Configuration of the service, {@code perennial.*}. Unknown keys are refused at start. */
@ConfigMapping(prefix = "perennial")
public interface PerennialConfig {

    /** Where everything is kept. Created, readable by its owner alone, when it does not exist. */
    @WithDefault("data")
    Path dataDirectory();

    /** What this process does: {@code all}, {@code serve} (no refreshes) or {@code work} (refreshes only). */
    @WithDefault("all")
    Role role();

    /** How this process is one among others. */
    Replica replica();

    /** Where encoders run: {@code auto} takes CUDA when there is one. */
    @WithDefault("auto")
    Provider executionProvider();

    /** Whether to refuse to start when the execution provider that was asked for is missing. */
    @WithDefault("false")
    boolean executionProviderRequired();

    /** The database. */
    Store store();

    Security security();

    /** Operation apart from everything else. */
    Management management();

    /** The encoders that answer. */
    Members members();

    /** How encoders share the machine. */
    Encoding encoding();

    CascadeSettings cascade();

    DriftSettings drift();

    LifelongSettings lifelong();

    /** The static member. */
    @WithName("static")
    StaticMember staticMember();

    /** Answers that feedback can refer to. */
    PredictionMemory predictionMemory();

    /** Answers that feedback can refer to for longer. */
    PredictionLogging predictionLog();

    /** How long a request waits for the revision that its min_revision names, before it is refused; at most 60 s. */
    @WithDefault("2s")
    Duration minRevisionWait();

    /** How tasks are learnt. */
    Learning learning();

    /** What tasks were. */
    PastRevisions revisions();

    AdaptationOfEncoders adaptation();

    /** Long work. */
    LongWork jobs();

    /** Tasks as files. */
    ExportedFiles exports();

    /** What is measured. */
    Metrics metrics();

    /** The largest requests. */
    Limits limits();

    /** What a process does. */
    enum Role {
        ALL,
        SERVE,
        WORK
    }

    /** Where encoders run. */
    enum Provider {
        AUTO,
        CPU,
        CUDA
    }

    /** In which numbers encoders multiply. */
    enum Precision {
        FP32,
        INT8,
        AUTO
    }

    /** What encoding threads are arranged for. */
    enum Profile {
        THROUGHPUT,
        LATENCY
    }

    /** One process among others that share a database. */
    interface Replica {

        /** Where the others reach this one, as {@code http://10.0.0.7:8080}; without it, this host's own address. */
        Optional<String> url();
    }

    /** The database. */
    interface Store {

        /** {@code sqlite}: a file in the data directory; {@code postgresql}: a server. */
        @WithDefault("sqlite")
        Engine kind();

        /** The server, if it is one. */
        Postgresql postgresql();

        /** A PostgreSQL server. */
        interface Postgresql {

            /** JDBC address of the database; {@code currentSchema} in it names the schema. */
            Optional<String> url();

            /** Who connects. */
            Optional<String> user();

            /** The user's password. */
            Optional<String> password();

            /** How many connections the process keeps; one writes, the others read. */
            @WithDefault("5")
            int connections();

            /** Whether an empty schema takes over the file of the data directory that was the store before. */
            @WithDefault("false")
            boolean copySqlite();

            /** How long a process may hang before another one may take its place. */
            @WithDefault("15s")
            Duration lease();

            /** How long a statement may take that reads. */
            @WithDefault("30s")
            Duration statementTimeout();
        }

        /** Which database. */
        enum Engine {
            SQLITE,
            POSTGRESQL
        }
    }

    /** What text-embeddings-inference's clients are answered by, who name no model. */
    Tei tei();

    /** Keys {@code perennial.tei.*}. */
    interface Tei {

        /** The task that {@code POST /predict} asks where the request names none. */
        Optional<String> task();

        /** What embeds and compares: a member's id, or all together. */
        @WithDefault("ensemble")
        String model();
    }

    /** Tenants beside the default one. */
    Tenants tenants();

    /** Keys {@code perennial.tenants.*}. */
    interface Tenants {

        /** Share of the places for encoding that one of them can take, above 0 and at most 1. */
        @WithDefault("0.5")
        @WithConverter(Amount.PositiveShare.class)
        double encodingShare();

        /** Memory that one of them has for embeddings of texts that may come again. */
        @WithDefault("16777216")
        @WithConverter(Amount.NotNegativeLong.class)
        long cacheBytes();

        /** How many connections to PostgreSQL a process keeps for one of them. */
        @WithDefault("2")
        @WithConverter(Amount.TwoOrMore.class)
        int connections();
    }

    /** Who is let in. */
    interface Security {

        /** A key that allows everything, for the operator who makes the others; at least 32 characters. */
        Optional<String> operatorKey();

        /** Requests that may be made a minute with a key that does not say it; any number unless said. */
        @WithConverter(Amount.PositiveInteger.class)
        Optional<Integer> requestsPerMinute();

        /** Examples that may be taught a day with a key that does not say it; any number unless said. */
        @WithConverter(Amount.PositiveInteger.class)
        Optional<Integer> examplesPerDay();

        /** The identity provider whose tokens are taken. */
        Oidc oidc();
    }

    /** An identity provider, by OpenID Connect. */
    interface Oidc {

        /** Its name and address; without it no tokens are taken. */
        Optional<String> issuer();

        /** The name of this service there. */
        Optional<String> audience();

        /** Where its tokens say roles: a claim, or one within another, as {@code realm_access/roles}. */
        @WithDefault("roles")
        String rolesClaim();

        /** What they say there of who asks and reads. */
        @WithDefault("perennial-reader")
        List<String> readers();

        /** What they say there of who teaches as well. */
        @WithDefault("perennial-teacher")
        List<String> teachers();

        /** What they say there of who may do everything. */
        @WithDefault("perennial-operator")
        List<String> operators();

        /** Where its tokens say the id of their tenant, as roles; without it all are of the default one. */
        Optional<String> tenantClaim();

        /** Which tokens are of the default tenant: {@code none}, those {@code named} so, or those {@code unnamed}. */
        @WithDefault("none")
        TenantClaim.OfDefault defaultTenant();
    }

    /** Operation apart from everything else. */
    interface Management {

        /** A port of its own for {@code /q/*}, which the port of the service then does not have; none unless said. */
        Optional<Integer> port();
    }

    /** The encoders that answer. */
    interface Members {

        /** Ids of the encoders inside the service that answer. */
        @WithDefault("static,all-minilm-l6-v2,bge-small-en-v1.5,e5-small-v2")
        Optional<List<String>> bundled();

        /** Where model files are unpacked and registered; default {@code models} in the data directory. */
        Optional<Path> modelsDirectory();

        /** Below which POST /v1/members may take folders from; without it only archives can be registered. */
        Optional<Path> importDirectory();

        /** Sentence-transformers folders to serve besides the bundled encoders. */
        Optional<List<Path>> folders();

        /** In which numbers encoders multiply; {@code auto}: each task chooses by its own examples. */
        @WithDefault("fp32")
        Precision precision();

        /** The precision of single encoders, by their ids. */
        Map<String, Precision> precisions();
    }

    /** How encoders share the machine. */
    interface Encoding {

        /** {@code throughput}: each thread runs an encoder of its own; {@code latency}: all threads share one run. */
        @WithDefault("throughput")
        Profile profile();

        /** Threads that encode; 0: one per core. */
        @WithDefault("0")
        @WithConverter(Amount.NotNegativeInteger.class)
        int threads();

        /** Characters that may wait or run at once, over all requests and encoders. */
        @WithDefault("8000000")
        @WithConverter(Amount.PositiveInteger.class)
        int maxCharsInFlight();

        /** Memory for embeddings of texts that may come again; forgetting an example empties it; 0: none are kept. */
        @WithDefault("67108864")
        @WithConverter(Amount.NotNegativeLong.class)
        long cacheBytes();
    }

    /** How far answers go. */
    interface CascadeSettings {

        /** Share of the answers of cheaper stages that the full ensemble is asked for as well, in the background. */
        @WithDefault("0.01")
        @WithConverter(Amount.Share.class)
        double auditShare();
    }

    /** Whether answers are still what they were. */
    interface DriftSettings {

        /** Most answers a second that are observed, of all tasks together; 0: none. */
        @WithDefault("500")
        @WithConverter(Amount.NotNegativeInteger.class)
        int observationsPerSecond();
    }

    /** How it is recorded what is learnt and forgotten. */
    interface LifelongSettings {

        /** How long a task has to be left alone before its suite is asked again; at most 1 h. */
        @WithDefault("10s")
        Duration delay();
    }

    /** The static member. */
    interface StaticMember {

        /** Questions of which pieces and the teacher's vector are kept in memory, to refresh the table on; 0: none. */
        @WithDefault("0")
        @WithConverter(Amount.NotNegativeInteger.class)
        int sampleSize();
    }

    /** How encoders are adapted to tasks. */
    interface AdaptationOfEncoders {

        /** In which process: one of its own, or the service's. */
        @WithDefault("separate")
        TrainingPlace process();

        /** Bytes of memory that the process may take that adapts them. */
        @WithDefault("1300000000")
        @WithConverter(Amount.NotNegativeLong.class)
        long memoryBytes();
    }

    /** Answers that feedback can refer to, kept in memory. */
    interface PredictionMemory {

        /** How many answers. */
        @WithDefault("10000")
        @WithConverter(Amount.NotNegativeInteger.class)
        int count();

        /** Characters of all their inputs together. */
        @WithDefault("8000000")
        @WithConverter(Amount.NotNegativeLong.class)
        long chars();

        /** How long an answer can be referred to. */
        @WithDefault("24h")
        Duration duration();
    }

    /** Answers that feedback can refer to for longer, kept in the store. */
    interface PredictionLogging {

        /** How long an answer can be referred to, as far as there is room; some are kept for a seventh longer. */
        @WithDefault("168h")
        Duration duration();

        /** How many answers are kept, the latest; 0: none. */
        @WithDefault("100000")
        @WithConverter(Amount.NotNegativeLong.class)
        long rows();

        /** Bytes of all of them, nearly. */
        @WithDefault("134217728")
        @WithConverter(Amount.NotNegativeLong.class)
        long bytes();

        /** Bytes of answers that may wait to be written; more are left out. */
        @WithDefault("16777216")
        @WithConverter(Amount.NotNegativeLong.class)
        long waitingBytes();
    }

    /** How tasks are learnt. */
    interface Learning {

        /** Threads that learn; 0: one per core. */
        @WithDefault("0")
        @WithConverter(Amount.NotNegativeInteger.class)
        int threads();

        /** Bytes of sums over examples that may be kept, so that a teaching need not begin anew. */
        @WithDefault("536870912")
        @WithConverter(Amount.NotNegativeLong.class)
        long maxLedgerBytes();

        /** Bytes that what served before may take, so that going back to it takes no learning. */
        @WithDefault("268435456")
        @WithConverter(Amount.NotNegativeLong.class)
        long maxRecentBytes();
    }

    /** What is measured. */
    interface Metrics {

        /** Tasks with series of their own; all others are counted as {@code other}. */
        @WithDefault("100")
        @WithConverter(Amount.NotNegativeInteger.class)
        int tasks();
    }

    /** What tasks were. */
    interface PastRevisions {

        /** How long revisions without a name are kept after others have followed; without it as long as their tasks. */
        Optional<Duration> retention();
    }

    /** Tasks as files. */
    interface ExportedFiles {

        /** How long a file is kept, if nothing that it holds is erased before. */
        @WithDefault("24h")
        Duration retention();

        /** How many files are kept. */
        @WithDefault("20")
        @WithConverter(Amount.PositiveInteger.class)
        int files();
    }

    /** Long work. */
    interface LongWork {

        /** Jobs that run at once. */
        @WithDefault("3")
        @WithConverter(Amount.PositiveInteger.class)
        int threads();

        /** Jobs that may wait or run; more are refused. */
        @WithDefault("100")
        @WithConverter(Amount.PositiveInteger.class)
        int unfinished();

        /** How long finished jobs are kept. */
        @WithDefault("168h")
        Duration retention();

        /** How long a job may give no sign of itself before it is ended; 0: without end. */
        @WithDefault("2h")
        Duration stall();
    }
}
