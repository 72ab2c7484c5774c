// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import java.util.SplittableRandom;

/**
 * Mixout (Lee, Cho and Kang 2020), for one parameter and step: numbers drawn with probability p go back to their
 * initial values u, and the others move so that the mean stays. With {@code m} 0 with probability p and else 1,
 *
 * <pre>
 * w~ = ((1 - m) u + m w - p u) / (1 - p),   dL/dw = m / (1 - p) dL/dw~
 * </pre>
 */
final class Mixout {
    private final Parameter parameter;
    private final float[] learnt;
    private final boolean[] back;
    private final float share;

    private Mixout(Parameter parameter, float share) {
        this.parameter = parameter;
        this.learnt = parameter.copy();
        this.back = new boolean[learnt.length];
        this.share = share;
    }

    /** Puts mixed numbers in the place of the learnt ones. */
    static Mixout begin(Parameter parameter, float share, SplittableRandom random) {
        Mixout mixout = new Mixout(parameter, share);
        float[] initial = parameter.initial();
        for (int i = 0; i < initial.length; i++) {
            mixout.back[i] = random.nextDouble() < share;
            float mixed = mixout.back[i] ? initial[i] : mixout.learnt[i];
            parameter.values().put(i, (mixed - share * initial[i]) / (1 - share));
        }
        return mixout;
    }

    /** Puts the learnt numbers back and gives their derivatives. */
    void end() {
        parameter.values().put(0, learnt);
        for (int i = 0; i < learnt.length; i++) {
            float gradient = parameter.gradient().get(i);
            parameter.gradient().put(i, back[i] ? 0 : gradient / (1 - share));
        }
    }
}
