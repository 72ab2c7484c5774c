// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import static java.nio.file.attribute.PosixFilePermission.OWNER_EXECUTE;
import static java.nio.file.attribute.PosixFilePermission.OWNER_READ;
import static java.nio.file.attribute.PosixFilePermission.OWNER_WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perennial.encode.Encoder;
import dev.perennial.encode.EncoderInfo;
import dev.perennial.encode.EncoderPool;
import dev.perennial.encode.Encoders;
import dev.perennial.encode.Passage;
import dev.perennial.encode.TableEncoder;
import dev.perennial.knowledge.LiveGraphs;
import dev.perennial.onnx.CheckLimits;
import dev.perennial.onnx.MemberChecks;
import dev.perennial.onnx.OnnxRuntime;
import dev.perennial.onnx.OnnxSettings;
import dev.perennial.onnx.TinyModel;
import dev.perennial.refresh.JobProgress;
import dev.perennial.refresh.KeptFiles;
import dev.perennial.refresh.MemberSource;
import dev.perennial.refresh.Members;
import dev.perennial.refresh.SilentProgress;
import dev.perennial.refusal.Refusal;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Registered encoders on disk: copied whole, found again, and refused when they are no longer what was registered. */
final class RegisteredMembersIT {
    private static final OnnxRuntime RUNTIME = OnnxRuntime.start(OnnxSettings.defaults());

    @TempDir
    private static Path imports;

    @TempDir
    private Path home;

    private RegisteredMembers registry;

    @BeforeAll
    static void writeModel() throws IOException {
        TinyModel.folder(imports.resolve("tiny"), TinyModel.model().toByteArray(), TinyModel.tokenizer());
    }

    @BeforeEach
    void open() {
        registry = registry();
    }

    @Test
    void registered_isACopyThatALaterStartFinds() throws IOException {
        String digest;
        try (Encoder encoder = registry.register(registry.folder("mine", "tiny"))) {
            digest = encoder.info().digest();
            assertThat(registry().registered()).isEmpty();
            registry.confirm("mine");
            assertThat(encoder.encode(List.of(Passage.of("a text")))).hasSize(1);
        }

        assertThat(registry().registered()).containsExactly("mine");
        try (Encoder again = registry().open("mine");
                Encoder twice = registry.register(new MemberSource.Folder("mine", Path.of("gone")))) {
            assertThat(again.info().digest()).isEqualTo(digest);
            assertThat(twice.info().digest()).isEqualTo(digest);
        }
        assertThat(files(home.resolve("members"))).containsExactly("mine");
    }

    @Test
    void whatACrashLeftBehind_isSwept() throws IOException {
        keep("mine");
        registry.register(registry.folder("pending", "tiny")).close();
        Files.writeString(
                Files.createDirectory(home.resolve("members/.fresh-1")).resolve("model.onnx"), "half");

        registry.sweep();

        assertThat(files(home.resolve("members"))).containsExactly("mine");
    }

    @Test
    void changedFiles_doNotServe_andTheOthersDo() throws IOException {
        keep("changed");
        keep("whole");
        Path model = home.resolve("members/changed/model.onnx");
        byte[] bytes = Files.readAllBytes(model);
        bytes[bytes.length / 2] ^= 1;
        Files.write(model, bytes);

        try (EncoderPool pool = new EncoderPool(1, 1000)) {
            Encoders encoders = new Encoders(pool, List.of());
            Members members = new Members(encoders, new LiveGraphs());
            RegisteredMembers.openAll(registry(), encoders, members);

            assertThat(members.find("whole").orElseThrow().state()).isEqualTo(Members.State.READY);
            assertThat(members.find("changed").orElseThrow().state()).isEqualTo(Members.State.FAILED);
            assertThat(members.find("changed").orElseThrow().reason().orElseThrow())
                    .contains("SHA-256");
            encoders.ready().forEach(Encoder::close);
        }
    }

    @Test
    void memberThatCannotServe_isReplacedUnderItsId() throws IOException {
        keep("mine");
        Files.writeString(home.resolve("members/mine/model.onnx"), "damaged");
        assertThatThrownBy(() -> registry.open("mine")).isInstanceOf(Refusal.Invalid.class);

        keep("mine");

        registry().open("mine").close();
        assertThat(files(home.resolve("members"))).containsExactly("mine");
    }

    @ParameterizedTest
    @ValueSource(strings = {"..", "../x", "/etc", "tiny/../..", ".", "", "missing", "tiny/model.onnx", "a\u0000"})
    void foldersElsewhere_areRefused(String folder) {
        assertThatThrownBy(() -> registry.folder("mine", folder)).isInstanceOf(Refusal.Invalid.class);
    }

    @Test
    void linksThatLeadAway_areRefused() throws IOException {
        Path outside = Files.createDirectory(home.resolve("outside"));
        Files.deleteIfExists(imports.resolve("link"));
        Files.createSymbolicLink(imports.resolve("link"), outside);

        assertThatThrownBy(() -> registry.folder("mine", "link")).isInstanceOf(Refusal.Invalid.class);
    }

