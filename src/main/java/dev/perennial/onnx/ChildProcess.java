// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import ai.djl.util.Utils;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Scanner;
import java.util.stream.Stream;

/**
 * Another Java process of the same release, with a bounded heap, a private directory, an empty working directory, few
 * variables in its environment, and the first place in the list of what a system short of memory ends.
 *
 * <p>The class path goes through the environment: ONNX Runtime ends a process whose command line is some kilobytes
 * long.
 *
 * @param main class that runs, with the directory as its first argument
 * @param directory private, and empty but for what the process is told; it writes nowhere else
 * @param arguments those that follow
 * @param heapMegabytes Java heap
 * @param yields whether everything else on the machine goes first
 */
public record ChildProcess(String main, Path directory, List<String> arguments, long heapMegabytes, boolean yields) {
    private static final long PAGE_BYTES = 4096;
    private static final List<String> KEPT_ENVIRONMENT = List.of("HOME", "PATH", "LANG", "LD_LIBRARY_PATH");
    private static final List<Path> NICE = List.of(Path.of("/usr/bin/nice"), Path.of("/bin/nice"));
    private static final String FIRST_TO_BE_ENDED = "1000";

    public ChildProcess {
        // Its working directory is another one.
        directory = directory.toAbsolutePath();
        arguments = List.copyOf(arguments);
    }

    /** A directory that nobody else can look into. */
    public static Path privateDirectory(Path parent, String prefix) throws IOException {
        return Files.getFileStore(parent).supportsFileAttributeView("posix")
                ? Files.createTempDirectory(
                        parent,
                        prefix,
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")))
                : Files.createTempDirectory(parent, prefix);
    }

    /** What starts it; who calls may still say where input and output go. */
    public ProcessBuilder builder() throws IOException {
        Path temporary = Files.createDirectory(directory.resolve("tmp"));
        Path working = Files.createDirectory(directory.resolve("empty"));
        List<String> command = new ArrayList<>(yields ? nice() : List.of());
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + heapMegabytes + "m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                "-XX:-CreateCoredumpOnCrash",
                "-XX:ErrorFile=" + temporary.resolve("crash.log"),
                "-Djava.io.tmpdir=" + temporary,
                main,
                directory.toString()));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).directory(working.toFile());
        Map<String, String> environment = builder.environment();
        environment.keySet().retainAll(KEPT_ENVIRONMENT);
        environment.put("DJL_CACHE_DIR", Utils.getCacheDir().toString());
        environment.put("CLASSPATH", ChildClassPath.value());
        environment.put(Reports.VARIABLE, Reports.NONE);
        return builder;
    }

    /** Starts it. */
    public static Process start(ProcessBuilder builder) throws IOException {
        Process process = builder.start();
        try {
            Files.writeString(Path.of("/proc/" + process.pid() + "/oom_score_adj"), FIRST_TO_BE_ENDED);
        } catch (IOException notLinuxOrGone) {
            // Other systems have no such file, and choose by themselves.
        }
        return process;
    }

    /** Ends a process, if it has not, and waits until it is gone. */
    public static void end(Process process) {
        process.destroyForcibly().onExit().join();
    }

    private static List<String> nice() {
        Optional<Path> nice = NICE.stream().filter(Files::isExecutable).findFirst();
        return nice.map(path -> List.of(path.toString(), "-n", "19")).orElse(List.of());
    }

    /** Memory that a process holds now; 0 where the system does not tell. */
    public static long residentBytes(long pid) {
        try {
            Scanner pages = new Scanner(Files.readString(Path.of("/proc/" + pid + "/statm")));
            pages.nextLong();
            return pages.nextLong() * PAGE_BYTES;
        } catch (IOException | RuntimeException notLinuxOrGone) {
            return 0;
        }
    }

    /** Deletes its directory with all that is in it, once it has ended. */
    public void delete() {
        delete(directory);
    }

    /** Deletes what a process left that ended together with its parent. */
    public static void delete(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("a private directory cannot be deleted", e);
        }
    }
}
