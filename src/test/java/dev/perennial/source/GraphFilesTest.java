// SPDX-License-Identifier: Apache-2.0
package dev.perennial.source;

import static dev.perennial.knowledge.Statement.alias;
import static dev.perennial.knowledge.Statement.attribute;
import static dev.perennial.knowledge.Statement.description;
import static dev.perennial.knowledge.Statement.label;
import static dev.perennial.knowledge.Statement.relation;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perennial.knowledge.GraphForm;
import dev.perennial.knowledge.GraphReading;
import dev.perennial.knowledge.GraphReading.Columns;
import dev.perennial.knowledge.GraphReading.Naming;
import dev.perennial.knowledge.Statement;
import dev.perennial.refusal.Refusal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every form says the same of the same graph. */
final class GraphFilesTest {
    private static final String TURTLE = """
            @prefix : <http://e/> .
            @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
            @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
            :oslo rdfs:label "Oslo"@en-GB ; skos:altLabel "Kristiania"@no ;
              rdfs:comment "A city." ; :capitalOf :norway ; :people 709037 .
            """;
    private static final String TRIPLES = """
            <http://e/oslo> <http://www.w3.org/2000/01/rdf-schema#label> "Oslo"@en-GB .
            <http://e/oslo> <http://www.w3.org/2004/02/skos/core#altLabel> "Kristiania"@no .

            # a remark
            <http://e/oslo> <http://www.w3.org/2000/01/rdf-schema#comment> "A city." .
            <http://e/oslo> <http://e/capitalOf> <http://e/norway> .
            <http://e/oslo> <http://e/people> "709037"^^<http://www.w3.org/2001/XMLSchema#integer> .
            """;
    private static final String XML = """
            <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://e/"
                xmlns:rdfs="http://www.w3.org/2000/01/rdf-schema#" xmlns:skos="http://www.w3.org/2004/02/skos/core#">
              <rdf:Description rdf:about="http://e/oslo">
                <rdfs:label xml:lang="en-GB">Oslo</rdfs:label>
                <skos:altLabel xml:lang="no">Kristiania</skos:altLabel>
                <rdfs:comment>A city.</rdfs:comment>
                <capitalOf rdf:resource="http://e/norway"/>
                <people>709037</people>
              </rdf:Description>
            </rdf:RDF>
            """;
    private static final String JSON = """
            {"@context": {"label": "http://www.w3.org/2000/01/rdf-schema#label",
                "alias": "http://www.w3.org/2004/02/skos/core#altLabel"},
             "@id": "http://e/oslo", "label": {"@value": "Oslo", "@language": "en-GB"},
             "alias": {"@value": "Kristiania", "@language": "no"},
             "http://www.w3.org/2000/01/rdf-schema#comment": "A city.",
             "http://e/capitalOf": {"@id": "http://e/norway"}, "http://e/people": 709037}
            """;
    private static final List<Statement> OSLO = List.of(
            label("http://e/oslo", "Oslo", "en-gb"),
            alias("http://e/oslo", "Kristiania", "no"),
            description("http://e/oslo", "A city.", ""),
            relation("http://e/oslo", "http://e/capitalOf", "http://e/norway"),
            attribute("http://e/oslo", "http://e/people", "709037", ""));

    static Map<GraphForm, String> files() {
        return Map.of(
                GraphForm.TURTLE,
                TURTLE,
                GraphForm.TRIG,
                TURTLE.replace(":oslo", "GRAPH :g { :oslo").replace("709037 .", "709037 . }"),
                GraphForm.N_TRIPLES,
                TRIPLES,
                GraphForm.N_QUADS,
                TRIPLES.replace(" .\n", " <http://e/g> .\n"),
                GraphForm.RDF_XML,
                XML,
                GraphForm.JSON_LD,
                JSON);
    }

    static Set<GraphForm> forms() {
        return files().keySet();
    }

    @ParameterizedTest
    @MethodSource("forms")
    void rdf_saysTheSameInEveryForm(GraphForm form) {
        ReadGraph read = ReadGraph.of(form, files().get(form));
        assertThat(read.faults()).isEmpty();
        assertThat(read.statements()).containsExactlyInAnyOrderElementsOf(OSLO);
    }

    @ParameterizedTest
    @MethodSource("forms")
    void rdf_mayBeginWithAByteOrderMark(GraphForm form) {
        if (form != GraphForm.JSON_LD) {
            ReadGraph read = ReadGraph.of(form, "\uFEFF" + files().get(form));
            assertThat(read.faults()).isEmpty();
            assertThat(read.statements()).hasSize(OSLO.size());
        }
    }

    @Test
    void naming_canBeChosen() {
        Naming naming = new Naming(Set.of("http://e/people"), Set.of(), Set.of());
        GraphReading usual = ReadGraph.reading(GraphForm.TURTLE);
        GraphReading chosen = new GraphReading(
                usual.form(), usual.base(), usual.nodes(), "nb", naming, usual.columns(), usual.limits());
        assertThat(ReadGraph.of(chosen, TURTLE.getBytes(StandardCharsets.UTF_8)).statements())
                .contains(label("http://e/oslo", "709037", "nb"))
                .contains(attribute("http://e/oslo", "http://www.w3.org/2000/01/rdf-schema#label", "Oslo", "en-gb"));
    }

