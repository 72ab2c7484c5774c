// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.onnx.ChildProcess;
import dev.perennial.refusal.Refusal;
import dev.perennial.train.Device;
import dev.perennial.train.TrainingWork;
import dev.perennial.train.WorkFiles;
import dev.perennial.train.WorkListener;
import dev.perennial.train.WorkOrder;
import dev.perennial.train.WorkOutcome;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CancellationException;

/**
 * Carries out one order inside the service, on the thread that asks for it. What a {@link TrainingProcess} keeps away
 * is near here: a fault of native code ends the service, memory is the service's own, and nothing yields. Limits, and
 * whether it is still wanted, are looked at between steps, not within one. Memory is what the whole process holds more
 * than when it began, be it for the training or for requests meanwhile. Confined to one thread.
 */
final class OwnTraining implements TrainingRun {
    private static final int RETRY_AFTER_SECONDS = 10;
    private static final double NANOS_OF_A_SECOND = 1e9;

    private final WorkFiles files;
    private final TrainingProcess.Bounds bounds;

    private OwnTraining(WorkFiles files, TrainingProcess.Bounds bounds) {
        this.files = files;
        this.bounds = bounds;
    }

    /** @param directory in which it gets one of its own */
    static OwnTraining in(Path directory, TrainingProcess.Bounds bounds) throws IOException {
        return new OwnTraining(new WorkFiles(ChildProcess.privateDirectory(directory, TrainingProcess.PREFIX)), bounds);
    }

    @Override
    public WorkFiles files() {
        return files;
    }

    @Override
    public WorkOutcome run(WorkOrder order, Listener listener) {
        requireHeap();
        Following following = new Following(order.steps(), listener);
        try {
            WorkOutcome outcome = new TrainingWork(files, Device.CPU, following).outcome(order);
            // Also where it was interrupted in the middle of a file, which then seems to be unreadable.
            boolean unused = following.goesOn();
            return TrainingRun.required(outcome);
        } catch (Left left) {
            throw left.reason;
        } catch (OutOfMemoryError e) {
            throw failed("needed more memory than is left of the service's heap (-Xmx)");
        }
    }

    /** A heap that is full fails whatever else the service does as well. */
    private void requireHeap() {
        if (freeBytes() < bounds.heapBytes()) {
            // Much of what seems to be taken may be garbage.
            System.gc();
        }
        if (freeBytes() < bounds.heapBytes()) {
            throw failed("needs " + (bounds.heapBytes() >> 20) + " MiB of the service's heap, of which "
                    + (freeBytes() >> 20) + " MiB are free; start the service with a larger -Xmx");
        }
    }

    private static long freeBytes() {
        Runtime runtime = Runtime.getRuntime();
        return runtime.maxMemory() - runtime.totalMemory() + runtime.freeMemory();
    }

    /** Leaves the work, with what is to be thrown. */
    private static final class Left extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final transient RuntimeException reason;

        private Left(RuntimeException reason) {
            super(reason.getMessage(), null, false, false);
            this.reason = reason;
        }
    }

    private final class Following implements WorkListener {
        private final Listener listener;
        private final long deadline = System.nanoTime() + bounds.longest().toNanos();
        private final long heldBefore = residentBytes();
        private final long cpuNanosBefore = cpuNanos();
        private long mostBytes;
        private int steps;

        private Following(int steps, Listener listener) {
            this.steps = steps;
            this.listener = listener;
        }

        @Override
        public boolean goesOn() {
            try {
                look();
                return true;
            } catch (RuntimeException reason) {
                throw new Left(reason);
            }
        }

        private void look() {
            if (Thread.currentThread().isInterrupted()) {
                throw new Refusal.NotReady("The service is stopping.", RETRY_AFTER_SECONDS);
            }
            if (!listener.goesOn()) {
                throw new CancellationException("the training was cancelled");
            }
            if (System.nanoTime() > deadline) {
                throw failed("took longer than " + bounds.longest().toSeconds() + " seconds");
            }
            measure();
            if (mostBytes > bounds.memoryBytes()) {
                throw failed("took more than the " + (bounds.memoryBytes() >> 20)
                        + " MiB of memory that it may (perennial.adaptation.memory-bytes)");
            }
        }

        @Override
        public void stepped(int step, double loss) {
            measure();
            try {
                listener.stepped(step, steps, loss);
            } catch (RuntimeException reason) {
                throw new Left(reason);
            }
        }

        @Override
        public void resumed(List<Double> losses, int of) {
            steps = of;
            losses.forEach(listener::hadStepped);
            listener.resumed(losses.size(), of);
        }

        @Override
        public void kept() {
            listener.kept();
        }

        private void measure() {
            mostBytes = Math.max(mostBytes, residentBytes() - heldBefore);
        }

        @Override
        public WorkOutcome.Cost cost() {
            measure();
            return new WorkOutcome.Cost((cpuNanos() - cpuNanosBefore) / NANOS_OF_A_SECOND, mostBytes);
        }
    }

    private static long residentBytes() {
        return ChildProcess.residentBytes(ProcessHandle.current().pid());
    }

    /** Of this thread, which does all the work. */
    private static long cpuNanos() {
        return ManagementFactory.getThreadMXBean().isCurrentThreadCpuTimeSupported()
                ? ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime()
                : 0;
    }

    private static Refusal.Conflict failed(String what) {
        return new Refusal.Conflict("The training within the service " + what + ". Nothing was changed.");
    }

    @Override
    public void close() {
        ChildProcess.delete(files.directory());
    }
}
