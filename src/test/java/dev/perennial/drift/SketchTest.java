// SPDX-License-Identifier: Apache-2.0
package dev.perennial.drift;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

final class SketchTest {

    @Test
    void squaredDistances_stayWhatTheyAre_onAverage() {
        Random random = new Random(3);
        Sketch sketch = new Sketch(384);
        double ratio = 0;
        int pairs = 200;
        for (int pair = 0; pair < pairs; pair++) {
            float[] a = vector(random);
            float[] b = vector(random);
            double before = 0;
            for (int k = 0; k < a.length; k++) {
                before += (a[k] - b[k]) * (a[k] - b[k]);
            }
            byte[] p = sketch.of(a);
            byte[] q = sketch.of(b);
            double after = 0;
            for (int k = 0; k < p.length; k++) {
                double gap = Sketch.UNIT * (p[k] - q[k]);
                after += gap * gap;
            }
            ratio += after / before / pairs;
        }
        assertThat(ratio).isBetween(0.93, 1.07);
    }

    @Test
    void equalVectors_haveEqualSketches_fromOneStartToTheNext() {
        float[] vector = vector(new Random(1));

        assertThat(new Sketch(384).of(vector))
                .isEqualTo(new Sketch(384).of(vector))
                .hasSize(32);
    }

    /** Of components such that unrelated vectors are 1 apart. */
    private static float[] vector(Random random) {
        float[] vector = new float[384];
        for (int k = 0; k < vector.length; k++) {
            vector[k] = (float) (random.nextGaussian() / Math.sqrt(2 * vector.length));
        }
        return vector;
    }
}
