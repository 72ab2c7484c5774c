// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perennial.api.ExportArchive;
import dev.perennial.api.Json;
import dev.perennial.api.Limits;
import dev.perennial.evaluate.GateBound;
import dev.perennial.evaluate.GateBounds;
import dev.perennial.evaluate.Suite;
import dev.perennial.evaluate.SuiteStore;
import dev.perennial.feedback.PredictionStore;
import dev.perennial.learn.School;
import dev.perennial.refresh.ImportOrder.OnConflict;
import dev.perennial.refresh.JobProgress.JobStopped;
import dev.perennial.refusal.Refusal;
import dev.perennial.revision.Revision;
import dev.perennial.revision.RevisionStore;
import dev.perennial.shadow.Apprenticeship;
import dev.perennial.store.ExportFiles;
import dev.perennial.store.SqlApprenticeshipStore;
import dev.perennial.store.SqlAuditLog;
import dev.perennial.store.SqlGateStore;
import dev.perennial.store.SqlJobStore;
import dev.perennial.store.SqlPredictionStore;
import dev.perennial.store.SqlRevisionStore;
import dev.perennial.store.SqlSuiteStore;
import dev.perennial.store.SqlTaskStore;
import dev.perennial.store.SqliteDatabase;
import dev.perennial.store.UploadFiles;
import dev.perennial.task.Answer;
import dev.perennial.task.Example;
import dev.perennial.task.Input;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.Policy;
import dev.perennial.task.QuarantineReason;
import dev.perennial.task.Quarantined;
import dev.perennial.task.RevisionId;
import dev.perennial.task.StoredTask;
import dev.perennial.task.Task;
import dev.perennial.task.TaskSettings;
import dev.perennial.task.Teaching;
import dev.perennial.text.Text;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tasks go from one school to another as a file: each as a whole or not at all. */
@Timeout(120)
final class ImportJobTest {
    private static final int EXAMPLES = 250;
    private static final double LARGEST_WEIGHT = 1 << 21;
    private static final Apprenticeship.Bar BAR = new Apprenticeship.Bar(0.9, 40, true);

    @TempDir
    private Path directory;

    private Place here;
    private Place there;

    @BeforeEach
    void open() throws IOException {
        here = new Place(directory.resolve("here"));
        there = new Place(directory.resolve("there"));
    }

    @AfterEach
    void close() {
        here.close();
        there.close();
    }

    @Test
    void importedTask_hasTheSameHeadsAndGivesTheSameFile() throws IOException {
        here.teach(task(), teachings(EXAMPLES));
        byte[] file = here.export();

        Job job = there.accept(file, OnConflict.FAIL);
        JobWork.Outcome outcome = there.run(job, new Steps(Integer.MAX_VALUE));

        assertThat(outcome.complete()).isTrue();
        assertThat(outcome.result())
                .contains("{\"task\":\"task\",\"action\":\"created\",\"examples\":250,")
                .contains("\"other_members\":[]");
        assertThat(there.school.digest()).isEqualTo(here.school.digest());
        assertThat(there.export()).isEqualTo(file);
        assertThat(there.imports).isEmptyDirectory();
    }

    /** What a task that drifts answers depends on the order of teaching, also of what it learns from again. */
    @Test
    void taskThatDrifts_keepsTheOrderOfTeaching_andThePlacesOfWhatIsSetApart() throws IOException {
        here.teach(drifting(), driftingTeachings());
        here.setApart(0, 40, 41, 90, 119);
        List<Teaching> order = here.taught();

        there.run(there.accept(here.export(), OnConflict.FAIL), new Steps(Integer.MAX_VALUE));

        assertThat(there.taught()).isEqualTo(order);
        assertThat(there.school.digest()).isEqualTo(here.school.digest());
        assertThat(there.apart())
                .extracting(one -> one.example().teaching())
                .isEqualTo(here.apart().stream()
                        .map(one -> one.example().teaching())
                        .toList());
        String without = here.school.digest();
        here.release();
        there.release();
        assertThat(there.taught()).isEqualTo(here.taught()).isEqualTo(driftingTeachings());
        assertThat(there.school.digest()).isEqualTo(here.school.digest()).isNotEqualTo(without);
        assertThat(there.export()).isEqualTo(here.export());
    }

