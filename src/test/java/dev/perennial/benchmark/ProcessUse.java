// SPDX-License-Identifier: Apache-2.0
package dev.perennial.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a process of this machine has used, as {@code /proc} tells it; nothing ({@code NaN}) of process 0, which stands
 * for one that is not known.
 *
 * @param seconds processor time of all its threads
 * @param residentMegabytes memory that it holds just now
 */
record ProcessUse(double seconds, double residentMegabytes) {
    /** Fields of {@code /proc/pid/stat} after the name, which may hold blanks itself. */
    private static final int USER = 11;

    private static final int SYSTEM = 12;

    /** Linux counts in hundredths of a second on every machine that we know of. */
    private static final double TICKS = 100;

    private static final double KILOBYTES = 1024;

    static ProcessUse of(long pid) throws IOException {
        if (pid == 0) {
            return new ProcessUse(Double.NaN, Double.NaN);
        }
        Path process = Path.of("/proc", Long.toString(pid));
        String stat = Files.readString(process.resolve("stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        String resident = Files.readAllLines(process.resolve("status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .findFirst()
                .orElseThrow();
        return new ProcessUse(
                (Long.parseLong(fields[USER]) + Long.parseLong(fields[SYSTEM])) / TICKS,
                Long.parseLong(resident.replaceAll("\\D", "")) / KILOBYTES);
    }
}