    @Test
    void archives_areBoundedAndDiscarded() throws IOException {
        assertThatThrownBy(() -> registry.stage("mine", new ByteArrayInputStream(new byte[2_000_000])))
                .isInstanceOf(Refusal.TooLarge.class);

        MemberSource source = registry.stage("mine", new ByteArrayInputStream(new byte[] {1, 2, 3}));
        assertThatThrownBy(() -> registry.register(source)).isInstanceOf(Refusal.Invalid.class);
        registry.discard(source);

        assertThat(files(home.resolve("members/.staged"))).isEmpty();
        assertThat(files(home.resolve("members"))).containsExactly(".staged");
    }

    @Test
    void distilledTable_isFoundByALaterStart_untilItIsRemoved() throws IOException {
        List<Long> reported = new ArrayList<>();
        JobProgress progress = new SilentProgress() {
            @Override
            public void report(long done, long total, String message) {
                reported.add(done);
                assertThat(done).isLessThan(total);
                assertThat(total).isEqualTo(100);
            }
        };
        try (Encoder teacher = registry.register(registry.folder("mine", "tiny"))) {
            TableEncoder table = (TableEncoder)
                    registry.distil("static-mine", teacher, progress).orElseThrow();
            assertThat(table.teacher()).isEqualTo("mine");
            assertThat(table.info().reading()).isEqualTo(EncoderInfo.Reading.STATIC);
            assertThat(reported).hasSizeGreaterThan(10).isSorted();
            assertThat(registry.registered()).isEmpty();
            registry.confirm("static-mine");

            assertThat(registry().registered()).containsExactly("static-mine");
            assertThat(registry().isDistilled("static-mine")).isTrue();
            try (Encoder again = registry().open("static-mine")) {
                Passage text = Passage.of("how do i open my new card");
                assertThat(again.info()).isEqualTo(table.info());
                assertThat(again.encode(List.of(text)).get(0).vector())
                        .isEqualTo(table.encode(List.of(text)).get(0).vector());
            }
            Path home = this.home.resolve("members/static-mine");
            assertThat(Files.getPosixFilePermissions(home)).containsOnly(OWNER_READ, OWNER_WRITE, OWNER_EXECUTE);
        }

        registry().remove("static-mine");
        registry().remove("static-mine");

        assertThat(registry().registered()).isEmpty();
        assertThat(registry().isDistilled("static-mine")).isFalse();
    }

    @Test
    void distillationThatIsCancelled_leavesNoFile() throws IOException {
        try (Encoder teacher = registry.register(registry.folder("mine", "tiny"))) {
            registry.confirm("mine");
            JobProgress cancelled = new SilentProgress() {
                @Override
                public boolean mayGoOn() {
                    return false;
                }
            };

            assertThat(registry.distil("static-mine", teacher, cancelled)).isEmpty();
        }
        assertThat(files(home.resolve("members"))).containsExactly("mine");
    }

    @Test
    void damagedTable_doesNotServe() throws IOException {
        try (Encoder teacher = registry.register(registry.folder("mine", "tiny"))) {
            registry.distil("static-mine", teacher, new SilentProgress())
                    .orElseThrow()
                    .close();
        }
        registry.confirm("static-mine");
        Path table = home.resolve("members/static-mine/static.table");
        byte[] bytes = Files.readAllBytes(table);
        bytes[5] ^= 1;
        Files.write(table, bytes);

        assertThatThrownBy(() -> registry().open("static-mine"))
                .isInstanceOf(Refusal.Invalid.class)
                .hasMessageContaining("SHA-256");
    }

    @Test
    void damagedTable_isDistilledAgain_underItsId() throws IOException {
        try (Encoder teacher = registry.register(registry.folder("mine", "tiny"))) {
            registry.distil("static-mine", teacher, new SilentProgress())
                    .orElseThrow()
                    .close();
            registry.confirm("static-mine");
            Files.writeString(home.resolve("members/static-mine/static.table"), "damaged");

            registry.distil("static-mine", teacher, new SilentProgress())
                    .orElseThrow()
                    .close();
            registry.confirm("static-mine");
        }

        registry().open("static-mine").close();
    }

    @Test
    void spoiltManifest_keepsOnlyItsOwnMemberFromServing() throws IOException {
        try (Encoder teacher = registry.register(registry.folder("mine", "tiny"))) {
            registry.distil("static-mine", teacher, new SilentProgress())
                    .orElseThrow()
                    .close();
        }
        registry.confirm("static-mine");
        Path manifest = home.resolve("members/static-mine/table.properties");
        Files.writeString(manifest, Files.readString(manifest).replaceAll("dimension=[0-9]+", "dimension=0"));

        assertThatThrownBy(() -> registry().open("static-mine")).isInstanceOf(Refusal.Invalid.class);
    }

