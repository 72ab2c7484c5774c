// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perennial.adapt.RetainedShares;
import dev.perennial.learn.TrainedAdapter;
import dev.perennial.learn.TrainingJob;
import dev.perennial.task.TaskId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is kept of trainings is there for the same training alone, and no longer than it may be. */
final class UnfinishedTrainingsTest {
    private static final long SEED = Long.getLong("perennial.seed", 43);
    private static final String KEY = "ab".repeat(32);
    private static final String OTHER_KEY = "cd".repeat(32);
    private static final TaskId TASK = new TaskId("mine");
    private static final TaskId OTHER_TASK = new TaskId("other");
    private static final TrainingJob JOB = new TrainingJob("job_1", Set.of(TASK), Set.of("aa", "bb"));
    private static final TrainingJob OTHER_JOB = new TrainingJob("job_2", Set.of(OTHER_TASK), Set.of("aa"));

    @TempDir
    private Path home;

    private Path directory;
    private UnfinishedTrainings unfinished;

    @BeforeEach
    void makeDirectory() {
        directory = home.resolve("unfinished");
        unfinished = new UnfinishedTrainings(directory, 10_000);
    }

    private static TrainedAdapter trained() {
        RetainedShares shares =
                new RetainedShares(List.of(new RetainedShares.OfTensor("a", 2, .5, .25, .75, .75)), List.of(.25, .75));
        return new TrainedAdapter(
                new byte[] {1, 2, 3}, 7, 2, 1.5, 900, List.of(0.5, 0.25, 1 / 3.0), true, new byte[] {4}, shares, 0);
    }

    private Path made(int bytes) throws IOException {
        return Files.write(home.resolve("made"), new byte[bytes]);
    }

    private List<String> left() throws IOException {
        if (!Files.exists(directory)) {
            return List.of();
        }
        try (Stream<Path> all = Files.walk(directory)) {
            return all.filter(Files::isRegularFile)
                    .map(file -> directory.relativize(file).toString())
                    .sorted()
                    .toList();
        }
    }

    @Test
    void outcome_isReadAsItWasWritten_allOfItFromBefore_andTakesThePlaceOfTheCheckpoint() throws IOException {
        UnfinishedTrainings.Training training = unfinished.of(JOB, KEY);
        assertThat(training.outcome()).isEmpty();
        assertThat(training.copyCheckpoint(home.resolve("copy"))).isFalse();
        training.keepCheckpoint(made(100));
        assertThat(training.copyCheckpoint(home.resolve("copy"))).isTrue();
        assertThat(home.resolve("copy")).hasSize(100);
        assertThat(home.resolve("made")).doesNotExist();

        training.keep(trained());

        TrainedAdapter read = new UnfinishedTrainings(directory, 10_000)
                .of(JOB, KEY)
                .outcome()
                .orElseThrow();
        assertThat(read)
                .usingRecursiveComparison()
                .ignoringFields("stepsBefore")
                .isEqualTo(trained());
        assertThat(read.stepsBefore()).isEqualTo(3);
        assertThat(unfinished.of(JOB, OTHER_KEY).outcome()).isEmpty();
        assertThat(left()).containsExactly("job_1/" + KEY + ".trained", "job_1/about");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("job_1"))))
                .isEqualTo("rwx------");
    }

    @Test
    void outcome_thatIsDamagedOrAnothers_isNone() throws IOException {
        byte[] whole = TrainedFile.content(KEY, trained());
        assertThat(TrainedFile.read(KEY, whole)).isPresent();
        assertThat(TrainedFile.read(OTHER_KEY, whole)).isEmpty();
        Random random = new Random(SEED);
        for (int i = 0; i < whole.length; i++) {
            byte[] damaged = whole.clone();
            damaged[i] ^= (byte) (1 << random.nextInt(8));
            assertThat(TrainedFile.read(KEY, damaged))
                    .as("seed %d, %d", SEED, i)
                    .isEmpty();
            assertThat(TrainedFile.read(KEY, Arrays.copyOf(whole, i))).isEmpty();
        }
    }

    @Test
    void whatWasLearntFromOtherExamples_goes() throws IOException {
        unfinished.of(JOB, KEY).keep(trained());

        TrainingJob taught = new TrainingJob("job_1", Set.of(TASK), Set.of("aa", "bb", "cc"));
        assertThat(unfinished.of(taught, KEY).outcome()).isEmpty();

        assertThat(left()).isEmpty();
    }

    @Test
    void theEndOfAJob_andAnErasure_deleteWhatIsItsOwn() throws IOException {
        unfinished.of(JOB, KEY).keep(trained());
        unfinished.of(OTHER_JOB, KEY).keepCheckpoint(made(10));

        unfinished.erased(new TaskId("nobodys"));
        assertThat(left()).hasSize(4);
        unfinished.erased(TASK);
        assertThat(left()).containsExactly("job_2/" + KEY + ".checkpoint", "job_2/about");
        unfinished.end("job_1");
        unfinished.end("job_2");
        assertThat(left()).isEmpty();
    }

    @Test
    void whatDoesNotTellItsTasks_goesWithAnyErasure() throws IOException {
        unfinished.of(JOB, KEY).keep(trained());
        Files.delete(directory.resolve("job_1").resolve("about"));

        unfinished.erased(OTHER_TASK);

        assertThat(left()).isEmpty();
    }

    @Test
    void aStart_leavesWhatJobsGoOnWith() throws IOException {
        unfinished.endAllBut(Set.of());
        unfinished.of(JOB, KEY).keep(trained());
        unfinished.of(OTHER_JOB, KEY).keep(trained());

        unfinished.endAllBut(Set.of("job_2", "job_3"));

        assertThat(left()).containsExactly("job_2/" + KEY + ".trained", "job_2/about");
    }

    @Test
    void whatWouldBeTooMuch_isNotKept_andFailsNothing() throws IOException {
        UnfinishedTrainings.Training training = unfinished.of(JOB, KEY);
        training.keepCheckpoint(made(9_000));
        unfinished.of(OTHER_JOB, KEY).keepCheckpoint(made(2_000));
        training.keepCheckpoint(home.resolve("nothing"));

        assertThat(left()).containsExactly("job_1/" + KEY + ".checkpoint", "job_1/about", "job_2/about");
        assertThat(home.resolve("made")).doesNotExist();
        assertThat(training.outcome()).isEqualTo(Optional.empty());
    }

    /** What was asked for before may be told only afterwards that it is over. */
    @Test
    void afterAnErasure_orTheEndOfItsJob_aTrainingKeepsNothing() throws IOException {
        UnfinishedTrainings.Training erased = unfinished.of(JOB, KEY);
        UnfinishedTrainings.Training ended = unfinished.of(OTHER_JOB, KEY);
        unfinished.erased(TASK);
        unfinished.end(OTHER_JOB.id());

        erased.keepCheckpoint(made(10));
        erased.keep(trained());
        ended.keepCheckpoint(made(10));

        assertThat(left()).isEmpty();
        unfinished.of(JOB, KEY).keepCheckpoint(made(10));
        assertThat(left()).hasSize(2);
    }

    @Test
    void erasure_takesWhatDoesNotTellAllOfWhatItLearnt() throws IOException {
        for (String torn : List.of("", "ab", "ab\nothe")) {
            unfinished.of(OTHER_JOB, KEY).keepCheckpoint(made(10));
            Files.writeString(directory.resolve(OTHER_JOB.id()).resolve("about"), torn);

            unfinished.erased(TASK);

            assertThat(left()).as(torn).isEmpty();
        }
    }
}
