// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.access.Keyring;
import dev.perennial.adapt.TaskGroups;
import dev.perennial.api.JobFailures;
import dev.perennial.api.Json;
import dev.perennial.api.Serving;
import dev.perennial.api.SortableIds;
import dev.perennial.app.Exchanging.Audience;
import dev.perennial.document.EncodedPassages;
import dev.perennial.document.Library;
import dev.perennial.drift.DriftMonitor;
import dev.perennial.encode.Encoder;
import dev.perennial.encode.Encoders;
import dev.perennial.encode.ReadingObserver;
import dev.perennial.ensemble.ActiveEnsembles;
import dev.perennial.ensemble.CascadeAudit;
import dev.perennial.ensemble.InstructionRouter;
import dev.perennial.ensemble.InstructionVectors;
import dev.perennial.ensemble.PredictionObserver;
import dev.perennial.ensemble.Predictor;
import dev.perennial.ensemble.TextRouter;
import dev.perennial.ensemble.VectorModels;
import dev.perennial.evaluate.Evaluations;
import dev.perennial.knowledge.LiveGraphs;
import dev.perennial.learn.Admittance;
import dev.perennial.learn.Examiner;
import dev.perennial.learn.FitSettings;
import dev.perennial.learn.Learner;
import dev.perennial.learn.ReferenceSentences;
import dev.perennial.learn.Spreads;
import dev.perennial.learn.Teacher;
import dev.perennial.lucene.LuceneDocumentIndex;
import dev.perennial.refresh.EvaluationJob;
import dev.perennial.refresh.ExportKeeper;
import dev.perennial.refresh.GraphVectorsJob;
import dev.perennial.refresh.Job;
import dev.perennial.refresh.JobGate;
import dev.perennial.refresh.JobStore;
import dev.perennial.refresh.JobWork;
import dev.perennial.refresh.Jobs;
import dev.perennial.refresh.MemberJob;
import dev.perennial.refresh.MemberRegistry;
import dev.perennial.refresh.MemberRemovalJob;
import dev.perennial.refresh.Members;
import dev.perennial.refresh.RefreshJob;
import dev.perennial.refresh.RefreshJob.Refreshable;
import dev.perennial.refresh.Refreshes;
import dev.perennial.refresh.TeachingJob;
import dev.perennial.revision.RevisionStore;
import dev.perennial.store.ChangeLog;
import dev.perennial.store.DataDirectory;
import dev.perennial.store.Database;
import dev.perennial.store.DerivedFiles;
import dev.perennial.store.PostgresDatabase;
import dev.perennial.store.SqlApiKeyStore;
import dev.perennial.store.SqlApprenticeshipStore;
import dev.perennial.store.SqlAuditLog;
import dev.perennial.store.SqlDocumentStore;
import dev.perennial.store.SqlJobStore;
import dev.perennial.store.SqlKnowledgeStore;
import dev.perennial.store.SqlRevisionStore;
import dev.perennial.store.SqlShadowStore;
import dev.perennial.store.SqlTaskStore;
import dev.perennial.task.DerivedCache;
import dev.perennial.task.InputKind;
import dev.perennial.task.Origin;
import dev.perennial.task.TaskId;
import dev.perennial.task.TaskStore;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ForkJoinPool;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Start-up of what serves a tenant: takes its data directory, opens its database, learns every task. */
final class Starting {
    private static final int SHARES_OF_TENANTS = 8;
    private static final String JOB_ID = "job_";
    private static final Duration PATIENCE_OF_SEARCHES = Duration.ofSeconds(5);

    private final PerennialConfig config;
    private final Tenure tenure;
    private final InstantSource clock;
    private final SortableIds ids;
    private final Supplier<Origin> origins;
    private final Json json;

    /** @param origins where the change comes from that the asking thread is about to make */
    Starting(PerennialConfig config, Tenure tenure, InstantSource clock, SortableIds ids, Supplier<Origin> origins) {
        this.origins = origins;
        this.config = config;
        this.tenure = tenure;
        this.clock = clock;
        this.ids = ids;
        this.json = Json.within(config.limits());
    }

