// SPDX-License-Identifier: Apache-2.0
package dev.perennial.journey;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The packaged service in a process of its own, on a free port of the loopback address. */
final class ServiceProcess implements AutoCloseable {
    private static final Duration LONGEST_START = Duration.ofSeconds(120);
    private static final Duration BETWEEN_POLLS = Duration.ofMillis(100);

    static final Path JAR = Path.of(System.getProperty("perennial.jar", "target/quarkus-app/quarkus-run.jar"))
            .toAbsolutePath();

    /** Unpacked once for all processes. */
    private static final Path MODELS = Path.of("target/models").toAbsolutePath();

    private final Process process;
    private final Path log;
    private final ServiceClient client;

    private ServiceProcess(Process process, Path log, ServiceClient client) {
        this.process = process;
        this.log = log;
        this.client = client;
    }

    /**
     * Starts a service, and does not wait for it.
     *
     * @param home where its working directory, log and temporary files are
     * @param data its data directory
     * @param properties configuration beside port and directories
     */
    static ServiceProcess start(Path home, Path data, Map<String, String> properties) throws IOException {
        return start(home, data, properties, Machine.PLAIN);
    }

    /**
     * What a process runs in.
     *
     * @param options of the Java machine, which replace those of the same kind
     * @param variables of its environment
     */
    record Machine(List<String> options, Map<String, String> variables) {
        static final Machine PLAIN = new Machine(List.of(), Map.of());
    }

    /** The same in a machine that is not as others are. */
    static ServiceProcess start(Path home, Path data, Map<String, String> properties, Machine machine)
            throws IOException {
        int port = freePort();
        Path temporary = Files.createDirectories(home.resolve("tmp"));
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Djava.io.tmpdir=" + temporary,
                "-Dquarkus.http.port=" + port,
                "-Dquarkus.log.console.json.enabled=false",
                "-Dperennial.data-directory=" + data,
                "-Dperennial.members.models-directory=" + MODELS));
        command.addAll(machine.options());
        properties.forEach((key, value) -> command.add("-D" + key + "=" + value));
        command.addAll(List.of("-jar", JAR.toString()));
        Path log = Files.createTempFile(home, "service-", ".log");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(home.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().putAll(machine.variables());
        return new ServiceProcess(builder.start(), log, new ServiceClient(URI.create("http://127.0.0.1:" + port)));
    }

    /** Starts a service, and waits until it serves. */
    static ServiceProcess ready(Path home, Path data, Map<String, String> properties) throws IOException {
        ServiceProcess service = start(home, data, properties);
        if (!service.serves()) {
            throw new IllegalStateException("the service ended:\n" + service.log());
        }
        return service;
    }

    /** Waits until it serves or has ended; whether it serves. */
    boolean serves() throws IOException {
        try {
            await().pollInterval(BETWEEN_POLLS).atMost(LONGEST_START).until(this::isReadyOrDead);
        } catch (RuntimeException late) {
            String stacks = stacks();
            close();
            throw new IllegalStateException("the service did not start:\n" + stacks + log(), late);
        }
        return process.isAlive();
    }

    /** Waits until it serves, as another port of it says. */
    void awaitReadyAt(int port) {
        ServiceClient other = new ServiceClient(URI.create("http://127.0.0.1:" + port));
        await().pollInterval(BETWEEN_POLLS).atMost(LONGEST_START).until(() -> other.status("/q/health/ready") == 200);
    }

    ServiceClient client() {
        return client;
    }

    /** Everything that it printed. */
    String log() {
        try {
            return Files.readString(log);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** Ends it as {@code kill -9} does. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    /** Sends it a signal, {@code STOP} or {@code CONT}. */
    void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .start()
                .waitFor();
    }

    /** Asks it to end, as {@code kill} does, and does not wait. */
    void terminate() {
        process.destroy();
    }

    /** Its exit status, once it has ended. */
    int exitStatus() throws InterruptedException {
        if (!process.waitFor(LONGEST_START.toSeconds(), TimeUnit.SECONDS)) {
            throw new IllegalStateException("the service did not end:\n" + log());
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** What its threads do, as far as it still tells. */
    private String stacks() throws IOException {
        Process tool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jstack")
                                .toString(),
                        Long.toString(process.pid()))
                .redirectErrorStream(true)
                .start();
        try (InputStream stacks = tool.getInputStream()) {
            return new String(stacks.readAllBytes(), UTF_8);
        }
    }

    private boolean isReadyOrDead() {
        return !process.isAlive() || client.status("/q/health/ready") == 200;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
