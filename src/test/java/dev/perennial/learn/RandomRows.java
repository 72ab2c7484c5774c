// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.math.FixedPoint;
import dev.perennial.member.Features;
import dev.perennial.member.RandomInputs;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Random rows of a regression over two members, some of them near copies of others, with weights. */
final class RandomRows {
    static final int[] DIMENSIONS = {10, 7};
    static final int DIMENSION = 17;

    private RandomRows() {}

    /** Examples, of which every third is a near copy of the one before, then rows that are not held out. */
    static List<Row> of(Random random, int examples, int descriptions, int outputs) {
        List<Row> rows = new ArrayList<>();
        List<Features> inputs = RandomInputs.of(random, examples + descriptions, DIMENSIONS);
        for (int i = 0; i < inputs.size(); i++) {
            Features features = i % 3 == 2 && i < examples ? near(inputs.get(i - 1)) : inputs.get(i);
            double[] target = new double[outputs];
            for (int c = 0; c < outputs; c++) {
                target[c] = FixedPoint.round(random.nextDouble());
            }
            double weight = FixedPoint.roundWeight(0.25 + 2 * random.nextDouble());
            rows.add(new Row(String.format("key %03d", i), features, target, weight, 0, i < examples));
        }
        return rows;
    }

    private static Features near(Features features) {
        List<float[]> blocks = new ArrayList<>();
        for (float[] block : features.byMember()) {
            float[] copy = block.clone();
            copy[0] += 0.05f;
            blocks.add(copy);
        }
        return new Features(blocks);
    }
}