    /**
     * Starts everything.
     *
     * @param host what all tenants share, there already, or opened when it is asked for
     * @param ofDefault the default tenant's database, where another one is started
     * @throws dev.perennial.refusal.Refusal when something is missing; the detail says what to do
     */
    Running start(Function<DataDirectory, Host> host, Optional<Database> ofDefault) {
        DataDirectory directory = DataDirectory.open(tenure.directory());
        try {
            Platform.Means means = new Platform.Means(
                    config,
                    host,
                    opened -> Databases.open(new Databases.Wanted(config, tenure, origins, ofDefault), opened));
            Platform platform = Platform.open(means, tenure, directory);
            try {
                return Databases.leads(platform.database(), config.role())
                        ? leading(platform)
                        : following(platform, Optional.empty());
            } catch (RuntimeException failure) {
                platform.closeAfter(failure);
                throw failure;
            }
        } catch (RuntimeException failure) {
            directory.close();
            throw failure;
        }
    }

    /** A service that makes the changes. */
    private Running leading(Platform platform) {
        return running(platform, platform.leading());
    }

    /** The same in the place of one that has followed, on the same platform; that one goes on until it is closed. */
    Running lead(Running before) {
        return leading(before.platform());
    }

    /** A service that follows the one that makes the changes. */
    private Running following(Platform platform, Optional<Replica> before) {
        PostgresDatabase shared = (PostgresDatabase) platform.database();
        Database followed = shared.following();
        Replica replica = new Replica(
                new Replica.Sources(
                        new ChangeLog(followed),
                        shared::leader,
                        new SqlShadowStore(followed, clock),
                        new SqlApprenticeshipStore(followed, clock)),
                tenure.leading(),
                before);
        replica.meetLeader(Set.of());
        return running(platform, platform.following(followed, shared.adding(), replica));
    }

    /** The same with everything read anew, on the same platform; what has served goes on until it is closed. */
    Running again(Running before) {
        return following(before.platform(), before.replica());
    }

    private Running running(Platform platform, Disk disk) {
        Keyring keyring = keyring(disk);
        Footing footing =
                new Footing(disk, platform, platform.encoders(), new LiveGraphs(), refreshing(platform.opened()));
        Studies studies = studies(footing);
        Serving serving = serving(footing, studies);
        return new Running(
                platform, serving, keyring, studies.forgetting().andThen(tenure.memory()::forget), disk.replica());
    }

    /** @throws Refusal.NotReady when nobody could ask */
    private Keyring keyring(Disk disk) {
        SqlApiKeyStore store = new SqlApiKeyStore(disk.database(), clock);
        return tenure.id().isDefault() ? Keys.of(config, store, clock) : Keys.ofTenant(config, store, clock);
    }

    /**
     * Tasks, what is kept of them, and who teaches them.
     *
     * @param forgetting has memory forget what may have been erased of a task
     */
    private record Studies(
            Recording recording,
            Exchanging exchanging,
            Succeeding succeeding,
            Consumer<TaskId> forgetting,
            TaskStore store,
            ActiveEnsembles active,
            Spreads spreads,
            Adapting adapting,
            Teacher teacher) {}

    private Studies studies(Footing footing) {
        Disk disk = footing.disk();
        Recording recording = recording(disk);
        Exchanging exchanging = exchanging(disk, recording);
        Succeeding succeeding = new Succeeding(
                tenure.memory(), recording.log(), shadowing(disk, footing.graphs(), footing.refreshing()));
        Consumer<TaskId> forgetting = forgetting(footing.encoders(), footing.refreshing(), exchanging, succeeding)
                .andThen(footing.platform().opened().trainer()::erased);
        TaskStore store = store(disk, recording, forgetting, succeeding);
        ActiveEnsembles active = new ActiveEnsembles(
                store::latestRevision, revision -> footing.graphs().isAwaited(revision) || disk.isBehind(revision));
        Kept kept = kept(disk);
        Spreads spreads = spreads(kept.derived(), footing.encoders());
        Adapting adapting = Adapting.of(footing.platform(), footing.encoders(), kept.revisions(), config.adaptation());
        Teacher teacher = new Teacher(store, adapting.members(), active, tools(footing, spreads, kept));
        return new Studies(recording, exchanging, succeeding, forgetting, store, active, spreads, adapting, teacher);
    }

