// SPDX-License-Identifier: Apache-2.0
package dev.perennial.knowledge;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.perennial.encode.FakeEncoder;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class InferredVectorsTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final TextualVectors descriptions = new TextualVectors(Verbalisation.DESCRIPTION, new FakeEncoder());

    /** A graph of one entity with a given vector and so many that lack one and have no neighbours. */
    private KnowledgeEncoder lonely(int entities) {
        List<Statement> statements = new ArrayList<>(anchor("a thing"));
        for (int i = 0; i < entities; i++) {
            statements.add(Statement.label("e" + i, "name" + i % 7, ""));
        }
        KnowledgeGraph graph = KnowledgeGraphTest.graph(statements);
        Linker linker = Linker.byContext(
                AliasIndex.of(graph),
                LinkerSettings.defaults(),
                descriptions,
                descriptions.build(graph, Optional.empty(), (done, all) -> true));
        EntityVectorsBuilder builder = new EntityVectorsBuilder(2);
        builder.add("anchor", new float[] {1, 0});
        builder.add("other", new float[] {0, 1});
        return KnowledgeEncoder.given(linker, builder.build("given"));
    }

    private static List<Statement> anchor(String description) {
        return List.of(Statement.label("anchor", "anchor", ""), Statement.description("anchor", description, "en"));
    }

    @Test
    void anchorThatIsDescribedOtherwise_movesAllThatLackAVector_orHasTheGraphReadAnew() {
        KnowledgeEncoder most = lonely(Late.MOST);
        assertThat(most.with("anchor", anchor("another")).late()).isEqualTo(Late.MOST);
        assertThat(most.with("anchor", anchor("a thing")).late()).isZero();

        KnowledgeEncoder fewer = most.without("e0").with("anchor", anchor("another"));
        assertThat(fewer.late()).isEqualTo(Late.MOST - 1);
        assertThat(fewer.isOutrun()).isFalse();
        KnowledgeEncoder more =
                most.with("new", List.of(Statement.label("new", "new", ""))).with("anchor", anchor("another"));
        assertThat(more.isOutrun()).isTrue();
        assertThat(more.late()).isZero();
        assertThat(lonely(Late.MOST + 1).with("anchor", anchor("another")).isOutrun())
                .isTrue();
    }

    @Test
    void relationToAnEntityOfWhichNothingIsStated_countsByItsGivenVector_whereNobodyIsDescribed() {
        KnowledgeEncoder encoder = lonely(1)
                .with("other", List.of(Statement.label("other", "other", "")))
                .with("e0", List.of(Statement.label("e0", "e0", ""), Statement.relation("e0", "r", "other")));

        KnowledgeEncoder alone = encoder.without("other").without("anchor").caughtUp(9);
        assertThat(alone.vectors().vector("e0")).contains(new float[] {0, 1});
    }

    /** What it is told by its description, a class that it belongs to would only blur. */
    @Test
    void description_countsForMoreThanNeighbours() {
        List<Statement> statement = List.of(
                Statement.label("e0", "e0", ""),
                Statement.description("e0", "a thing", "en"),
                Statement.relation("e0", "r", "other"));
        KnowledgeEncoder encoder = lonely(1)
                .with("other", List.of(Statement.label("other", "other", "")))
                .with("e0", statement)
                .caughtUp(9);

        float[] vector = encoder.vectors().vector("e0").orElseThrow();
        assertThat(vector[0]).isPositive();
    }

    @Test
    void editOfOneEntity_costsTheSameHoweverManyOthersAreLonely() {
        KnowledgeEncoder encoder = lonely(60_000);
        List<Statement> renamed = List.of(Statement.label("e7", "another", ""));

        encoder.with("e7", renamed);
        long bytes = THREADS.getCurrentThreadAllocatedBytes();
        KnowledgeEncoder next = encoder.with("e7", renamed);
        assertThat(THREADS.getCurrentThreadAllocatedBytes() - bytes).isLessThan(1 << 20);
        assertThat(next.late()).isZero();
    }
}