    @Test
    void tableThatCouldNotBeTakenUpYet_isNotDistilledAgain() throws IOException {
        AtomicInteger reports = new AtomicInteger();
        SilentProgress counting = new SilentProgress() {
            @Override
            public void report(long done, long total, String message) {
                reports.incrementAndGet();
            }
        };
        try (Encoder teacher = registry.register(registry.folder("mine", "tiny"))) {
            registry.distil("static-mine", teacher, counting).orElseThrow().close();
            int once = reports.get();

            registry.distil("static-mine", teacher, counting).orElseThrow().close();
            assertThat(reports).hasValue(once);

            registry.withdraw("static-mine");
            registry.distil("static-mine", teacher, counting).orElseThrow().close();
            assertThat(reports.get()).isGreaterThan(once);
        }
    }

    @Test
    void distillations_followOneAnother() throws Exception {
        AtomicInteger reading = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch waiting = new CountDownLatch(1);
        ExecutorService two = Executors.newFixedThreadPool(2);
        try (Encoder teacher = registry.register(registry.folder("mine", "tiny"))) {
            Future<?> first = two.submit(() -> {
                registry.distil("static-a", teacher, new SilentProgress() {
                    @Override
                    public void report(long done, long total, String message) {
                        begun.countDown();
                        if (done == 0) {
                            await(waiting);
                        }
                    }
                });
                reading.set(1);
            });
            await(begun);
            Future<?> second = two.submit(() -> registry.distil("static-b", teacher, new SilentProgress() {
                @Override
                public void report(long done, long total, String message) {
                    waiting.countDown();
                    if (done > 0) {
                        most.accumulateAndGet(1 - reading.get(), Math::max);
                    }
                }
            }));
            first.get();
            second.get();
        } finally {
            two.shutdownNow();
        }

        assertThat(most).hasValue(0);
        assertThat(files(home.resolve("members")))
                .containsExactly(".pending-mine", ".pending-static-a", ".pending-static-b");
    }

    @Test
    void distillationThatWaits_canBeCancelled() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        ExecutorService one = Executors.newSingleThreadExecutor();
        try (Encoder teacher = registry.register(registry.folder("mine", "tiny"))) {
            Future<?> first = one.submit(() -> registry.distil("static-a", teacher, new SilentProgress() {
                @Override
                public boolean mayGoOn() {
                    begun.countDown();
                    await(over);
                    return false;
                }
            }));
            await(begun);

            assertThat(registry.distil("static-b", teacher, new SilentProgress() {
                        @Override
                        public boolean mayGoOn() {
                            return false;
                        }
                    }))
                    .isEmpty();
            assertThat(files(home.resolve("members"))).hasSize(2);
            over.countDown();
            first.get();
        } finally {
            over.countDown();
            one.shutdownNow();
        }
    }

    @Test
    void distillationThatIsCancelledWhileItSolves_leavesNoFile() throws IOException {
        AtomicInteger asked = new AtomicInteger(-1);
        SilentProgress cancelled = new SilentProgress() {
            @Override
            public void report(long done, long total, String message) {
                if (message.equals("solving")) {
                    asked.set(0);
                }
            }

            @Override
            public boolean mayGoOn() {
                return asked.get() < 0 || asked.getAndIncrement() == 0;
            }
        };
        try (Encoder teacher = registry.register(registry.folder("mine", "tiny"))) {
            registry.confirm("mine");

            assertThat(registry.distil("static-mine", teacher, cancelled)).isEmpty();
        }
        assertThat(files(home.resolve("members"))).containsExactly("mine");
    }

    @Test
    void distillation_takesItsRoomOnTheDiskBeforeItReads() throws IOException {
        List<Long> sizes = new ArrayList<>();
        SilentProgress looking = new SilentProgress() {
            @Override
            public void report(long done, long total, String message) {
                sizes.add(tableBytes());
            }
        };
        try (Encoder teacher = registry.register(registry.folder("mine", "tiny"));
                Encoder table = registry.distil("static-mine", teacher, looking).orElseThrow()) {
            assertThat(sizes).isNotEmpty().containsOnly(table.info().bytes());
        }
    }

    /** Of a table that is being made; 0 when there is none yet. */
    private long tableBytes() {
        try (Stream<Path> files = Files.walk(home.resolve("members"))) {
            return files.filter(file -> file.endsWith("static.table"))
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(1, TimeUnit.MINUTES)).isTrue();
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    private void keep(String id) {
        registry.register(registry.folder(id, "tiny")).close();
        registry.confirm(id);
    }

    private RegisteredMembers registry() {
        RegisteredMembers.Places places =
                new RegisteredMembers.Places(home.resolve("members"), KeptFiles.NONE, Optional.of(imports), 1_000_000);
        return new RegisteredMembers(places, new MemberChecks(CheckLimits.defaults()), RUNTIME);
    }

    /** But the journal of trials, which has a test of its own. */
    private static List<String> files(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> !name.equals(".trying"))
                    .sorted()
                    .toList();
        }
    }
}
