// SPDX-License-Identifier: Apache-2.0
package dev.perennial.knowledge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.perennial.encode.FakeEncoder;
import dev.perennial.encode.Passage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;

final class TextualVectorsTest {
    private final FakeEncoder encoder = new FakeEncoder();

    private static List<Statement> statements() {
        List<Statement> statements = new ArrayList<>(List.of(
                Statement.label("dog", "dog", "en"),
                Statement.description("dog", "an animal that barks", "en"),
                Statement.relation("dog", "hypernym", "canine"),
                Statement.relation("dog", "http://x.org/partOf", "pack"),
                Statement.label("pack", "pack", "en"),
                Statement.relation("nameless", "hypernym", "dog"),
                Statement.label("corgi", "corgi", "en"),
                Statement.relation("corgi", "hypernym", "dog")));
        for (int i = 0; i < 20; i++) {
            statements.add(Statement.relation("pack", "has", "member" + (10 + i)));
        }
        return statements;
    }

    @Test
    void words_areNameDescriptionAndNeighbours() {
        KnowledgeGraph graph = KnowledgeGraphTest.graph(statements());

        assertThat(Verbalisation.SURROUNDINGS.text(graph, "dog"))
                .contains("dog: an animal that barks. part of pack; hypernym canine; hypernym of corgi; "
                        + "hypernym of nameless");
        assertThat(Verbalisation.SURROUNDINGS.text(graph, "pack"))
                .contains("pack. has member10; has member11; has member12; has member13; has member14; "
                        + "has member15; has member16; has member17");
        assertThat(Verbalisation.DESCRIPTION.text(graph, "dog")).contains("an animal that barks");
        assertThat(Verbalisation.DESCRIPTION.text(graph, "corgi")).contains("corgi. hypernym dog");
        assertThat(Verbalisation.SURROUNDINGS.text(graph, "nameless")).isEmpty();
    }

    @Test
    void longWords_areCutBetweenCharacters() {
        KnowledgeGraph graph = KnowledgeGraphTest.graph(
                List.of(Statement.description("e", "x" + "👍".repeat(600), ""), Statement.label("e", "e", "")));

        assertThat(Verbalisation.DESCRIPTION.text(graph, "e").orElseThrow()).hasSize(999);
    }

    @Test
    void vectors_areTheEncodersOfTheWords() {
        KnowledgeGraph graph = KnowledgeGraphTest.graph(statements());
        TextualVectors textual = new TextualVectors(Verbalisation.DESCRIPTION, encoder);
        List<Integer> told = new ArrayList<>();
        EntityVectors vectors = textual.build(graph, Optional.empty(), (done, all) -> told.add(done * 100 + all));

        assertThat(told).containsExactly(404);
        assertThat(vectors.rows()).isEqualTo(3);
        float[] expected = encoder.encode(List.of(Passage.of("an animal that barks")))
                .get(0)
                .vector();
        assertThat(vectors.vector("dog").orElseThrow()).containsExactly(expected, within(0.005f));
        assertThat(vectors.source()).isEqualTo(textual.source(graph)).matches("[0-9a-f]{64}");
        assertThat(vectors.source())
                .isNotEqualTo(new TextualVectors(Verbalisation.SURROUNDINGS, encoder).source(graph))
                .isNotEqualTo(new TextualVectors(Verbalisation.DESCRIPTION, new FakeEncoder("other")).source(graph));
    }

    @Test
    void wordsThatAreKnown_areNotReadAgain() {
        KnowledgeGraph graph = KnowledgeGraphTest.graph(statements());
        TextualVectors textual = new TextualVectors(Verbalisation.SURROUNDINGS, encoder);
        EntityVectors vectors = textual.build(graph, Optional.empty(), (done, all) -> true);
        long before = encoder.encoded();
        KnowledgeGraph changed = graph.with("corgi", List.of(Statement.label("corgi", "Corgi", "en")));
        EntityVectors rebuilt = textual.build(changed, Optional.of(vectors), (done, all) -> true);

        assertThat(before).isEqualTo(3);
        assertThat(encoder.encoded() - before)
                .as("corgi, and dog, which lost a neighbour")
                .isEqualTo(2);
        assertThat(rebuilt.digest())
                .isEqualTo(textual.build(changed, Optional.empty(), (done, all) -> true)
                        .digest());
        FakeEncoder other = new FakeEncoder("other");
        new TextualVectors(Verbalisation.SURROUNDINGS, other).build(graph, Optional.of(vectors), (done, all) -> true);
        assertThat(other.encoded()).as("read by another encoder").isEqualTo(3);
    }

    @Test
    void changedEntity_isReadAtOnce() {
        KnowledgeGraph graph = KnowledgeGraphTest.graph(statements());
        TextualVectors textual = new TextualVectors(Verbalisation.SURROUNDINGS, encoder);
        EntityVectors vectors = textual.build(graph, Optional.empty(), (done, all) -> true);
        KnowledgeGraph changed = graph.with("cat", List.of(Statement.label("cat", "cat", "en")));

        assertThat(textual.with(vectors, changed, List.of("cat")).vector("cat")).isPresent();
        assertThat(textual.with(vectors, graph.without("dog"), List.of("dog")).vector("dog"))
                .isEmpty();
    }

    @Test
    void build_endsWhenItIsToldTo() {
        List<Statement> many = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            many.add(Statement.label("e" + i, "name " + i, "en"));
        }
        TextualVectors textual = new TextualVectors(Verbalisation.DESCRIPTION, encoder);

        assertThatThrownBy(() ->
                        textual.build(KnowledgeGraphTest.graph(many), Optional.empty(), (done, all) -> done < 100))
                .isInstanceOf(CancellationException.class);
        assertThat(encoder.encoded()).isLessThan(200);
    }
}
