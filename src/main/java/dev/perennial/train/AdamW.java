// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import java.nio.FloatBuffer;

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter 2019), for one parameter: with the derivative g at step t,
 *
 * <pre>
 * m = b1 m + (1 - b1) g,  v = b2 v + (1 - b2) g^2
 * w = w - rate ( m / (1 - b1^t) / (sqrt(v / (1 - b2^t)) + epsilon) + decay w )
 * </pre>
 *
 * <p>Numbers outside the parameter's mask stay as they are. Confined to one thread.
 */
final class AdamW {
    private static final double FIRST = 0.9;
    private static final double SECOND = 0.999;
    private static final double EPSILON = 1e-8;

    private final Parameter parameter;
    private final float decay;
    private final float[] means;
    private final float[] squares;

    AdamW(Parameter parameter, float decay) {
        this.parameter = parameter;
        this.decay = decay;
        this.means = new float[parameter.size()];
        this.squares = new float[parameter.size()];
    }

    Parameter parameter() {
        return parameter;
    }

    /** The running means m, live. */
    float[] means() {
        return means;
    }

    /** The running means of squares v, live. */
    float[] squares() {
        return squares;
    }

    /** @param step counted from 1 */
    void step(int step, double rate) {
        Step now = new Step(rate * parameter.rate(), 1 - Math.pow(FIRST, step), 1 - Math.pow(SECOND, step));
        if (parameter.mask().isPresent()) {
            for (int i : parameter.mask().get()) {
                update(i, now);
            }
        } else {
            for (int i = 0; i < means.length; i++) {
                update(i, now);
            }
        }
    }

    private record Step(double rate, double firstCorrection, double secondCorrection) {}

    private void update(int i, Step now) {
        FloatBuffer values = parameter.values();
        double gradient = parameter.gradient().get(i);
        means[i] = (float) (FIRST * means[i] + (1 - FIRST) * gradient);
        squares[i] = (float) (SECOND * squares[i] + (1 - SECOND) * gradient * gradient);
        double direction =
                means[i] / now.firstCorrection() / (Math.sqrt(squares[i] / now.secondCorrection()) + EPSILON);
        double value = values.get(i);
        values.put(i, (float) (value - now.rate() * (direction + decay * value)));
    }
}
