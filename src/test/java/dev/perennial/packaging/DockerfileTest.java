// SPDX-License-Identifier: Apache-2.0
package dev.perennial.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every image promises, read from the files that build them. */
final class DockerfileTest {
    private static final Path DIRECTORY = Path.of("src", "main", "docker");

    @ParameterizedTest
    @ValueSource(strings = {"Dockerfile.jvm", "Dockerfile.jvm-cuda"})
    void image_doesNotRunAsRoot(String file) throws IOException {
        assertThat(arguments(file, "USER")).containsExactly("10001:10001");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Dockerfile.jvm", "Dockerfile.jvm-cuda"})
    void base_isPinnedToAVersion(String file) throws IOException {
        assertThat(arguments(file, "FROM")).containsExactly("${BASE}");
        assertThat(arguments(file, "ARG"))
                .singleElement()
                .asString()
                .matches("BASE=\\S+:\\d\\S+")
                .doesNotContain("latest");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Dockerfile.jvm", "Dockerfile.jvm-cuda"})
    void service_listensOnItsPort(String file) throws IOException {
        assertThat(arguments(file, "EXPOSE")).containsExactly("8080");
        assertThat(environment(file)).contains("QUARKUS_HTTP_HOST=0.0.0.0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Dockerfile.jvm", "Dockerfile.jvm-cuda"})
    void service_writesOnlyToDataAndTmp(String file) throws IOException {
        assertThat(environment(file))
                .contains("PERENNIAL_DATA_DIRECTORY=/data", "DJL_CACHE_DIR=/tmp/djl", "ENGINE_CACHE_DIR=/tmp/djl");
        assertThat(arguments(file, "VOLUME")).containsExactly("[\"/data\"]");
        assertThat(arguments(file, "ENTRYPOINT"))
                .singleElement()
                .asString()
                .contains("-Djava.io.tmpdir=/tmp", "-Dorg.bytedeco.javacpp.cachedir=/tmp/");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Dockerfile.jvm", "Dockerfile.jvm-cuda"})
    void process_leavesRoomForNativeMemoryAndEndsWhenItRunsOut(String file) throws IOException {
        assertThat(arguments(file, "ENTRYPOINT"))
                .singleElement()
                .asString()
                .startsWith("[\"java\"")
                .contains("-XX:MaxRAMPercentage=50", "-XX:+ExitOnOutOfMemoryError");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Dockerfile.jvm", "Dockerfile.jvm-cuda"})
    void application_belongsToRoot(String file) throws IOException {
        assertThat(arguments(file, "COPY"))
                .hasSize(4)
                .allMatch(copy -> copy.matches("--chown=0:0 target/quarkus-app/\\S* /app/\\S*"));
    }

    private static List<String> environment(String file) throws IOException {
        return arguments(file, "ENV").stream()
                .flatMap(line -> Arrays.stream(line.split("\\s+")))
                .toList();
    }

    private static List<String> arguments(String file, String instruction) throws IOException {
        try (Stream<String> lines = Files.lines(DIRECTORY.resolve(file))) {
            String joined = lines.filter(line -> !line.startsWith("#"))
                    .reduce("", (text, line) -> text + line + "\n")
                    .replace("\\\n", " ");
            return joined.lines()
                    .filter(line -> line.startsWith(instruction + " "))
                    .map(line -> line.substring(instruction.length() + 1).strip())
                    .toList();
        }
    }
}
