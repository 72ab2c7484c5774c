// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.learn.TrainingFollower;
import dev.perennial.onnx.ChildProcess;
import dev.perennial.refusal.Refusal;
import dev.perennial.train.Device;
import dev.perennial.train.TrainingWorker;
import dev.perennial.train.WorkFiles;
import dev.perennial.train.WorkOrder;
import dev.perennial.train.WorkOutcome;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Carries out one order in a process of its own, in a private directory that goes when this is closed. Confined to one
 * thread.
 */
final class TrainingProcess implements AutoCloseable {
    static final String PREFIX = "training-";

    private static final long POLL_MILLIS = 100;
    private static final int RETRY_AFTER_SECONDS = 10;
    private static final int FIRST_SIGNAL = 128;
    private static final int KILLED = FIRST_SIGNAL + 9;
    private static final int TERMINATED = FIRST_SIGNAL + 15;
    private static final Pattern STEP = Pattern.compile(TrainingWorker.STEP + " ([0-9]{1,9}) ([0-9.E-]{1,30})");

    private final WorkFiles files;
    private final Device device;
    private final Bounds bounds;

    /**
     * What a process may take before it is ended.
     *
     * @param heapBytes Java heap
     * @param memoryBytes all memory
     * @param longest time, beyond what it keeps to by itself
     */
    record Bounds(long heapBytes, long memoryBytes, Duration longest) {}

    private TrainingProcess(WorkFiles files, Device device, Bounds bounds) {
        this.files = files;
        this.device = device;
        this.bounds = bounds;
    }

    /** @param directory in which it gets one of its own */
    static TrainingProcess in(Path directory, Device device, Bounds bounds) throws IOException {
        return new TrainingProcess(new WorkFiles(ChildProcess.privateDirectory(directory, PREFIX)), device, bounds);
    }

    WorkFiles files() {
        return files;
    }

    /**
     * Starts the process and waits for its end.
     *
     * @throws Refusal.Invalid when the order cannot be carried out
     * @throws Refusal.Conflict when the process did not live to tell
     * @throws CancellationException when the follower wants no more
     */
    WorkOutcome run(WorkOrder order, TrainingFollower follower) throws IOException {
        files.ask(order);
        ProcessBuilder builder = child().builder().redirectError(Redirect.DISCARD);
        Process process = ChildProcess.start(builder);
        try {
            follow(process, order, follower);
            return outcome(process.waitFor());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Refusal.NotReady("The service is stopping.", RETRY_AFTER_SECONDS);
        } finally {
            ChildProcess.end(process);
        }
    }

    private ChildProcess child() {
        return new ChildProcess(
                TrainingWorker.class.getName(),
                files.directory(),
                List.of(device.name()),
                bounds.heapBytes() >> 20,
                true);
    }

    private void follow(Process process, WorkOrder order, TrainingFollower follower) throws InterruptedException {
        int steps = order.steps();
        long deadline = System.nanoTime() + bounds.longest().toNanos();
        BlockingQueue<Optional<String>> lines = lines(process);
        while (true) {
            Optional<String> line = lines.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
            if (!follower.goesOn()) {
                throw new CancellationException("the training was cancelled");
            }
            if (System.nanoTime() > deadline) {
                throw failed("took longer than " + bounds.longest().toSeconds() + " seconds");
            }
            if (ChildProcess.residentBytes(process) > bounds.memoryBytes()) {
                throw failed("took more than the " + (bounds.memoryBytes() >> 20)
                        + " MiB of memory that it may (perennial.adaptation.memory-bytes)");
            }
            if (line != null) {
                if (line.isEmpty()) {
                    return;
                }
                tell(line.get(), steps, follower);
            }
        }
    }

    private static void tell(String line, int steps, TrainingFollower follower) {
        Matcher step = STEP.matcher(line);
        if (step.matches()) {
            follower.stepped(Integer.parseInt(step.group(1)), steps, Double.parseDouble(step.group(2)));
        }
    }

    /** What it prints as it comes, then nothing. */
    private static BlockingQueue<Optional<String>> lines(Process process) {
        BlockingQueue<Optional<String>> lines = new LinkedBlockingQueue<>();
        Thread reading = new Thread(
                () -> {
                    try (BufferedReader reader = new BufferedReader(
                            new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII))) {
                        reader.lines().forEach(line -> lines.add(Optional.of(line)));
                    } catch (IOException | UncheckedIOException closed) {
                        // The same as its end.
                    } finally {
                        lines.add(Optional.empty());
                    }
                },
                "training-output");
        reading.setDaemon(true);
        reading.start();
        return lines;
    }

    private WorkOutcome outcome(int exit) throws IOException {
        switch (exit) {
            case 0 -> {}
            case TrainingWorker.OUT_OF_MEMORY ->
                throw failed("needed more memory than its heap of " + (bounds.heapBytes() >> 20) + " MB");
            case KILLED, TERMINATED ->
                throw failed("was ended from outside by signal " + (exit - FIRST_SIGNAL)
                        + ", as a system does that is short of memory");
            default -> throw failed("crashed with exit code " + exit);
        }
        WorkOutcome outcome = files.outcome().orElseThrow(() -> failed("ended without an outcome"));
        if (outcome instanceof WorkOutcome.Refused refused) {
            throw new Refusal.Invalid(refused.pointer(), refused.reason());
        }
        return outcome;
    }

    private static Refusal.Conflict failed(String what) {
        return new Refusal.Conflict("The training process " + what + ". Nothing was changed.");
    }

    @Override
    public void close() {
        child().delete();
    }
}
