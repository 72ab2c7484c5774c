// SPDX-License-Identifier: Apache-2.0
package dev.perennial.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.yaml.snakeyaml.Yaml;

/** What the workflows may do, and whose code they run. */
final class WorkflowTest {
    private static final Path DIRECTORY = Path.of(".github", "workflows");

    static List<Path> workflows() throws IOException {
        try (Stream<Path> files = Files.list(DIRECTORY)) {
            return files.sorted().toList();
        }
    }

    @Test
    void bothReleasesOfJava_areTested() throws IOException {
        assertThat(Files.readString(DIRECTORY.resolve("build.yml"))).contains("java: [\"17\", \"25\"]");
    }

    @ParameterizedTest
    @MethodSource("workflows")
    void actions_arePinnedByCommit_withTheirVersionBeside(Path workflow) throws IOException {
        assertThat(Files.readAllLines(workflow))
                .filteredOn(line -> line.contains("uses:"))
                .isNotEmpty()
                .allMatch(line -> line.matches(" *(- )?uses: [\\w./-]+@[0-9a-f]{40} # v\\d+\\.\\d+\\.\\d+"));
    }

    /** An action has one version in all of them. */
    @Test
    void actions_areTheSameEverywhere() throws IOException {
        List<String> used = workflows().stream()
                .flatMap(WorkflowTest::lines)
                .filter(line -> line.contains("uses:"))
                .map(line -> line.replaceFirst(".*uses: ", ""))
                .distinct()
                .toList();

        assertThat(used.stream().map(line -> line.replaceFirst("@.*", ""))).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @MethodSource("workflows")
    void workflow_mayOnlyRead_unlessAJobSaysWhy(Path workflow) throws IOException {
        Map<String, Object> parsed = new Yaml().load(Files.readString(workflow));

        assertThat(parsed.get("permissions")).isEqualTo(Map.of("contents", "read"));
        assertThat(Files.readAllLines(workflow))
                .filteredOn(line -> line.contains(": write"))
                .allMatch(line -> line.matches(" {6}[a-z-]+: write # .+"));
        assertThat(Files.readString(workflow))
                .doesNotContain("pull_request_target", "write-all", "secrets.", "persist-credentials: true");
    }

    private static Stream<String> lines(Path file) {
        try {
            return Files.readAllLines(file).stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
