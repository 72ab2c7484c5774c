// SPDX-License-Identifier: Apache-2.0
package dev.perennial.journey;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.perennial.journey.Operations.Operation;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every operation of the packaged service while its disk is full, and when the kernel has made it read-only. */
final class DiskFaultsIT {
    private static final Map<String, String> SETTINGS = Map.of("perennial.members.bundled", Operations.ENCODER);
    private static final int MEGABYTES = 40;

    @TempDir
    private Path home;

    @Test
    void fullDisk_leavesAnswers_refusesChanges_andIsSurvived() throws Exception {
        Path data = Files.createDirectory(home.resolve("data"));
        run(
                "skipped: mounting a tmpfs needs root on Linux",
                "mount",
                "-t",
                "tmpfs",
                "-o",
                "size=" + MEGABYTES + "m",
                "tmpfs",
                data.toString());
        try (ServiceProcess service = ServiceProcess.ready(home, data, SETTINGS)) {
            ServiceClient client = service.client();
            Operations operations = Operations.prepare(client);
            Path filler = data.resolve("filler");
            fill(filler);
            int taught = teachUntilRefused(client);
            fill(filler);
            operations.assertServesThrough(client, operations.answering(client));
            assertThat(detail(operations, client)).contains("full");
            Files.delete(filler);
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> operations.one(Operation.TEACH, client).status() == 200);
            assertThat(client.get(Operations.TASK).body().path("examples_total").asInt())
                    .as("what was acknowledged, and nothing besides")
                    .isEqualTo(Operations.EXAMPLES + taught + 1);
            operations.assertAllDone(client);
            service.kill();
        } finally {
            // The kernel may hold it for a moment after the process is gone.
            status("umount", "--lazy", data.toString());
        }
    }

    /** The log of the database may have some room left in which a change fits; then it was made. */
    private static int teachUntilRefused(ServiceClient client) throws Exception {
        for (int taught = 0; taught < 2_000; taught++) {
            String body =
                    "{\"examples\": [{\"text\": \"fill the jar %d\", \"label\": \"cleaning\"}]}".formatted(taught);
            ServiceClient.Reply reply = client.post(Operations.TASK + "/examples", body);
            if (reply.status() != 200) {
                assertThat(reply.status()).as("%s", reply.body()).isEqualTo(503);
                return taught;
            }
        }
        throw new AssertionError("the disk never was full");
    }

    /** As a file system does that has found an error. */
    @Test
    void diskThatHasBecomeReadOnly_leavesAnswers_refusesChanges_andTheNextStartHasAll() throws Exception {
        Path data = Files.createDirectory(home.resolve("data"));
        Path image = home.resolve("image");
        String wish = "skipped: an ext4 file system in a file needs root on Linux, a loop device and mkfs.ext4";
        run(wish, "truncate", "-s", MEGABYTES + "M", image.toString());
        run(wish, "mkfs.ext4", "-q", "-F", image.toString());
        run(wish, "mount", "-o", "loop,errors=remount-ro", image.toString(), data.toString());
        try {
            Operations operations;
            try (ServiceProcess service = ServiceProcess.ready(home, data, SETTINGS)) {
                ServiceClient client = service.client();
                operations = Operations.prepare(client);
                String answering = operations.answering(client);
                damage(data);
                operations.assertServesThrough(client, answering);
                assertThat(detail(operations, client)).contains("disk of the data directory");
                service.kill();
            }
            try (ServiceProcess refused = ServiceProcess.start(home, data, SETTINGS)) {
                assertThat(refused.exitStatus()).isNotZero();
                assertThat(refused.log()).contains("Cannot start");
            }
            status("umount", data.toString());
            status("fsck.ext4", "-y", image.toString());
            run(wish, "mount", "-o", "loop", image.toString(), data.toString());
            try (ServiceProcess service = ServiceProcess.ready(home, data, SETTINGS)) {
                assertThat(service.client()
                                .get(Operations.TASK)
                                .body()
                                .path("examples_total")
                                .asInt())
                        .isEqualTo(Operations.EXAMPLES);
                operations.assertAllDone(service.client());
                service.kill();
            }
        } finally {
            // The kernel may hold it for a moment after the process is gone.
            status("umount", "--lazy", data.toString());
        }
    }

    private static void damage(Path mounted) throws Exception {
        String device = Files.readAllLines(Path.of("/proc/mounts"), UTF_8).stream()
                .map(line -> line.split(" "))
                .filter(mount -> mount[1].equals(mounted.toString()))
                .map(mount -> mount[0])
                .findFirst()
                .orElseThrow();
        Path trigger = Path.of("/sys/fs/ext4", Path.of(device).getFileName().toString(), "trigger_fs_error");
        assumeTrue(Files.isWritable(trigger), "skipped: the kernel lets nobody damage an ext4 file system");
        Files.writeString(trigger, "a fault of a test");
        assertThat(status("touch", mounted.resolve("written").toString())).isNotZero();
    }

    private static String detail(Operations operations, ServiceClient client) throws Exception {
        return operations.one(Operation.TEACH, client).body().path("detail").asText();
    }

    private static void fill(Path file) throws IOException {
        byte[] block = new byte[4096];
        try (OutputStream out = Files.newOutputStream(
                file, java.nio.file.StandardOpenOption.CREATE, java.nio.file.StandardOpenOption.APPEND)) {
            while (true) {
                out.write(block);
            }
        } catch (IOException full) {
            assertThat(Files.size(file)).isNotNegative();
        }
    }

    private static void run(String wish, String... command) throws InterruptedException {
        assumeTrue(status(command) == 0, wish);
    }

    private static int status(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(List.of(command))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException missing) {
            return -1;
        }
    }
}
