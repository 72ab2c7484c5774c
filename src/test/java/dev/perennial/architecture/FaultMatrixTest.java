// SPDX-License-Identifier: Apache-2.0
package dev.perennial.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** {@code docs/faults.md} says of every operation under every fault what proves it, or why nothing does. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class FaultMatrixTest {
    private static final Path TESTS = Path.of("src", "test", "java");
    private static final List<String> OPERATIONS =
            List.of("predict", "teach", "refresh", "activate", "rollback", "delete", "export");
    private static final Pattern PROVEN = Pattern.compile(".+\\[([A-Z]\\d+(?:, [A-Z]\\d+)*)]");
    private static final Pattern UNPROVEN = Pattern.compile("– (\\d+)");
    private static final Pattern PROOF = Pattern.compile("\\| ([A-Z]\\d+) \\| `(\\w+)\\.(\\w+)` \\|");
    private static final Pattern NOTE = Pattern.compile("(\\d+)\\. .+");

    private List<String> lines = List.of();
    private List<List<String>> rows = List.of();

    @BeforeAll
    void read() throws IOException {
        lines = Files.readAllLines(Path.of("docs", "faults.md"));
        rows = lines.stream()
                .dropWhile(line -> !line.startsWith("| fault |"))
                .takeWhile(line -> line.startsWith("|"))
                .map(line -> Arrays.stream(line.split("\\|"))
                        .skip(1)
                        .map(String::strip)
                        .toList())
                .toList();
    }

    private List<String> cells() {
        return rows.stream().skip(2).flatMap(row -> row.stream().skip(1)).toList();
    }

    private Set<String> firstGroups(Pattern pattern) {
        return lines.stream()
                .map(pattern::matcher)
                .filter(Matcher::matches)
                .map(found -> found.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void everyFault_hasACellForEveryOperation() {
        assertThat(rows).hasSizeGreaterThan(20);
        assertThat(rows.get(0).stream().skip(1)).containsExactlyElementsOf(OPERATIONS);
        assertThat(rows).allSatisfy(row -> assertThat(row).hasSize(1 + OPERATIONS.size()));
    }

    @Test
    void everyCell_namesItsProof_orTheReasonWhyThereIsNone() {
        Set<String> proofs = firstGroups(PROOF);
        Set<String> notes = firstGroups(NOTE);
        assertThat(cells()).allSatisfy(cell -> {
            Matcher proven = PROVEN.matcher(cell);
            if (proven.matches()) {
                assertThat(proofs).as(cell).contains(proven.group(1).split(", "));
            } else {
                Matcher unproven = UNPROVEN.matcher(cell);
                assertThat(unproven.matches()).as("'%s' says neither", cell).isTrue();
                assertThat(notes).as(cell).contains(unproven.group(1));
            }
        });
    }

    @Test
    void everyProofAndNote_isUsed() {
        String all = String.join(" ", cells()) + " ";
        assertThat(firstGroups(PROOF)).allSatisfy(proof -> assertThat(all).containsPattern(proof + "[,\\]]"));
        assertThat(firstGroups(NOTE)).allSatisfy(note -> assertThat(all).contains("– " + note + " "));
    }

    @Test
    void namedTests_exist() throws IOException {
        List<String> missing = new ArrayList<>();
        for (String line : lines) {
            Matcher proof = PROOF.matcher(line);
            if (proof.matches() && !exists(proof.group(2), proof.group(3))) {
                missing.add(proof.group(2) + "." + proof.group(3));
            }
        }
        assertThat(missing).isEmpty();
    }

    private static boolean exists(String type, String test) throws IOException {
        try (Stream<Path> found = Files.find(TESTS, 10, (path, attributes) -> path.endsWith(Path.of(type + ".java")))) {
            for (Path file : found.toList()) {
                Pattern method =
                        Pattern.compile("@(?:Parameterized)?Test\\b[^;]*\\bvoid " + test + "\\(", Pattern.DOTALL);
                if (method.matcher(Files.readString(file)).find()) {
                    return true;
                }
            }
        }
        return false;
    }
}
