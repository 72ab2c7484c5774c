// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import ai.djl.util.Utils;
import dev.perennial.refusal.Refusal;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Scanner;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Sends a {@link Canary} ahead in a child process with bounded heap, memory and time, and an empty working directory.
 *
 * <p>The class path goes through the environment: ONNX Runtime ends a process whose command line is some kilobytes
 * long.
 */
final class DryRun {
    private static final long PAGE_BYTES = 4096;
    private static final long POLL_MILLIS = 50;
    private static final int RETRY_AFTER_SECONDS = 10;
    private static final long NATIVE_BYTES = 1500L << 20;
    private static final List<String> KEPT_ENVIRONMENT = List.of("HOME", "PATH", "LANG", "LD_LIBRARY_PATH");

    private final CheckLimits limits;

    DryRun(CheckLimits limits) {
        this.limits = limits;
    }

    /**
     * The candidate with what was found out about it.
     *
     * @throws Refusal.Invalid with the reason why it may not serve
     * @throws Refusal.NotReady when the thread is interrupted, which says nothing about the candidate
     */
    ModelFolder check(ModelFolder candidate) {
        try {
            Path directory = Files.createTempDirectory("perennial-dry-run");
            try {
                CanaryFiles files = new CanaryFiles(directory);
                files.ask(candidate);
                send(directory, memoryBytes(candidate));
                CanaryFiles.Verdict verdict =
                        files.verdict().orElseThrow(() -> refused("The dry run ended without a verdict."));
                verdict.refusal().ifPresent(refused -> {
                    throw new Refusal.Invalid(refused.pointer(), refused.reason());
                });
                return candidate.weighing(verdict.precision(), verdict.parameters());
            } finally {
                delete(directory);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("a dry run could not be started", e);
        }
    }

    private long memoryBytes(ModelFolder candidate) throws IOException {
        return NATIVE_BYTES + ((long) limits.heapMegabytes() << 20) + 3 * Files.size(candidate.model());
    }

    private void send(Path directory, long memoryBytes) throws IOException {
        Path temporary = Files.createDirectory(directory.resolve("tmp"));
        Path working = Files.createDirectory(directory.resolve("empty"));
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx" + limits.heapMegabytes() + "m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:-UsePerfData",
                        "-XX:-CreateCoredumpOnCrash",
                        "-XX:ErrorFile=" + temporary.resolve("crash.log"),
                        "-Djava.io.tmpdir=" + temporary,
                        Canary.class.getName(),
                        directory.toString())
                .directory(working.toFile())
                .redirectOutput(Redirect.DISCARD)
                .redirectError(Redirect.DISCARD);
        builder.redirectInput(Redirect.from(new File("/dev/null")));
        Map<String, String> environment = builder.environment();
        environment.keySet().retainAll(KEPT_ENVIRONMENT);
        environment.put("DJL_CACHE_DIR", Utils.getCacheDir().toString());
        environment.put("CLASSPATH", CanaryClassPath.value());
        Process canary = builder.start();
        try {
            watch(canary, memoryBytes);
        } finally {
            canary.destroyForcibly();
        }
    }

    private void watch(Process canary, long memoryBytes) {
        long deadline = System.nanoTime() + limits.timeout().toNanos();
        try {
            while (!canary.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
                if (System.nanoTime() > deadline) {
                    throw refused(
                            "The dry run took longer than " + limits.timeout().toSeconds() + " seconds.");
                }
                if (residentBytes(canary) > memoryBytes) {
                    throw refused("The dry run took more than " + (memoryBytes >> 20) + " MB of memory.");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Refusal.NotReady("The service is stopping.", RETRY_AFTER_SECONDS);
        }
        if (canary.exitValue() != 0) {
            throw refused("The dry run crashed with exit code " + canary.exitValue() + ".");
        }
    }

    private static long residentBytes(Process process) {
        try {
            Scanner pages = new Scanner(Files.readString(Path.of("/proc/" + process.pid() + "/statm")));
            pages.nextLong();
            return pages.nextLong() * PAGE_BYTES;
        } catch (IOException | RuntimeException notLinuxOrGone) {
            return 0;
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    private static Refusal.Invalid refused(String reason) {
        return new Refusal.Invalid("", reason);
    }
}