    private static Task drifting() {
        return task().withPolicy(Policy.DEFAULT.withLearning(new Policy.Learning(OptionalDouble.empty(), true)));
    }

    /** In an order that is none of texts, and in which what is right changes. */
    private static List<Teaching> driftingTeachings() {
        List<Integer> numbers = new ArrayList<>(IntStream.range(0, 120).boxed().toList());
        Collections.shuffle(numbers, new Random(7));
        return IntStream.range(0, numbers.size())
                .mapToObj(i -> Teaching.of(
                        Input.of(new Text("text number " + numbers.get(i))),
                        new Answer.OneLabel("label " + (numbers.get(i) + (i < 60 ? 0 : 1)) % 3)))
                .toList();
    }

    @Test
    void whatGuardsAndWatchesATask_comesWithIt() throws IOException {
        here.teach(task(), teachings(30));
        here.setApart(1, 2);
        here.guard();
        byte[] file = here.export();

        there.teach(task(), teachings(20));
        there.run(there.accept(file, OnConflict.REPLACE), new Steps(Integer.MAX_VALUE));

        assertThat(there.settings().of(School.TASK))
                .isEqualTo(here.settings().of(School.TASK))
                .isEqualTo(new TaskSettings(
                        Map.of("recall", 0.001), true, Optional.of(new TaskSettings.Apprentice(0.9, 40, true))));
        assertThat(there.apart()).extracting(Quarantined::reason).containsOnly(QuarantineReason.NAMED);
        assertThat(there.apart()).hasSize(2);
        assertThat(there.school.digest()).isEqualTo(here.school.digest());
        assertThat(there.export()).isEqualTo(file);
    }

    /** The file of one that has nothing set takes away what its predecessor had. */
    @Test
    void taskWithoutSettings_replacesOneThatHasSome() throws IOException {
        here.teach(task(), teachings(30));
        byte[] file = here.export();
        there.teach(task(), teachings(20));
        there.setApart(1);
        there.guard();

        there.run(there.accept(file, OnConflict.REPLACE), new Steps(Integer.MAX_VALUE));

        assertThat(there.settings().of(School.TASK)).isEqualTo(TaskSettings.NONE);
        assertThat(there.apart()).isEmpty();
    }

    @Test
    void orderOfTeaching_doesNotChangeTheFile() throws IOException {
        List<Teaching> teachings = teachings(30);
        here.teach(task(), teachings);
        List<Teaching> reversed = new ArrayList<>(teachings);
        Collections.reverse(reversed);
        there.teach(task(), reversed);

        assertThat(there.export()).isEqualTo(here.export());
    }

    @Test
    void stoppedAtAnyStep_goesOnWithoutRepeatingAnything() throws IOException {
        here.teach(task(), teachings(EXAMPLES));
        byte[] file = here.export();
        for (int steps = 0; steps < 4; steps++) {
            there.remove();
            Job job = there.accept(file, OnConflict.FAIL);
            Steps few = new Steps(steps);
            try {
                there.run(job, few);
            } catch (JobStopped stopped) {
                assertThat(few.left).isNegative();
            }

            there.run(job, new Steps(Integer.MAX_VALUE));

            assertThat(there.school.store().examples(School.TASK)).hasSize(EXAMPLES);
            assertThat(there.school.digest()).isEqualTo(here.school.digest());
        }
    }

    @Test
    void cancelled_leavesNothingOfTheTask() throws IOException {
        here.teach(task(), teachings(EXAMPLES));
        Job job = there.accept(here.export(), OnConflict.FAIL);
        Steps cancelling = new Steps(2);
        cancelling.cancels = true;

        JobWork.Outcome outcome = there.run(job, cancelling);

        assertThat(outcome.complete()).isFalse();
        assertThat(outcome.result()).contains("\"tasks\":[]");
        assertThat(there.school.store().task(School.TASK)).isEmpty();
        assertThat(there.imports).isEmptyDirectory();
    }

