// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perennial.blas.OpenBlas;
import dev.perennial.member.RandomFeatures;
import dev.perennial.member.View;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class LedgerTest {
    private static final List<String> LABELS = List.of("a", "b", "c");
    private final OpenBlas algebra = new OpenBlas(1L << 30);
    private final RandomFeatures features = new RandomFeatures(View.firsts(2), RandomRows.DIMENSION, 60, 1);
    private final Random random = new Random(9);
    private final List<Row> rows = RandomRows.of(random, 1500, 0, 3);

    @Test
    void comingAndGoing_leavesTheBitsOfTheRowsThatAreThere() {
        List<Row> half = rows.subList(0, 700);
        Ledger lived = new Ledger(algebra, features);
        List<Row> shuffled = new ArrayList<>(rows);
        for (int size : new int[] {3, 1200, 40, 1500}) {
            Collections.shuffle(shuffled, random);
            lived.become(shuffled.subList(0, size), LABELS, 3);
        }
        lived.become(half, LABELS, 3);
        assertSameBits(lived, fresh(half, LABELS, 3));
    }

    @Test
    void withoutRows_nothingIsLeft() {
        Ledger ledger = fresh(rows, LABELS, 3);
        ledger.become(List.of(), List.of(), 0);
        assertThat(ledger.gram().copy().data()).containsOnly(0);
        assertThat(ledger.cross().data()).isEmpty();
    }

    @Test
    void labelsThatComeAndGo_takeTheirColumnsWithThem() {
        List<Row> few = rows.subList(0, 30);
        Ledger ledger = fresh(few, LABELS, 3);
        List<Row> more = new ArrayList<>();
        few.forEach(row -> more.add(retargeted(row, row.key(), row.target()[0], 0, row.target()[1], row.target()[2])));
        Row ofNew = retargeted(rows.get(40), "key of aa", 0, 1, 0, 0);
        more.add(ofNew);
        ledger.become(more, List.of("a", "aa", "b", "c"), 4);
        assertSameBits(ledger, fresh(more, List.of("a", "aa", "b", "c"), 4));

        ledger.become(few, LABELS, 3);
        assertSameBits(ledger, fresh(few, LABELS, 3));
    }

    @Test
    void changeThatFailsHalfWay_leavesNothingBehind() {
        Ledger ledger = fresh(rows.subList(0, 40), LABELS, 3);
        List<Row> broken = new ArrayList<>(rows);
        broken.set(1400, retargeted(rows.get(1400), "broken", new double[9]));
        broken.get(1400).target()[8] = 1;
        assertThatThrownBy(() -> ledger.become(broken, LABELS, 3)).isInstanceOf(RuntimeException.class);

        ledger.become(rows, LABELS, 3);

        assertSameBits(ledger, fresh(rows, LABELS, 3));
    }

    @Test
    void copies_areTheCallers() {
        Ledger ledger = fresh(rows.subList(0, 5), LABELS, 3);
        double[] before = ledger.gram().copy().data();
        ledger.gram().copy().addToDiagonal(1);
        ledger.gram().factor(1).close();
        ledger.cross().set(0, 0, 42);
        assertThat(ledger.gram().copy().data()).isEqualTo(before);
        assertThat(ledger.cross().at(0, 0)).isNotEqualTo(42);
    }

    @Test
    void budget_letsTheStatisticsUsedLongestAgoGo() {
        Ledgers first = new Ledgers();
        Ledgers second = new Ledgers();
        first.of("both", features, algebra);
        LedgerBudget budget = new LedgerBudget(first.bytes() + 1);
        budget.used(first);
        assertThat(first.bytes()).isPositive();
        second.of("both", features, algebra);
        budget.used(second);
        assertThat(first.bytes()).isZero();
        assertThat(second.bytes()).isPositive();
    }

    private Ledger fresh(List<Row> some, List<String> labels, int outputs) {
        Ledger ledger = new Ledger(algebra, features);
        ledger.become(some, labels, outputs);
        return ledger;
    }

    private static Row retargeted(Row row, String key, double... target) {
        return new Row(key, row.features(), target, row.weight(), row.prior(), row.heldOut());
    }

    private static void assertSameBits(Ledger actual, Ledger expected) {
        assertThat(actual.gram().copy().data()).isEqualTo(expected.gram().copy().data());
        assertThat(actual.cross().data()).isEqualTo(expected.cross().data());
    }
}
