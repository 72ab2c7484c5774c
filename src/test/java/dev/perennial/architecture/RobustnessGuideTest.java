// SPDX-License-Identifier: Apache-2.0
package dev.perennial.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every test that {@code docs/robustness.md} names is there, and every parser that is fuzzed is in it. */
final class RobustnessGuideTest {
    private static final Path GUIDE = Path.of("docs", "robustness.md");
    private static final Path TESTS = Path.of("src", "test", "java");
    private static final Pattern NAMED = Pattern.compile("`([A-Z][A-Za-z0-9]+)#([a-zA-Z0-9_]+)`");
    private static final Pattern CLASS = Pattern.compile("`([A-Z][A-Za-z0-9]+(?:Test|IT|Contract|Benchmark))`");
    private static final int FEWEST = 50;

    @Test
    void everyNamedTest_isThere() throws IOException {
        List<MatchResult> named = matches(NAMED);
        assertThat(named).hasSizeGreaterThan(FEWEST);
        List<String> missing = new ArrayList<>();
        for (MatchResult test : named) {
            Optional<Path> file = file(test.group(1));
            if (file.isEmpty() || !declares(file.get(), test.group(2))) {
                missing.add(test.group());
            }
        }
        for (MatchResult type : matches(CLASS)) {
            if (file(type.group(1)).isEmpty()) {
                missing.add(type.group());
            }
        }
        assertThat(missing).isEmpty();
    }

    @Test
    void everyFuzzTest_isNamed() throws IOException {
        String guide = Files.readString(GUIDE);
        try (Stream<Path> files = Files.walk(TESTS)) {
            List<String> unnamed = files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith("FuzzTest.java"))
                    .map(name -> name.replace(".java", ""))
                    .filter(name -> !guide.contains("`" + name + "`"))
                    .toList();
            assertThat(unnamed).isEmpty();
        }
    }

    private static List<MatchResult> matches(Pattern pattern) throws IOException {
        return pattern.matcher(Files.readString(GUIDE)).results().toList();
    }

    private static Optional<Path> file(String type) throws IOException {
        try (Stream<Path> files = Files.walk(TESTS)) {
            return files.filter(file -> file.getFileName().toString().equals(type + ".java"))
                    .findFirst();
        }
    }

    private static boolean declares(Path file, String method) throws IOException {
        return Files.readString(file).contains("void " + method + "(");
    }
}