    private Serving serving(Footing footing, Studies studies) {
        Disk disk = footing.disk();
        Encoders encoders = footing.encoders();
        EncoderSource.Opened opened = footing.platform().opened();
        Members members = members(encoders, footing.graphs(), opened);
        Exchanging exchanging = studies.exchanging();
        TaskStore store = studies.store();
        ActiveEnsembles active = studies.active();
        Adapting adapting = studies.adapting();
        Teacher teacher = studies.teacher();
        Knowledge knowledge =
                knowledge(disk, new Knowledge.Audience(encoders, footing.graphs(), teacher::graphsChanged));
        try {
            restore(adapting, teacher);
            Optional<Refreshable> refreshable = footing.refreshing().refreshable(store, encoders);
            Evaluations evaluations = new Measuring(config, clock, json, ids).of(disk.database(), active);
            List<JobWork> works = new ArrayList<>(ofMembers(opened.registry(), members, knowledge, teacher));
            works.addAll(List.of(new TeachingJob(store, teacher::teach), new EvaluationJob(evaluations)));
            Examiner examiner = new Examiner(store, adapting.members(), judge(footing), studies.spreads());
            JobGate gate = new JobGate(evaluations.gatekeeper(), teacher.insight()::settled);
            works.addAll(knowledge.works(encoders, footing.algebra(), threads(), gated(teacher, gate)));
            RefreshJob.Adopting adopting = new RefreshJob.Adopting(knowledge.followingIfSo(teacher::adopt), gate);
            refreshable.ifPresent(one -> works.add(new RefreshJob(one, members, store, examiner, adopting, clock)));
            InstructionVectors instructions = instructions(encoders, studies.spreads());
            TaskGroups groups = new TaskGroups(store, instructions, adapting::of);
            works.add(adapting.work(learning(studies, examiner, groups, gate), members, clock));
            JobStore jobStore = jobStore(disk, adapting);
            works.addAll(exchanging.works(new Audience(store, teacher, active, encoders, evaluations), jobStore));
            Jobs jobs = knowledge.recovered(jobs(jobStore, works, refreshable), jobStore);
            DriftMonitor drift = studies.succeeding().with(drift(active, encoders));
            Serving serving = new Serving(
                    store,
                    jobs,
                    encoders,
                    active,
                    predictor(active, encoders, footing.graphs(), observers(drift, footing.refreshing())),
                    new InstructionRouter(active, encoders, instructions, teacher::zeroShot),
                    new TextRouter(encoders, ReferenceSentences.read()),
                    teacher,
                    vectorModels(encoders, studies.spreads()),
                    members,
                    opened.registry(),
                    new Refreshes(jobs, members, refreshable, Optional.of(adapting.adaptable(store))),
                    knowledge.graphs(),
                    knowledge.keeper(),
                    knowledge.uploads(),
                    library(disk, encoders),
                    groups,
                    evaluations,
                    drift,
                    studies.recording().hindsight(store),
                    exchanging.stores().audit(),
                    exchanging.exchange(),
                    studies.succeeding().shadowing().rounds(active, teacher, evaluations, encoders),
                    tenure.memory());
            return begun(serving, disk.leads());
        } catch (RuntimeException failure) {
            throw closed(failure, knowledge, teacher);
        }
    }

    private Adapting.Learning learning(Studies studies, Examiner examiner, TaskGroups groups, JobGate gate) {
        ServiceMetrics merges = tenure.metrics().service();
        return new Adapting.Learning(studies.store(), examiner, studies.teacher(), groups, merges, gate);
    }

    private Recording recording(Disk disk) {
        Recording.Databases kept = new Recording.Databases(disk.answers(), disk.database());
        return Recording.of(kept, config, clock, tenure.metrics().service());
    }

