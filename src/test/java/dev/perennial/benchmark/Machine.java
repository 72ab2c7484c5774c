// SPDX-License-Identifier: Apache-2.0
package dev.perennial.benchmark;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The machine that a benchmark runs on, in words. */
final class Machine {
    private static final List<String> VECTOR_INSTRUCTIONS =
            List.of("avx2", "fma", "avx512f", "avx512_vnni", "avx_vnni", "amx_int8");
    private static final double KILOBYTES_PER_GIGABYTE = 1024 * 1024;

    private Machine() {}

    /** Processor, its vector instructions, cores, memory, and Java. */
    static String description() throws IOException {
        List<String> flags = Arrays.asList(value("/proc/cpuinfo", "flags").split(" "));
        return String.format(
                Locale.ROOT,
                "%d × %s (%s), %.0f GiB, Linux %s, Java %s",
                Runtime.getRuntime().availableProcessors(),
                value("/proc/cpuinfo", "model name"),
                VECTOR_INSTRUCTIONS.stream().filter(flags::contains).collect(Collectors.joining(", ")),
                Double.parseDouble(value("/proc/meminfo", "MemTotal").replaceAll("\\D", "")) / KILOBYTES_PER_GIGABYTE,
                System.getProperty("os.version"),
                System.getProperty("java.version"));
    }

    /** Threads that ran or waited for a core, as a mean over the last minute: what else is done here, and the work. */
    static double load() {
        return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    }

    private static String value(String file, String name) throws IOException {
        return Files.readAllLines(Path.of(file)).stream()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(line.indexOf(':') + 1).trim())
                .findFirst()
                .orElse("unknown");
    }
}
