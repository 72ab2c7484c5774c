// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perennial.encode.Encoder;
import dev.perennial.encode.EncoderPool;
import dev.perennial.encode.Encoders;
import dev.perennial.encode.FakeEncoder;
import dev.perennial.encode.FakeTableEncoder;
import dev.perennial.knowledge.LiveGraphs;
import dev.perennial.refusal.Refusal;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class MemberJobTest {
    private static final MemberSource SOURCE = new MemberSource.Archive("new", Path.of("/nowhere/new.zip"));

    private final EncoderPool pool = new EncoderPool(1, 1000);
    private final Encoders encoders = new Encoders(pool, List.of(new FakeEncoder("old")));
    private final Members members = new Members(encoders, new LiveGraphs());
    private final Shelf shelf = new Shelf();

    @AfterEach
    void close() {
        pool.close();
    }

    @Test
    void goodCandidate_servesAndItsArchiveIsDiscarded() {
        JobWork.Outcome outcome = work();

        assertThat(outcome.complete()).isTrue();
        assertThat(outcome.result()).contains("\"member\":\"new\"").contains("\"dimension\":64");
        assertThat(members.find("new")).hasValueSatisfying(member -> {
            assertThat(member.state()).isEqualTo(Members.State.READY);
            assertThat(member.latencySeconds()).isPresent();
        });
        assertThat(shelf.discarded).containsExactly(SOURCE);
    }

    @Test
    void refusedCandidate_isListedWithTheReasonAndItsArchiveIsDiscarded() {
        shelf.refusal = Optional.of(new Refusal.Invalid("/model", "The model gives numbers that are not finite."));

        assertThatThrownBy(this::work).isInstanceOf(Refusal.Invalid.class);
        job().giveUp(queued(), MemberJob.order(SOURCE).payload());

        assertThat(members.all()).extracting(Members.Member::id).containsExactly("old", "new");
        assertThat(members.find("new")).hasValueSatisfying(member -> {
            assertThat(member.state()).isEqualTo(Members.State.FAILED);
            assertThat(member.reason()).contains("The model gives numbers that are not finite.");
        });
        assertThat(shelf.discarded).containsExactly(SOURCE);
    }

    @Test
    void workBegunAgain_doesNotOpenASecondEncoder() {
        work();

        assertThat(work().complete()).isTrue();
        assertThat(shelf.opened).isEqualTo(1);
    }

    @Test
    void adoptionThatFailedHalfWay_isBegunAgainWithTheSameEncoder() {
        List<Encoder> adopted = new ArrayList<>();
        MemberJob job = new MemberJob(shelf, members, (encoder, admittance) -> {
            encoders.add(encoder);
            adopted.add(encoder);
            if (adopted.size() == 1) {
                throw new Refusal.Saturated("busy", 1);
            }
        });

        assertThatThrownBy(() -> work(job, new SilentProgress())).isInstanceOf(Refusal.Saturated.class);

        assertThat(work(job, new SilentProgress()).complete()).isTrue();
        assertThat(adopted).hasSize(2);
        assertThat(adopted.get(1)).isSameAs(adopted.get(0));
        assertThat(shelf.opened).isEqualTo(1);
    }

    @Test
    void encoderThatCannotReadWhatIsStored_isForgotten_soThatTheNextStartDoesNotFindIt() {
        MemberJob job = new MemberJob(shelf, members, (encoder, admittance) -> {
            throw new IllegalStateException("not a finite vector");
        });

        assertThatThrownBy(() -> work(job, new SilentProgress())).isInstanceOf(IllegalStateException.class);

        assertThat(shelf.withdrawn).containsExactly("new");
        assertThat(shelf.confirmed).isEmpty();
        assertThat(members.find("new").orElseThrow().state()).isEqualTo(Members.State.FAILED);
    }

    @Test
    void adoptionThatFindsTheServiceBusy_keepsTheArchiveForTheNextAttempt() {
        MemberJob job = new MemberJob(shelf, members, (encoder, admittance) -> {
            throw new Refusal.Saturated("busy", 1);
        });

        assertThatThrownBy(() -> work(job, new SilentProgress())).isInstanceOf(Refusal.Saturated.class);

        assertThat(shelf.confirmed).isEmpty();
        assertThat(shelf.discarded).isEmpty();
        job.giveUp(queued(), MemberJob.order(SOURCE).payload());
        assertThat(shelf.discarded).containsExactly(SOURCE);
    }

    @Test
    void candidate_isConfirmedWhenItHasReadEverything_andKeptUntilThen() {
        MemberJob job = new MemberJob(shelf, members, (encoder, admittance) -> {
            assertThat(shelf.confirmed).isEmpty();
            assertThat(shelf.discarded).isEmpty();
            encoders.add(encoder);
        });

        work(job, new SilentProgress());

        assertThat(shelf.confirmed).containsExactly("new");
        assertThat(shelf.discarded).containsExactly(SOURCE);
    }

    @Test
    void candidateOfAJobThatWasEnded_doesNotComeToServe_andIsForgotten() {
        MemberJob job = new MemberJob(shelf, members, (encoder, admittance) -> {
            admittance.goesOn();
            if (admittance.admits(Set.of(), task -> Optional.empty())) {
                encoders.add(encoder);
            }
        });
        AtomicInteger signs = new AtomicInteger();

        assertThatThrownBy(() -> work(job, new SilentProgress() {
                    @Override
                    public boolean mayGoOn() {
                        signs.incrementAndGet();
                        return true;
                    }

                    @Override
                    public boolean isEnded() {
                        return true;
                    }
                }))
                .isInstanceOf(JobProgress.JobStopped.class);
        assertThat(signs).hasValue(1);
        assertThat(encoders.find("new")).isEmpty();
        assertThat(members.find("new").orElseThrow().state()).isEqualTo(Members.State.LOADING);

        job.giveUp(queued(), MemberJob.order(SOURCE).payload());
        assertThat(shelf.withdrawn).containsExactly("new");
        assertThat(members.find("new").orElseThrow().state()).isEqualTo(Members.State.FAILED);
    }

    @Test
    void candidateThatServesWhenItsJobIsGivenUp_isConfirmed() {
        MemberJob job = job();
        encoders.add(new FakeEncoder("new"));

        job.giveUp(queued(), MemberJob.order(SOURCE).payload());

        assertThat(shelf.confirmed).containsExactly("new");
        assertThat(shelf.withdrawn).isEmpty();
        assertThat(shelf.discarded).containsExactly(SOURCE);
    }

    @Test
    void candidateThatServesThoughItsAdoptionFailed_isConfirmed() {
        MemberJob job = new MemberJob(shelf, members, (encoder, admittance) -> {
            encoders.add(encoder);
            throw new IllegalStateException("one task cannot be learnt");
        });

        assertThatThrownBy(() -> work(job, new SilentProgress())).isInstanceOf(IllegalStateException.class);

        assertThat(shelf.confirmed).containsExactly("new");
        assertThat(shelf.withdrawn).isEmpty();
    }

    @Test
    void checkThatTheEndOfTheProcessCutsOff_keepsTheArchive() {
        shelf.refusal = Optional.of(new Refusal.Invalid("", "The file cannot be read."));

        assertThatThrownBy(() -> work(job(), new SilentProgress() {
                    @Override
                    public boolean mayGoOn() {
                        throw new JobStopped();
                    }
                }))
                .isInstanceOf(JobProgress.JobStopped.class);

        assertThat(shelf.discarded).isEmpty();
    }

    @Test
    void claim_isGrantedOnceUntilTheMemberFailed() {
        assertThat(members.claim(new MemberSource.Folder("old", Path.of("old"))))
                .isFalse();
        assertThat(members.claim(SOURCE)).isTrue();
        assertThat(members.claim(SOURCE)).isFalse();
        members.failed("new", "reason");
        assertThat(members.claim(SOURCE)).isTrue();
    }

    @Test
    void abandonedCandidate_isForgotten() {
        members.loading(SOURCE);

        job().abandon(queued(), MemberJob.order(SOURCE).payload());

        assertThat(members.find("new")).isEmpty();
        assertThat(shelf.discarded).containsExactly(SOURCE);
    }

    @Test
    void tableOfATeacher_servesUnderItsName_andNamesItsTeacher() {
        MemberSource wish = new MemberSource.Teacher("static-old", "old");

        JobWork.Outcome outcome = job().work(queued(wish), MemberJob.order(wish).payload(), new SilentProgress());

        assertThat(outcome.complete()).isTrue();
        assertThat(shelf.confirmed).containsExactly("static-old");
        assertThat(members.find("static-old").orElseThrow().teacher()).contains("old");
        assertThat(members.find("old").orElseThrow().teacher()).isEmpty();
        assertThat(members.all()).extracting(Members.Member::id).containsExactly("static-old", "old");
    }

    @Test
    void distillationThatIsCancelled_leavesNothing() {
        MemberSource wish = new MemberSource.Teacher("static-old", "old");
        members.loading(wish);

        JobWork.Outcome outcome = job().work(queued(wish), MemberJob.order(wish).payload(), new SilentProgress() {
            @Override
            public boolean mayGoOn() {
                return false;
            }
        });

        assertThat(outcome.complete()).isFalse();
        assertThat(shelf.confirmed).isEmpty();
        assertThat(members.find("static-old")).isEmpty();
    }

    @Test
    void distillationWithoutItsTeacher_failsAndSaysSo() {
        MemberSource wish = new MemberSource.Teacher("static-gone", "gone");

        assertThatThrownBy(() -> job().work(queued(wish), MemberJob.order(wish).payload(), new SilentProgress()))
                .isInstanceOf(Refusal.Conflict.class)
                .hasMessageContaining("gone");
        assertThat(members.find("static-gone").orElseThrow().state()).isEqualTo(Members.State.FAILED);
    }

    @Test
    void removal_forgetsTheFilesFirst_soThatTheNextStartGoesOn() {
        List<String> dismissed = new ArrayList<>();
        MemberRemovalJob removal = new MemberRemovalJob(shelf, members, (id, goesOn) -> {
            assertThat(shelf.removed).containsExactly(id);
            dismissed.add(id);
        });

        JobWork.Outcome outcome =
                removal.work(queued(new MemberSource.Teacher("static-old", "old")), new byte[0], new SilentProgress());

        assertThat(outcome.result()).contains("\"removed\":\"static-old\"");
        assertThat(dismissed).containsExactly("static-old");
    }

    @Test
    void removalOfAMemberThatCouldNotServe_takesItOffTheList() {
        members.failed("static-old", "The static table is damaged.");
        MemberRemovalJob removal = new MemberRemovalJob(shelf, members, (id, goesOn) -> {});

        removal.work(queued(new MemberSource.Teacher("static-old", "old")), new byte[0], new SilentProgress());

        assertThat(members.find("static-old")).isEmpty();
    }

    @Test
    void candidateThatTheMachineHasNoRoomFor_canBeTakenUpAgain() {
        MemberJob job = new MemberJob(shelf, members, (encoder, admittance) -> {
            throw new OutOfMemoryError("in a test");
        });

        assertThatThrownBy(() -> work(job, new SilentProgress())).isInstanceOf(OutOfMemoryError.class);

        assertThat(members.find("new").orElseThrow().state()).isEqualTo(Members.State.FAILED);
        assertThat(members.claim(SOURCE)).isTrue();
        assertThat(shelf.withdrawn).containsExactly("new");
    }

    @Test
    void adoptionThatFindsTheServiceBusy_keepsWhatWasMade_untilItIsGivenUp() {
        MemberJob job = new MemberJob(shelf, members, (encoder, admittance) -> {
            throw new Refusal.StoreUnavailable("The disk is full.", 1);
        });

        assertThatThrownBy(() -> work(job, new SilentProgress())).isInstanceOf(Refusal.StoreUnavailable.class);
        assertThat(shelf.withdrawn).isEmpty();

        job.giveUp(queued(), MemberJob.order(SOURCE).payload());
        assertThat(shelf.withdrawn).containsExactly("new");
    }

    @Test
    void tableOnTheWay_isKnownAsThatOfItsTeacher_untilItFails() {
        MemberSource wish = new MemberSource.Teacher("static-old", "old");
        assertThat(members.tableOf("old")).isEmpty();

        members.claim(wish);
        assertThat(members.tableOf("old").orElseThrow().id()).isEqualTo("static-old");
        assertThat(members.tableOf("static-old")).isEmpty();

        members.failed("static-old", "reason");
        assertThat(members.tableOf("old")).isEmpty();
        assertThat(members.find("static-old").orElseThrow().teacher()).contains("old");
    }

    private MemberJob job() {
        return new MemberJob(shelf, members, (encoder, admittance) -> encoders.add(encoder));
    }

    private JobWork.Outcome work() {
        return work(job(), new SilentProgress());
    }

    private static JobWork.Outcome work(MemberJob job, JobProgress progress) {
        return job.work(queued(), MemberJob.order(SOURCE).payload(), progress);
    }

    private static Job queued() {
        return queued(SOURCE);
    }

    private static Job queued(MemberSource source) {
        return new Job(
                "job_1",
                MemberJob.KIND,
                source.id(),
                Job.Status.RUNNING,
                new Job.Progress(0, 2, "steps", ""),
                Instant.EPOCH,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    private static final class Shelf implements MemberRegistry {
        private final List<MemberSource> discarded = new ArrayList<>();
        private Optional<Refusal> refusal = Optional.empty();
        private final List<String> confirmed = new ArrayList<>();
        private final List<String> withdrawn = new ArrayList<>();
        private final List<String> removed = new ArrayList<>();
        private int opened;

        @Override
        public MemberSource folder(String id, String folder) {
            return new MemberSource.Folder(id, Path.of(folder));
        }

        @Override
        public MemberSource stage(String id, InputStream zip) {
            return SOURCE;
        }

        @Override
        public void discard(MemberSource source) {
            discarded.add(source);
        }

        @Override
        public Encoder register(MemberSource source) {
            refusal.ifPresent(reason -> {
                throw reason;
            });
            return open(source.id());
        }

        @Override
        public Optional<Encoder> distil(String id, Encoder teacher, JobProgress progress) {
            progress.report(1, 3, "the teacher reads");
            return progress.mayGoOn()
                    ? Optional.of(FakeTableEncoder.of(id, teacher.info().id()))
                    : Optional.empty();
        }

        @Override
        public boolean isDistilled(String id) {
            return id.startsWith("static-");
        }

        @Override
        public void remove(String id) {
            removed.add(id);
        }

        @Override
        public void confirm(String id) {
            confirmed.add(id);
        }

        @Override
        public void withdraw(String id) {
            withdrawn.add(id);
        }

        @Override
        public List<String> registered() {
            return List.of();
        }

        @Override
        public Encoder open(String id) {
            opened++;
            return new FakeEncoder(id);
        }
    }
}
