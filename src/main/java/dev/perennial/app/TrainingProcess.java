// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

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
final class TrainingProcess implements TrainingRun {
    static final String PREFIX = "training-";

    private static final long POLL_MILLIS = 100;
    private static final int RETRY_AFTER_SECONDS = 10;
    private static final int FIRST_SIGNAL = 128;
    private static final int KILLED = FIRST_SIGNAL + 9;
    private static final int TERMINATED = FIRST_SIGNAL + 15;
    private static final Pattern STEP = Pattern.compile(TrainingWorker.STEP + " ([0-9]{1,9}) ([0-9.E-]{1,30})");
    private static final Pattern BEFORE = Pattern.compile(TrainingWorker.BEFORE + " ([0-9.E-]{1,30})");
    private static final Pattern RESUMED = Pattern.compile(TrainingWorker.RESUMED + " ([0-9]{1,9}) ([0-9]{1,9})");
    /** A service that stops has 20 seconds for all its jobs. */
    private static final Duration LAST_CHECKPOINT = Duration.ofSeconds(5);

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

    @Override
    public WorkFiles files() {
        return files;
    }

    /**
     * Starts the process and waits for its end.
     *
     * @throws Refusal.Conflict when the process did not live to tell
     * @throws CancellationException when the listener wants no more
     */
    @Override
    public WorkOutcome run(WorkOrder order, Listener listener) throws IOException {
        files.ask(order);
        ProcessBuilder builder = child().builder().redirectError(Redirect.DISCARD);
        Process process = ChildProcess.start(builder);
        BlockingQueue<Optional<String>> lines = lines(process);
        try {
            try {
                follow(process, lines, new Told(order.steps(), listener));
            } catch (CancellationException | Refusal end) {
                throw end;
            } catch (RuntimeException stops) {
                keepAtOnce(process, lines, listener);
                throw stops;
            }
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

    /** Has a process that will be ended write down where it is, if it does so soon. */
    private static void keepAtOnce(Process process, BlockingQueue<Optional<String>> lines, Listener listener)
            throws InterruptedException {
        try {
            process.getOutputStream().write('\n');
            process.getOutputStream().flush();
        } catch (IOException ended) {
            return;
        }
        lines.removeIf(
                line -> line.filter(told -> !told.equals(TrainingWorker.KEPT)).isPresent());
        long deadline = System.nanoTime() + LAST_CHECKPOINT.toNanos();
        while (deadline - System.nanoTime() > 0) {
            Optional<String> line = lines.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
            if (line == null) {
                continue;
            }
            if (line.isEmpty()) {
                return;
            }
            if (line.get().equals(TrainingWorker.KEPT)) {
                listener.kept();
                return;
            }
        }
    }

    private void follow(Process process, BlockingQueue<Optional<String>> lines, Told told) throws InterruptedException {
        long deadline = System.nanoTime() + bounds.longest().toNanos();
        while (true) {
            Optional<String> line = lines.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
            if (!told.listener.goesOn()) {
                throw new CancellationException("the training was cancelled");
            }
            if (System.nanoTime() > deadline) {
                throw failed("took longer than " + bounds.longest().toSeconds() + " seconds");
            }
            if (ChildProcess.residentBytes(process.pid()) > bounds.memoryBytes()) {
                throw failed("took more than the " + (bounds.memoryBytes() >> 20)
                        + " MiB of memory that it may (perennial.adaptation.memory-bytes)");
            }
            if (line != null) {
                if (line.isEmpty()) {
                    return;
                }
                told.tell(line.get());
            }
        }
    }

    /** What a process has told so far. */
    private static final class Told {
        private final Listener listener;
        private int steps;

        private Told(int steps, Listener listener) {
            this.steps = steps;
            this.listener = listener;
        }

        private void tell(String line) {
            Matcher step = STEP.matcher(line);
            Matcher before = BEFORE.matcher(line);
            Matcher resumed = RESUMED.matcher(line);
            if (step.matches()) {
                listener.stepped(Integer.parseInt(step.group(1)), steps, Double.parseDouble(step.group(2)));
            } else if (before.matches()) {
                listener.hadStepped(Double.parseDouble(before.group(1)));
            } else if (resumed.matches()) {
                steps = Integer.parseInt(resumed.group(2));
                listener.resumed(Integer.parseInt(resumed.group(1)), steps);
            } else if (line.equals(TrainingWorker.KEPT)) {
                listener.kept();
            }
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
        return TrainingRun.required(files.outcome().orElseThrow(() -> failed("ended without an outcome")));
    }

    private static Refusal.Conflict failed(String what) {
        return new Refusal.Conflict("The training process " + what + ". Nothing was changed.");
    }

    @Override
    public void close() {
        child().delete();
    }
}
