// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perennial.blas.OpenBlas;
import dev.perennial.member.Features;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class KinTest {
    private static final int HELD_OUT = 30;
    private final OpenBlas algebra = new OpenBlas(1L << 28);
    private final Random random = new Random(4);

    @Test
    void kin_areTheNearestSixOfThoseThatAreClose() {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            rows.add(row(i, 0.2, i % 10 != 3));
        }
        for (int i = 400; i < 420; i++) {
            rows.add(row(i, 20, true));
        }

        Kin kin = Kin.of(algebra, 0, rows.subList(0, HELD_OUT), rows);

        for (int i = 0; i < HELD_OUT; i++) {
            int self = i;
            List<String> expected = IntStream.range(0, rows.size())
                    .filter(j -> j != self && rows.get(j).heldOut() && distance(rows.get(self), rows.get(j)) < 0.3)
                    .boxed()
                    .sorted(Comparator.comparingDouble(j -> distance(rows.get(self), rows.get(j))))
                    .limit(6)
                    .map(j -> rows.get(j).key())
                    .toList();
            assertThat(kin.kin().get(i).stream().map(at -> kin.rows().get(at).key()))
                    .containsExactlyElementsOf(expected);
        }
        assertThat(kin.kin().get(0)).hasSize(6);
    }

    @Test
    void none_leavesEveryRowAlone() {
        List<Row> rows = List.of(row(0, 0.1, true), row(1, 0.1, true));
        Kin kin = Kin.none(rows);
        assertThat(kin.rows()).isEqualTo(rows);
        assertThat(kin.block(1)).containsExactly(1);
    }

    private Row row(int number, double spread, boolean heldOut) {
        float[] vector = new float[16];
        for (int k = 0; k < vector.length; k++) {
            vector[k] = (float) (0.3 + spread * random.nextGaussian() / 4);
        }
        return new Row("row " + number, new Features(List.of(vector)), new double[] {1}, 1, 0, heldOut);
    }

    private static double distance(Row a, Row b) {
        return a.features().squaredDistance(b.features(), 0);
    }
}