    private static GraphVectorsJob.Gated gated(Teacher teacher, JobGate gate) {
        return new GraphVectorsJob.Gated(teacher::admits, gate);
    }

    private static Members members(Encoders encoders, LiveGraphs graphs, EncoderSource.Opened opened) {
        Members members = new Members(encoders, graphs);
        RegisteredMembers.openAll(opened.registry(), encoders, members);
        return members;
    }

    private static RuntimeException closed(RuntimeException failure, Knowledge knowledge, Teacher teacher) {
        knowledge.graphs().close();
        closeUndisturbed(teacher);
        return failure;
    }

    /** Begins what goes on beside requests; of a process that follows, that answers are kept, and nothing else. */
    private Serving begun(Serving serving, boolean leads) {
        tenure.metrics().show(serving);
        serving.hindsight().log().begin();
        if (leads) {
            serving.jobs().resume();
            serving.teacher().warmUp();
            serving.library().open();
            serving.evaluations().beginRecording();
            serving.rounds().begin(Shadowing.BETWEEN_ROUNDS);
        }
        return serving;
    }

    private static List<JobWork> ofMembers(
            MemberRegistry registry, Members members, Knowledge knowledge, Teacher teacher) {
        BiConsumer<Encoder, Admittance> adopt = knowledge.following(teacher::adopt);
        return List.of(
                new MemberJob(registry, members, adopt),
                new MemberRemovalJob(registry, members, knowledge.following(teacher::dismiss)));
    }

    private Refreshing refreshing(EncoderSource.Opened opened) {
        return Refreshing.of(opened.table(), config.staticMember().sampleSize(), new SecureRandom().nextLong());
    }

    private static void restore(Adapting adapting, Teacher teacher) {
        adapting.restore();
        teacher.restore();
    }

    /** One of its own: teachings do not wait for an examination. */
    private static Learner judge(Footing footing) {
        return new Learner(
                footing.platform().host().algebra(),
                FitSettings.DEFAULT,
                footing.refreshing().pool());
    }

    private TaskStore store(Disk disk, Recording recording, Consumer<TaskId> forgetting, TaskSuccession succession) {
        TaskStore store = new SqlTaskStore(disk.database(), clock);
        Consumer<TaskId> erased = forgetting.andThen(recording::erased);
        return tenure.metrics().observing(store, recording.log()::beforeErasing, erased, succession);
    }

    /** What is done when a text may have been erased. */
    private static Consumer<TaskId> forgetting(
            Encoders encoders, Refreshing refreshing, Exchanging exchanging, Succeeding succeeding) {
        ExportKeeper exports = exchanging.exchange().keeper();
        return task -> {
            succeeding.shadowing().erased(task);
            encoders.pool().forget();
            refreshing.forget();
            exports.erased(task);
        };
    }

    private Knowledge knowledge(Disk disk, Knowledge.Audience audience) {
        return Knowledge.of(disk, new SqlKnowledgeStore(disk.database(), clock), audience, config.limits());
    }

    private Exchanging exchanging(Disk disk, Recording recording) {
        Exchanging.Stores stores = new Exchanging.Stores(
                new SqlAuditLog(disk.database()),
                new SqlApprenticeshipStore(disk.database(), clock),
                recording.log()::keepsTexts);
        return Exchanging.of(disk, stores, config, new Exchanging.Naming(clock, ids));
    }

    private static InstructionVectors instructions(Encoders encoders, Spreads spreads) {
        return new InstructionVectors(encoders, ready -> spreads.featureMap(InputKind.TEXT, ready));
    }

    private static VectorModels vectorModels(Encoders encoders, Spreads spreads) {
        return new VectorModels(
                encoders, encoder -> spreads.of(InputKind.TEXT, encoder).text());
    }

    private Library library(Disk disk, Encoders encoders) {
        return new Library(
                new SqlDocumentStore(disk.database(), clock),
                new LuceneDocumentIndex(disk.directory().derived().resolve("documents"), new EncodedPassages(encoders)),
                new Library.Bounds(
                        config.limits().documents(), config.limits().evaluationWindows(), PATIENCE_OF_SEARCHES));
    }

