// SPDX-License-Identifier: Apache-2.0
package dev.perennial.knowledge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.perennial.encode.FakeEncoder;
import dev.perennial.knowledge.Statement.Aspect;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class LinkerTest {
    private static final List<Statement> BANKS = List.of(
            new Statement("bank-money", Aspect.LABEL, "", "bank", "en", 3),
            Statement.description("bank-money", "an institution for money, loans and an account", "en"),
            Statement.label("bank-river", "bank", "en"),
            Statement.description("bank-river", "the sloping land beside a river or a lake", "en"),
            Statement.label("river", "river", "en"),
            Statement.label("relation", "account", "en"),
            Statement.relation("river", "relation", "bank-river"));

    private final FakeEncoder encoder = new FakeEncoder();
    private final TextualVectors texts = new TextualVectors(Verbalisation.DESCRIPTION, encoder);
    private final KnowledgeGraph graph = KnowledgeGraphTest.graph(BANKS);

    private Linker byContext(LinkerSettings settings) {
        EntityVectors vectors = texts.build(graph, Optional.empty(), (done, all) -> true);
        return Linker.byContext(AliasIndex.of(graph), settings, texts, vectors);
    }

    private static List<String> entities(Linker linker, String text) {
        return linker.link(text).stream().map(LinkedEntity::entity).toList();
    }

    @Test
    void nameOfSeveralMeanings_meansWhatTheTextIsAbout() {
        Linker linker = byContext(LinkerSettings.defaults());

        assertThat(entities(linker, "the bank beside the river and the sloping land"))
                .contains("bank-river");
        assertThat(entities(linker, "loans and an account for money at the bank"))
                .containsExactly("bank-money");
        Linker blind = Linker.byPrior(AliasIndex.of(graph), LinkerSettings.defaults());
        assertThat(entities(blind, "the bank beside the river and the sloping land"))
                .containsExactly("bank-money", "river");
        Linker deaf = byContext(new LinkerSettings(0, 100, 100));
        assertThat(entities(deaf, "the bank beside the river and the sloping land"))
                .contains("bank-money");
    }

    @Test
    void link_saysWhereAndHowMuch() {
        Linker linker = Linker.byPrior(AliasIndex.of(graph), LinkerSettings.defaults());

        LinkedEntity river = linker.link("A River, wide").get(0);
        assertThat(river).isEqualTo(new LinkedEntity("animals", "river", "river", "River", 2, 7, river.weight()));
        double rarity = Math.log(1002 / 2.0) / Math.log(1002);
        assertThat(river.weight()).isCloseTo(rarity, within(1e-6));
        assertThat(linker.link("a bank").get(0).weight()).isCloseTo(9 / (9 + 5.0), within(1e-6));
    }

    @Test
    void textWithoutNamesOfSeveralMeanings_isNotRead() {
        Linker linker = byContext(LinkerSettings.defaults());
        long before = encoder.encoded();

        linker.link("a river, and nothing else");
        assertThat(encoder.encoded()).isEqualTo(before);
        linker.link("a bank, a bank and a bank");
        assertThat(encoder.encoded()).isEqualTo(before + 1);
    }

    @Test
    void mentionsAndWords_areBounded() {
        Linker linker = byContext(new LinkerSettings(5, 10, 3));

        assertThat(linker.link("river ".repeat(9))).hasSize(3);
        assertThat(linker.link("word ".repeat(10) + "river")).isEmpty();
        assertThat(linker.link("word ".repeat(9) + "river")).hasSize(1);
        assertThat(linker.links("river", 0)).isEqualTo(new Linker.Links(List.of(), 0, true));
    }

    @Test
    void changedEntity_isLinkedAtOnce_byItsNewDescription() {
        Linker linker = byContext(LinkerSettings.defaults());
        KnowledgeGraph next = graph.with(
                "bank-seat",
                List.of(
                        Statement.label("bank-seat", "bank", "en"),
                        Statement.description("bank-seat", "a long wooden seat for several people", "en")));
        Linker changed = linker.with(AliasIndex.of(graph).with(next, "bank-seat"), List.of("bank-seat"));

        String text = "several people on a long wooden seat, a bank";
        assertThat(entities(linker, text)).doesNotContain("bank-seat");
        assertThat(entities(changed, text)).containsExactly("bank-seat");
    }
}
