// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;

/**
 * A file system in memory for the length of a test, which is skipped where mounting is not allowed.
 *
 * @param path where it is mounted
 */
record TemporaryMount(Path path) implements AutoCloseable {
    static TemporaryMount tmpfs(Path path, String options) throws IOException, InterruptedException {
        int status = run("mount", "-t", "tmpfs", "-o", options, "tmpfs", path.toString());
        assumeTrue(status == 0, "skipped: mounting a tmpfs needs root on Linux");
        return new TemporaryMount(path);
    }

    @Override
    public void close() throws IOException, InterruptedException {
        run("umount", path.toString());
    }

    private static int run(String... command) throws IOException, InterruptedException {
        try {
            return new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            return -1;
        }
    }
}
