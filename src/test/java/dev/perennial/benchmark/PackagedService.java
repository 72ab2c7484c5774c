// SPDX-License-Identifier: Apache-2.0
package dev.perennial.benchmark;

import dev.perennial.journey.ServiceClient;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/** The packaged service as a process of its own, on a free port. Closing it ends the process. */
record PackagedService(Process process, URI address, Path log) implements AutoCloseable {
    private static final int POLL_MILLIS = 20;

    /** Starts it; what it keeps and what it says lie in a folder. Does not wait. */
    static PackagedService start(Path home) throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        Path log = home.resolve("log");
        List<String> command = List.of(
                "java",
                "-Dquarkus.http.port=" + port,
                "-Dperennial.data-directory=" + home.resolve("data"),
                "-jar",
                "target/quarkus-app/quarkus-run.jar");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        return new PackagedService(process, URI.create("http://127.0.0.1:" + port), log);
    }

    /** Waits until requests are served. */
    ServiceClient ready() throws InterruptedException {
        ServiceClient client = new ServiceClient(address);
        while (client.status("/q/health/ready") != 200) {
            if (!process.isAlive()) {
                throw new IllegalStateException("the service ended; see " + log);
            }
            Thread.sleep(POLL_MILLIS);
        }
        return client;
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        process.waitFor();
    }
}
