// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Scanner;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A process that trains, so that whatever happens to it happens to no service. Takes its directory (see
 * {@link WorkFiles}) and the name of a {@link Device} as its arguments, tells each step and its loss in a line of its
 * output, and ends when its input does, which is when its parent ends. Every so often, and when a line comes in, it
 * writes down where it is ({@link Milestone}), and tells that too; where there is a checkpoint at the beginning, it
 * goes on from there.
 */
public final class TrainingWorker {
    /** Exit code of a process whose heap was too small. */
    public static final int OUT_OF_MEMORY = 3;

    /** Begins a line that tells a step; its number and its loss follow. */
    public static final String STEP = "step";

    /** Begins a line that tells a step which another process had made; its loss follows. */
    public static final String BEFORE = "before";

    /** Begins a line that tells from where a training goes on: the step, and of how many. */
    public static final String RESUMED = "resumed";

    /** A line of its own: a checkpoint was written. */
    public static final String KEPT = "kept";

    private static final int ORPHANED = 4;

    private TrainingWorker() {}

    /** Ends with 0 when an outcome was written, whatever it is. */
    public static void main(String[] arguments) throws IOException {
        AtomicBoolean asked = new AtomicBoolean();
        endWithParent(System.in, asked);
        WorkFiles files = new WorkFiles(Path.of(arguments[0]));
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.US_ASCII);
        try {
            files.answer(outcome(files, Device.valueOf(arguments[1]), new Lines(out, asked)));
        } catch (OutOfMemoryError e) {
            Runtime.getRuntime().halt(OUT_OF_MEMORY);
        }
        // Destructors of native libraries have nothing left to save.
        Runtime.getRuntime().halt(0);
    }

    private static void endWithParent(InputStream in, AtomicBoolean asked) {
        Thread waiting = new Thread(
                () -> {
                    try {
                        while (in.read() >= 0) {
                            asked.set(true);
                        }
                    } catch (IOException closed) {
                        // The same as its end.
                    } finally {
                        Runtime.getRuntime().halt(ORPHANED);
                    }
                },
                "parent");
        waiting.setDaemon(true);
        waiting.start();
    }

    private static WorkOutcome outcome(WorkFiles files, Device device, Lines lines) {
        TrainingWork work = new TrainingWork(files, device, lines);
        try {
            return work.outcome(files.order());
        } catch (IOException e) {
            return TrainingWork.unreadable();
        }
    }

    private static long peakBytes() {
        try {
            return Files.readAllLines(Path.of("/proc/self/status")).stream()
                    .filter(line -> line.startsWith("VmHWM:"))
                    .mapToLong(line -> new Scanner(line).skip("VmHWM:").nextLong() << 10)
                    .findFirst()
                    .orElse(0);
        } catch (IOException notLinux) {
            return 0;
        }
    }

    private record Lines(PrintStream out, AtomicBoolean asked) implements WorkListener {
        @Override
        public boolean goesOn() {
            return true;
        }

        @Override
        public void stepped(int step, double loss) {
            out.println(STEP + " " + step + " " + loss);
        }

        @Override
        public WorkOutcome.Cost cost() {
            long nanos = ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                    .getProcessCpuTime();
            return new WorkOutcome.Cost(nanos / 1e9, peakBytes());
        }

        @Override
        public boolean wantsCheckpoint() {
            return asked.getAndSet(false);
        }

        @Override
        public void resumed(List<Double> losses, int of) {
            losses.forEach(loss -> out.println(BEFORE + " " + loss));
            out.println(RESUMED + " " + losses.size() + " " + of);
        }

        @Override
        public void kept() {
            out.println(KEPT);
        }
    }
}