    @Test
    void replacement_thatCannotBeTaught_changesNothing() throws IOException {
        byte[] file = here.fileOf(tooHeavy());
        there.teach(task(), teachings(40));
        Past before = there.past();

        Job job = there.accept(file, OnConflict.REPLACE);
        assertThatThrownBy(() -> there.run(job, new Steps(Integer.MAX_VALUE))).isInstanceOf(Refusal.class);
        there.work().giveUp(job, there.payload);

        assertThat(there.past()).isEqualTo(before);
        assertThat(there.imports).isEmptyDirectory();
    }

    @Test
    void replacement_thatIsCancelled_changesNothing() throws IOException {
        here.teach(task(), teachings(EXAMPLES));
        byte[] file = here.export();
        there.teach(task(), teachings(40));
        Past before = there.past();
        for (int steps = 0; steps < 3; steps++) {
            Job job = there.accept(file, OnConflict.REPLACE);
            Steps cancelling = new Steps(steps);
            cancelling.cancels = true;

            assertThat(there.run(job, cancelling).complete()).isFalse();

            assertThat(there.past()).isEqualTo(before);
        }
        assertThat(there.imports).isEmptyDirectory();
    }

    @Test
    void replacement_hasTheSuiteOfTheFile_andNoHistoryOfTheFormerTask() throws IOException {
        here.teach(task(), teachings(EXAMPLES));
        here.measure(teachings(2));
        byte[] file = here.export();
        there.teach(task(), teachings(40));
        Past before = there.past();

        Job job = there.accept(file, OnConflict.REPLACE);
        assertThat(there.run(job, new Steps(Integer.MAX_VALUE)).result()).contains("\"action\":\"replaced\"");

        assertThat(there.school.digest()).isEqualTo(here.school.digest());
        assertThat(there.past().aliases()).isEmpty();
        assertThat(there.past().suite()).isEqualTo(here.past().suite()).hasSize(2);
        assertThat(there.past().revisions()).doesNotContainAnyElementsOf(before.revisions());
    }

    /** What there is of a task, and what can be gone back to. */
    private record Past(
            Optional<StoredTask> task,
            List<Example> examples,
            String digest,
            List<Revision> revisions,
            Map<String, RevisionId> aliases,
            List<Suite.Row> suite) {}

    @Test
    void newTask_thatCannotBeTaught_isNotThere() throws IOException {
        Job job = there.accept(here.fileOf(tooHeavy()), OnConflict.FAIL);
        assertThatThrownBy(() -> there.run(job, new Steps(Integer.MAX_VALUE))).isInstanceOf(Refusal.class);
        there.work().giveUp(job, there.payload);

        assertThat(there.school.store().task(School.TASK)).isEmpty();
        assertThat(there.work().kept(job, there.payload)).isEmpty();
    }

    @Test
    void taskThatIsRemovedMeanwhile_staysRemoved() throws IOException {
        here.teach(task(), teachings(EXAMPLES));
        byte[] file = here.export();
        there.teach(task(), teachings(40));
        Job job = there.accept(file, OnConflict.REPLACE);
        Steps removing = new Steps(Integer.MAX_VALUE);
        removing.atStep = 2;
        removing.then = () -> there.school.teacher().remove(School.TASK);

        assertThatThrownBy(() -> there.run(job, removing)).isInstanceOf(Refusal.class);
        there.work().giveUp(job, there.payload);

        assertThat(there.school.store().task(School.TASK)).isEmpty();
        assertThat(there.imports).isEmptyDirectory();
    }

    @Test
    void taskThatIsThere_isRefusedOrLeft() throws IOException {
        here.teach(task(), teachings(30));
        byte[] file = here.export();
        there.teach(task(), teachings(5));

        Job refused = there.accept(file, OnConflict.FAIL);
        assertThatThrownBy(() -> there.run(refused, new Steps(Integer.MAX_VALUE)))
                .isInstanceOf(Refusal.Conflict.class);
        there.work().giveUp(refused, there.payload);
        Job skipping = there.accept(file, OnConflict.SKIP);
        assertThat(there.run(skipping, new Steps(Integer.MAX_VALUE)).result()).contains("\"action\":\"skipped\"");

        assertThat(there.school.store().examples(School.TASK)).hasSize(5);
    }

