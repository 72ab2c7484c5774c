// SPDX-License-Identifier: Apache-2.0
package dev.perennial.benchmark;

import dev.perennial.journey.ServiceClient;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/** A server as a process of its own, on a free port. Closing it ends the process. */
record ServerProcess(Process process, URI address, Path log) implements AutoCloseable {
    private static final int POLL_MILLIS = 20;

    /** Starts the packaged service; what it keeps and what it says lie in a folder. Does not wait. */
    static ServerProcess packaged(Path home) throws IOException {
        int port = freePort();
        List<String> command = List.of(
                "java",
                "-Dquarkus.http.port=" + port,
                "-Dperennial.data-directory=" + home.resolve("data"),
                "-jar",
                "target/quarkus-app/quarkus-run.jar");
        return started(new ProcessBuilder(command), port, home);
    }

    /** Starts a {@link LangChainServer}; its vectors of what it learns, and what it says, lie in a folder. */
    static ServerProcess langChain(Path data, Path home) throws IOException {
        int port = freePort();
        ProcessBuilder builder = new ProcessBuilder(
                "java",
                LangChainServer.class.getName(),
                data.toString(),
                home.resolve("vectors").toString(),
                Integer.toString(port));
        // ONNX Runtime does not start behind a long command line.
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        return started(builder, port, home);
    }

    private static ServerProcess started(ProcessBuilder builder, int port, Path home) throws IOException {
        Path log = home.resolve("log");
        Process process =
                builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
        return new ServerProcess(process, URI.create("http://127.0.0.1:" + port), log);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    /** Waits until requests are served. */
    ServiceClient ready() throws InterruptedException {
        ServiceClient client = new ServiceClient(address);
        while (client.status("/q/health/ready") != 200) {
            if (!process.isAlive()) {
                throw new IllegalStateException("the server ended; see " + log);
            }
            Thread.sleep(POLL_MILLIS);
        }
        return client;
    }

    /** The task of intents, if this is the service. */
    IntentTask task() {
        return new IntentTask(address, process.pid());
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        process.waitFor();
    }
}