    /** What was trained for jobs that are no more, or that another process does, goes. */
    private JobStore jobStore(Disk disk, Adapting adapting) {
        JobStore store = new SqlJobStore(disk.database(), clock);
        adapting.endAllBut(disk.replica().isEmpty() ? unfinished(store) : Set.of());
        return store;
    }

    private static Set<String> unfinished(JobStore store) {
        return store.unfinished().stream().map(Job::id).collect(Collectors.toSet());
    }

    /** Those of texts are known from here on. */
    private static Spreads spreads(DerivedCache derived, Encoders encoders) {
        Spreads spreads = new Spreads(ReferenceSentences.read(), derived);
        spreads.featureMap(InputKind.TEXT, encoders.ready());
        return spreads;
    }

    private DriftMonitor drift(ActiveEnsembles active, Encoders encoders) {
        return new DriftMonitor(active, encoders, clock, config.drift().observationsPerSecond());
    }

    /** Who is told of answers, and of what is read for them. */
    private record Observers(PredictionObserver answers, ReadingObserver readings) {}

    private Observers observers(DriftMonitor drift, Refreshing refreshing) {
        return new Observers(tenure.metrics().service().and(drift), refreshing.readings());
    }

    private Predictor predictor(ActiveEnsembles active, Encoders encoders, LiveGraphs graphs, Observers observers) {
        CascadeAudit audit = new CascadeAudit(
                config.cascade().auditShare(),
                clock.millis(),
                new Predictor(active, encoders)::predict,
                tenure.metrics().service());
        return new Predictor(active, encoders, graphs, observers.answers(), observers.readings(), Optional.of(audit));
    }

    private Shadowing shadowing(Disk disk, LiveGraphs graphs, Refreshing refreshing) {
        return new Shadowing(
                new Shadowing.Keeping(disk.database(), clock, ids),
                tenure.metrics().service(),
                graphs,
                refreshing);
    }

    /** What goes on in the background has to end before anything else is closed; an interrupted thread cannot wait. */
    private static void closeUndisturbed(Teacher teacher) {
        boolean interrupted = Thread.interrupted();
        teacher.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Where things are kept. */
    private record Kept(DerivedCache derived, RevisionStore revisions) {}

    private Kept kept(Disk disk) {
        return new Kept(new DerivedFiles(disk.directory().derived()), new SqlRevisionStore(disk.database(), clock));
    }

    private Teacher.Tools tools(Footing footing, Spreads spreads, Kept kept) {
        return new Teacher.Tools(
                new Learner(footing.platform().host().algebra(), FitSettings.DEFAULT, new ForkJoinPool(threads())),
                spreads,
                footing.graphs(),
                kept.derived(),
                clock,
                new Teacher.Bounds(
                        config.limits().examples(),
                        config.limits().labels(),
                        footing.platform().host().ledgers(),
                        footing.disk().leads() ? recentBytes() : 0,
                        config.revisions().retention()),
                kept.revisions(),
                footing.disk().leads());
    }

    private Jobs jobs(JobStore store, List<JobWork> works, Optional<Refreshable> refreshable) {
        refreshable.ifPresent(one -> one.shelf().retain(unfinished(store)));
        return new Jobs(
                new Jobs.Ports(
                        store,
                        clock,
                        () -> ids.next(JOB_ID),
                        new JobFailures(json),
                        tenure.metrics().jobs()),
                new Jobs.Settings(
                        config.jobs().threads(),
                        config.jobs().unfinished(),
                        config.jobs().retention(),
                        config.jobs().stall()),
                works);
    }

    private long recentBytes() {
        long bytes = config.learning().maxRecentBytes();
        return tenure.id().isDefault() ? bytes : bytes / SHARES_OF_TENANTS;
    }

    /** To learn on. */
    private int threads() {
        int configured = config.learning().threads();
        return configured > 0 ? configured : Runtime.getRuntime().availableProcessors();
    }
}
