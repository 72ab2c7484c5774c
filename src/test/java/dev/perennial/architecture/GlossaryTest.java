// SPDX-License-Identifier: Apache-2.0
package dev.perennial.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perennial.architecture.SourceTree.SourceType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The code speaks the words of {@code docs/glossary.md}. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class GlossaryTest {
    private static final Path GLOSSARY = Path.of("docs", "glossary.md");
    private static final Pattern TYPE_NAME = Pattern.compile("`([A-Z][A-Za-z]+)`");
    private static final Pattern WORD_OF_A_NAME = Pattern.compile("[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+");
    private static final int JAVA = 3;
    private static final int DO_NOT_SAY = 4;

    /** Types whose name must hold a word we avoid, by name, each with its reason. */
    private static final Map<String, String> SAID_ON_PURPOSE = Map.of(
            "ContentKey", "a term of the glossary",
            "Learner", "what turns examples into an ensemble, never a member of one");

    private final List<SourceType> types = SourceTree.parse().types();
    private List<String> lines;

    @BeforeAll
    void readGlossary() throws IOException {
        lines = Files.readAllLines(GLOSSARY);
    }

    @Test
    void typesOfTheGlossary_existOnce() {
        List<String> named = cells(JAVA).toList();

        assertThat(named).isNotEmpty().doesNotHaveDuplicates();
        assertThat(named)
                .allSatisfy(name -> assertThat(types)
                        .filteredOn(type -> type.name().equals(name))
                        .hasSize(1));
    }

    @Test
    void typeNames_containNoWordWeAvoid() {
        TreeSet<String> avoided = new TreeSet<>(cells(DO_NOT_SAY).toList());
        lines.stream()
                .dropWhile(line -> !line.startsWith("Never the name of a type"))
                .takeWhile(line -> !line.isBlank())
                .flatMap(GlossaryTest::namesIn)
                .forEach(avoided::add);

        assertThat(avoided).contains("Manager", "Embedder");
        assertThat(types.stream().map(SourceType::name))
                .filteredOn(name -> !SAID_ON_PURPOSE.containsKey(name))
                .allSatisfy(name -> assertThat(Collections.disjoint(wordsOf(name), avoided))
                        .as("%s holds a word that docs/glossary.md avoids", name)
                        .isTrue());
    }

    /** The type names in one column of the table. */
    private Stream<String> cells(int column) {
        return lines.stream()
                .filter(line -> line.startsWith("| "))
                .map(line -> line.split("\\|", -1))
                .flatMap(cells -> namesIn(cells[column]));
    }

    private static Stream<String> namesIn(String markdown) {
        return TYPE_NAME.matcher(markdown).results().map(match -> match.group(1));
    }

    private static List<String> wordsOf(String typeName) {
        return WORD_OF_A_NAME
                .matcher(typeName)
                .results()
                .map(MatchResult::group)
                .toList();
    }
}