    @Test
    void files_ofJobsThatAreOver_goWithTheNextStart() throws IOException {
        here.teach(task(), teachings(5));
        Job job = there.accept(here.export(), OnConflict.FAIL);
        there.uploads.stage(InputStream.nullInputStream());

        there.work().recover(there.jobs);
        try (var left = Files.list(there.imports)) {
            assertThat(left).hasSize(1);
        }
        there.run(job, new Steps(Integer.MAX_VALUE));
        assertThat(there.imports).isEmptyDirectory();
    }

    private static Task task() {
        return School.task(Kind.CLASSIFICATION, InputKind.TEXT, "label 0");
    }

    private static List<Teaching> teachings(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new Teaching(
                        Input.of(new Text("text number " + i)),
                        new Answer.OneLabel("label " + i % 3),
                        i % 4 == 0 ? Optional.of("row " + i) : Optional.empty(),
                        1 + i % 2))
                .toList();
    }

    /** Each of which can be taught, but not both. */
    private static List<Teaching> tooHeavy() {
        return IntStream.range(0, 2)
                .mapToObj(i -> new Teaching(
                        Input.of(new Text("heavy " + i)), new Answer.OneLabel("a"), Optional.empty(), LARGEST_WEIGHT))
                .toList();
    }

    /** Says for how many steps to go on, and what then. */
    private static final class Steps implements JobProgress {
        private int left;
        private boolean cancels;
        private int atStep = Integer.MAX_VALUE;
        private Runnable then = () -> {};
        private int asked;

        Steps(int left) {
            this.left = left;
        }

        @Override
        public void report(long done, long total, String message) {}

        @Override
        public void log(String message) {}

        @Override
        public boolean mayGoOn() {
            if (++asked == atStep) {
                then.run();
            }
            if (left-- > 0) {
                return true;
            }
            if (!cancels) {
                throw new JobStopped();
            }
            return false;
        }

        @Override
        public void pause(Duration duration) {}
    }

    /** A service in a directory of its own. */
    private static final class Place implements AutoCloseable {
        private final Path imports;
        private final SqliteDatabase database;
        private final SqlJobStore jobs;
        private final School school;
        private final ExportArchive format;
        private final UploadFiles uploads;
        private final ExportKeeper keeper;
        private int numbers;
        private byte[] payload = {};

        Place(Path directory) throws IOException {
            imports = Files.createDirectories(directory.resolve("imports"));
            Path exports = Files.createDirectories(directory.resolve("exports"));
            database = SqliteDatabase.open(directory.resolve("perennial.db"));
            jobs = new SqlJobStore(database, InstantSource.system());
            school = School.on(new SqlTaskStore(database, InstantSource.system()), School.SMALL);
            Limits limits = new SmallRyeConfigBuilder()
                    .withMapping(Limits.class, "perennial.limits")
                    .build()
                    .getConfigMapping(Limits.class, "perennial.limits");
            format = new ExportArchive(Json.within(limits), limits);
            uploads = new UploadFiles(imports, KeptFiles.NONE);
            keeper = new ExportKeeper(
                    new ExportKeeper.Ports(
                            new ExportFiles(exports),
                            new SqlAuditLog(database),
                            InstantSource.system(),
                            () -> "exp_" + ++numbers),
                    new ExportKeeper.Bounds(Duration.ofHours(1), 100));
        }

        void measure(List<Teaching> suite) {
            new SqlSuiteStore(database, InstantSource.system()).put(School.TASK, suite);
        }

        /** With a name and a suite of its own. */
        void teach(Task task, List<Teaching> teachings) {
            school.teacher().define(task);
            RevisionId taught = school.teach(teachings).revision();
            new SqlRevisionStore(database, InstantSource.system()).alias(task.id(), "mine", Optional.of(taught));
            new SqlSuiteStore(database, InstantSource.system()).put(task.id(), teachings(3));
        }

        Past past() {
            RevisionStore revisions = new SqlRevisionStore(database, InstantSource.system());
            SuiteStore suites = new SqlSuiteStore(database, InstantSource.system());
            return new Past(
                    school.store().task(School.TASK),
                    school.store().examples(School.TASK),
                    school.digest(),
                    revisions.page(School.TASK, new RevisionId(Long.MAX_VALUE), 100),
                    revisions.aliases(School.TASK),
                    suites.rows(School.TASK, 0, 100));
        }

        void remove() {
            if (school.store().task(School.TASK).isPresent()) {
                school.teacher().remove(School.TASK);
            }
        }

        byte[] export() throws IOException {
            ExportJob work = new ExportJob(new ExportJob.Tools(
                    school.store(),
                    school.teacher(),
                    school.active(),
                    school.encoders(),
                    format,
                    keeper,
                    new SqlSuiteStore(database, InstantSource.system()),
                    settings()));
            Jobs.Order order = ExportJob.order(List.of(School.TASK));
            JobWork.Outcome outcome = work.work(job(order), order.payload(), new Steps(Integer.MAX_VALUE));
            assertThat(outcome.result()).contains("\"not_included\":[]");
            try (InputStream file = keeper.open(keeper.find("exp_" + numbers))) {
                return file.readAllBytes();
            }
        }

        private ExportJob.Settings settings() {
            PredictionStore predictions = new SqlPredictionStore(database);
            return new ExportJob.Settings(
                    new SqlGateStore(database, InstantSource.system()),
                    new SqlApprenticeshipStore(database, InstantSource.system()),
                    task -> predictions.keepingTexts().contains(task));
        }

        /** Has what guards and watches it. */
        void guard() {
            settings().gates().setBounds(School.TASK, new GateBounds(Map.of(GateBound.RECALL, 0.001)));
            settings().apprenticeships().put(Apprenticeship.begun(School.TASK, BAR, Instant.EPOCH));
            new SqlPredictionStore(database).keepTexts(School.TASK, true, Instant.EPOCH);
        }

        /** Sets some of the examples apart, in the order of teaching. */
        void setApart(int... positions) {
            List<Example> examples = school.store().examples(School.TASK);
            school.teacher()
                    .quarantine()
                    .named(
                            School.TASK,
                            Arrays.stream(positions)
                                    .mapToObj(position -> examples.get(position).id())
                                    .collect(Collectors.toSet()));
        }

        List<Quarantined> apart() {
            return school.store().quarantined(School.TASK, "", 99);
        }

        void release() {
            school.teacher()
                    .quarantine()
                    .release(
                            School.TASK,
                            apart().stream().map(one -> one.example().id()).collect(Collectors.toSet()));
        }

        List<Teaching> taught() {
            return school.store().examples(School.TASK).stream()
                    .map(Example::teaching)
                    .toList();
        }

        byte[] fileOf(List<Teaching> teachings) throws IOException {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            Task task = task();
            ExportFormat.Listed listed = new ExportFormat.Listed(task.id(), teachings.size(), List.of(), List.of());
            format.write(
                    List.of(new ExportFormat.Exported(
                                    new ExportFormat.Packed(
                                            task, teachings, List.of(), List.of(), List.of(), TaskSettings.NONE),
                                    listed))
                            .iterator(),
                    bytes);
            return bytes.toByteArray();
        }

        ImportJob work() {
            return new ImportJob(
                    new ImportJob.Tools(school.store(), school.teacher(), school.encoders(), format, uploads));
        }

        Job accept(byte[] file, OnConflict onConflict) {
            ImportOrder order = new ImportOrder(uploads.stage(new ByteArrayInputStream(file)), onConflict);
            Jobs.Order accepted = ImportJob.order(order, 0);
            payload = accepted.payload();
            Job job = job(accepted);
            jobs.accept(job, payload, Optional.empty());
            return job;
        }

        JobWork.Outcome run(Job job, JobProgress progress) {
            return work().work(job, payload, progress);
        }

        private Job job(Jobs.Order order) {
            return new Job(
                    "job_" + ++numbers + "x",
                    order.kind(),
                    order.subject(),
                    Job.Status.QUEUED,
                    new Job.Progress(0, order.total(), order.unit(), ""),
                    InstantSource.system().instant(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty());
        }

        @Override
        public void close() {
            keeper.close();
            school.close();
            database.close();
        }
    }
}
