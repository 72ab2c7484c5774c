// SPDX-License-Identifier: Apache-2.0
package dev.perennial.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perennial.knowledge.GraphForm;
import dev.perennial.knowledge.Statement;
import dev.perennial.knowledge.Statement.Aspect;
import java.io.InputStream;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** WordNet as it is inside the service. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class WordNetTest {
    private List<Statement> statements = List.of();

    @BeforeAll
    void read() {
        ReadGraph read = ReadGraph.of(ReadGraph.reading(GraphForm.WORDNET), InputStream.nullInputStream());
        assertThat(read.faults()).isEmpty();
        statements = read.statements();
    }

    @Test
    void all_isRead() {
        assertThat(statements.stream().filter(one -> one.aspect() == Aspect.LABEL))
                .hasSize(117_791);
        assertThat(statements.stream().filter(one -> one.aspect() == Aspect.DESCRIPTION))
                .hasSize(117_791);
        assertThat(statements.stream().filter(one -> one.aspect() == Aspect.RELATION))
                .hasSizeGreaterThan(370_000);
    }

    @Test
    void dog_isWhatADogIs() {
        assertThat(of("wn:02086723-n"))
                .contains(
                        new Statement("wn:02086723-n", Aspect.LABEL, "", "dog", "en", 42),
                        Statement.alias("wn:02086723-n", "domestic dog", "en"),
                        Statement.alias("wn:02086723-n", "Canis familiaris", "en"),
                        Statement.relation("wn:02086723-n", "hypernym", "wn:02085998-n"),
                        Statement.description(
                                "wn:02086723-n",
                                "a member of the genus Canis (probably descended from the common wolf) that has been "
                                        + "domesticated by man since prehistoric times; occurs in many breeds",
                                "en"));
    }

    @Test
    void namesHaveNoMarkers_andSatellitesAreAdjectives() {
        assertThat(statements)
                .noneMatch(
                        one -> one.aspect() != Aspect.DESCRIPTION && one.value().endsWith("(a)"));
        assertThat(of("wn:00003552-a")).contains(Statement.relation("wn:00003552-a", "similar_to", "wn:00003356-a"));
        assertThat(of("wn:00006415-r"))
                .contains(Statement.relation("wn:00006415-r", "derived_from_adjective", "wn:00582390-a"));
    }

    @Test
    void everyRelation_leadsToAnEntity() {
        Set<String> entities = statements.stream().map(Statement::entity).collect(Collectors.toSet());
        assertThat(statements.stream().filter(one -> one.aspect() == Aspect.RELATION))
                .allMatch(one -> entities.contains(one.value()));
    }

    private List<Statement> of(String entity) {
        return statements.stream().filter(one -> one.entity().equals(entity)).toList();
    }
}
