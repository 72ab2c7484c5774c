// SPDX-License-Identifier: Apache-2.0
package dev.perennial.knowledge;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ConcernTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** A graph in which so many entities stand in a relation to one, which has one to itself. */
    private static KnowledgeGraph hub(int neighbours) {
        List<Statement> statements = new ArrayList<>();
        for (int i = 0; i < neighbours; i++) {
            statements.add(Statement.relation("http://example.org/entity/" + i, "r", "hub"));
        }
        statements.add(Statement.label("hub", "hub", ""));
        statements.add(Statement.relation("hub", "r", "hub"));
        return KnowledgeGraphTest.graph(statements);
    }

    private static KnowledgeGraph renamed(KnowledgeGraph hub) {
        return hub.with("hub", List.of(Statement.label("hub", "centre", ""), Statement.relation("hub", "r", "hub")));
    }

    private static Late others(KnowledgeGraph before, KnowledgeGraph after, String entity) {
        return new Concern(before, after, entity).others();
    }

    @Test
    void neighboursOfARenamedEntity_areConcerned_untilTheyAreTooMany() {
        KnowledgeGraph most = hub(Late.MOST);
        KnowledgeGraph more = hub(Late.MOST + 1);

        Late all = others(most, renamed(most), "hub");
        assertThat(all.more()).isFalse();
        assertThat(all.entities())
                .hasSize(Late.MOST)
                .contains("http://example.org/entity/0")
                .doesNotContain("hub");
        assertThat(others(more, renamed(more), "hub")).isEqualTo(Late.TOO_MANY);
    }

    @Test
    void severalRelationsToOneEntity_concernItOnce() {
        List<Statement> relations = new ArrayList<>(List.of(Statement.label("one", "one", "")));
        for (int i = 0; i <= Late.MOST; i++) {
            relations.add(Statement.relation("one", "r" + i, "other"));
        }
        KnowledgeGraph before = KnowledgeGraphTest.graph(relations);

        relations.set(0, Statement.label("one", "first", ""));
        assertThat(others(before, before.with("one", relations), "one").entities())
                .containsExactly("other");
    }

    @Test
    void relationsThatComeOrGo_concernThoseAtTheirOtherEnds() {
        KnowledgeGraph before = KnowledgeGraphTest.graph(List.of(
                Statement.label("a", "A", ""),
                Statement.relation("a", "r", "stays"),
                Statement.relation("a", "r", "goes"),
                Statement.relation("above", "r", "a")));
        KnowledgeGraph after = before.with(
                "a",
                List.of(
                        Statement.label("a", "A", ""),
                        Statement.relation("a", "r", "stays"),
                        Statement.relation("a", "r", "comes")));

        assertThat(others(before, after, "a").entities()).containsExactlyInAnyOrder("goes", "comes");
        assertThat(others(after, after.without("a"), "a").entities())
                .as("the name is gone, too")
                .containsExactlyInAnyOrder("stays", "comes", "above");
        assertThat(others(before, before.with("new", List.of(Statement.relation("new", "r", "a"))), "new")
                        .entities())
                .containsExactly("a");
    }

    @Test
    void neighboursThatAreTooMany_areNotGathered() {
        KnowledgeGraph before = hub(60_000);
        KnowledgeGraph after = renamed(before);

        long bytes = THREADS.getCurrentThreadAllocatedBytes();
        assertThat(others(before, after, "hub")).isEqualTo(Late.TOO_MANY);
        assertThat(THREADS.getCurrentThreadAllocatedBytes() - bytes).isLessThan(1 << 20);
    }
}
