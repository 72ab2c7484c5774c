// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** ONNX Runtime as it behaves in a process whose environment says nothing of reports, which tests' own may do. */
final class ReportsTest {
    @TempDir
    private Path home;

    @Test
    void runtime_keepsNoBookOfSessions_andNoIdOfTheMachine() throws Exception {
        assertThat(started(Map.of())).as("%s", written()).isZero();

        assertThat(written()).noneMatch(file -> file.contains("onnxruntime") || file.endsWith(".ses"));
    }

    @Test
    void whatTheEnvironmentSaysOtherwise_doesNotCount() throws Exception {
        assertThat(started(Map.of(Reports.VARIABLE, "0"))).as("%s", written()).isZero();

        assertThat(written()).noneMatch(file -> file.contains("onnxruntime") || file.endsWith(".ses"));
    }

    private int started(Map<String, String> more) throws IOException, InterruptedException {
        Path temporary = Files.createDirectory(home.resolve("tmp"));
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Djava.io.tmpdir=" + temporary,
                        "-Duser.home=" + home,
                        Opens.class.getName())
                .inheritIO();
        builder.environment().clear();
        builder.environment().putAll(more);
        builder.environment()
                .putAll(Map.of(
                        "HOME", home.toString(),
                        "TMPDIR", temporary.toString(),
                        "CLASSPATH", tests() + File.pathSeparator + ChildClassPath.value()));
        return builder.start().waitFor();
    }

    private static Path tests() {
        return Path.of(URI.create(ReportsTest.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toString()));
    }

    private List<String> written() throws IOException {
        try (Stream<Path> files = Files.walk(home)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> home.relativize(file).toString())
                    .toList();
        }
    }

    /** Loads ONNX Runtime as the service does. */
    static final class Opens {
        private Opens() {}

        public static void main(String[] arguments) {
            OnnxRuntime.start(OnnxSettings.defaults());
        }
    }
}