    @Test
    void relativeIris_areResolvedAgainstTheBase_andFaultsWithoutOne() {
        String file = "<oslo> <in> <norway> .";
        assertThat(ReadGraph.of(GraphForm.TURTLE, file).faults()).hasSize(1);
        GraphReading plain = ReadGraph.reading(GraphForm.TURTLE);
        GraphReading based = new GraphReading(
                plain.form(),
                Optional.of("http://e/"),
                plain.nodes(),
                "",
                plain.naming(),
                plain.columns(),
                plain.limits());
        assertThat(ReadGraph.of(based, file.getBytes(StandardCharsets.UTF_8)).statements())
                .containsExactly(relation("http://e/oslo", "http://e/in", "http://e/norway"));
    }

    @Test
    void nodesWithoutAName_areNobodyElses_andMayGoInCircles() {
        for (GraphForm form : List.of(GraphForm.N_TRIPLES, GraphForm.TURTLE)) {
            ReadGraph read = ReadGraph.of(form, "_:a <http://e/next> _:b .\n_:b <http://e/next> _:a .\n");
            assertThat(read.statements())
                    .containsExactly(
                            relation("_:1/a", "http://e/next", "_:1/b"), relation("_:1/b", "http://e/next", "_:1/a"));
        }
    }

    @Test
    void emptyLiterals_sayNothing() {
        ReadGraph read = ReadGraph.of(GraphForm.N_TRIPLES, "<http://e/a> <http://e/b> \"\" .\n");
        assertThat(read.statements()).isEmpty();
        assertThat(read.faults()).isEmpty();
    }

    @Test
    void tsv_namesDescribesAndRelates() {
        ReadGraph read = ReadGraph.of(
                GraphForm.TSV,
                "head\trelation\ttail\noslo\tlabel\tOslo\noslo\talias@NO\tKristiania\r\n\noslo\tdescription@en\tA city."
                        + "\noslo\tcapital of\tnorway");
        assertThat(read.faults()).isEmpty();
        assertThat(read.statements())
                .containsExactly(
                        label("oslo", "Oslo", ""),
                        alias("oslo", "Kristiania", "no"),
                        description("oslo", "A city.", "en"),
                        relation("oslo", "capital of", "norway"));
    }

    @Test
    void csv_readsEntitiesByTheNamesOfTheColumns() {
        ReadGraph read = ReadGraph.of(
                GraphForm.CSV,
                "id,label@en,alias,description,people\noslo,Oslo,Kristiania|Christiania,\"A city,\nin Norway\",709037\n"
                        + "bergen,Bergen,,,\n");
        assertThat(read.faults()).isEmpty();
        assertThat(read.statements())
                .containsExactly(
                        label("oslo", "Oslo", "en"),
                        alias("oslo", "Kristiania", ""),
                        alias("oslo", "Christiania", ""),
                        description("oslo", "A city,\nin Norway", ""),
                        attribute("oslo", "people", "709037", ""),
                        label("bergen", "Bergen", "en"));
    }

    @Test
    void csv_readsEntitiesByAMappingOfColumns() {
        Columns columns = new Columns(
                Optional.of("code"), Set.of("name@en"), Set.of("other"), Set.of("about"), Set.of("borders"));
        ReadGraph read = ReadGraph.of(
                ReadGraph.reading(GraphForm.CSV, columns),
                "name@en,code,other,about,borders\nNorway,NO,Norge,A country.,SE|FI\n"
                        .getBytes(StandardCharsets.UTF_8));
        assertThat(read.statements())
                .containsExactly(
                        label("NO", "Norway", "en"),
                        alias("NO", "Norge", ""),
                        description("NO", "A country.", ""),
                        relation("NO", "borders", "SE"),
                        relation("NO", "borders", "FI"));
    }

    @Test
    void csv_readsTriples() {
        ReadGraph read = ReadGraph.of(GraphForm.CSV, "head,relation,tail\noslo,label@en,Oslo\noslo,in,norway\n");
        assertThat(read.statements()).containsExactly(label("oslo", "Oslo", "en"), relation("oslo", "in", "norway"));
    }

    @Test
    void csv_withoutIds_isRefused() {
        assertThatThrownBy(() -> ReadGraph.of(GraphForm.CSV, "name,people\nOslo,1\n"))
                .isInstanceOf(Refusal.Invalid.class)
                .hasMessageContaining("entity_column");
        assertThatThrownBy(() -> ReadGraph.of(GraphForm.CSV, "id,id\n1,2\n")).isInstanceOf(Refusal.Invalid.class);
        assertThatThrownBy(() -> ReadGraph.of(GraphForm.CSV, "")).isInstanceOf(Refusal.Invalid.class);
    }
}
