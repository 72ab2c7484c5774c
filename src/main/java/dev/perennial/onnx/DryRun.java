// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import dev.perennial.refusal.Refusal;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Sends a {@link Canary} ahead in a child process with bounded heap, memory and time. */
final class DryRun {
    private static final long POLL_MILLIS = 50;
    private static final int RETRY_AFTER_SECONDS = 10;
    private static final long NATIVE_BYTES = 1500L << 20;

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
            Path directory =
                    ChildProcess.privateDirectory(Path.of(System.getProperty("java.io.tmpdir")), "perennial-dry-run");
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
                child(directory).delete();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("a dry run could not be started", e);
        }
    }

    private long memoryBytes(ModelFolder candidate) throws IOException {
        return NATIVE_BYTES + ((long) limits.heapMegabytes() << 20) + 3 * Files.size(candidate.model());
    }

    private void send(Path directory, long memoryBytes) throws IOException {
        ProcessBuilder builder = child(directory)
                .builder()
                .redirectInput(Redirect.from(new File("/dev/null")))
                .redirectOutput(Redirect.DISCARD)
                .redirectError(Redirect.DISCARD);
        Process canary = ChildProcess.start(builder);
        try {
            watch(canary, memoryBytes);
        } finally {
            ChildProcess.end(canary);
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
                if (ChildProcess.residentBytes(canary.pid()) > memoryBytes) {
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

    private ChildProcess child(Path directory) {
        return new ChildProcess(Canary.class.getName(), directory, List.of(), limits.heapMegabytes(), false);
    }

    private static Refusal.Invalid refused(String reason) {
        return new Refusal.Invalid("", reason);
    }
}
