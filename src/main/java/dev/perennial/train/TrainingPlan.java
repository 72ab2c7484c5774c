// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

/**
 * How a training goes.
 *
 * @param steps number of steps
 * @param rate highest learning rate, reached after the warm-up
 * @param warmUp share of the steps in which the rate grows from nothing; it falls to nothing in the others
 * @param decay weight decay, of {@link AdamW}
 * @param pull strength a of the pull {@code a/2 |w - w0|^2} towards the values at the beginning (L2-SP; Li, Grandvalet
 *     and Davoine 2018)
 * @param mixout share of numbers that each step puts back to those values (Lee, Cho and Kang 2020), in [0, 1)
 * @param clip greatest length of a gradient, of all parameters together; a longer one is shortened to it; 0 lets any
 *     pass
 * @param seed of everything that is drawn
 */
public record TrainingPlan(
        int steps, double rate, double warmUp, float decay, float pull, float mixout, float clip, long seed) {
    public TrainingPlan {
        boolean sizes = steps >= 1 && rate > 0 && warmUp >= 0 && warmUp <= 1;
        if (!sizes || !(decay >= 0) || !(pull >= 0) || !(mixout >= 0 && mixout < 1) || !(clip >= 0)) {
            throw new IllegalArgumentException("not a plan of a training");
        }
    }

    /** What was found to work for small encoders and few examples. */
    public static TrainingPlan defaults(long seed) {
        return new TrainingPlan(40, 1e-3, 0.1, 0, 0, 0, 0, seed);
    }

    public TrainingPlan withSteps(int number) {
        return new TrainingPlan(number, rate, warmUp, decay, pull, mixout, clip, seed);
    }

    public TrainingPlan withRate(double highest) {
        return new TrainingPlan(steps, highest, warmUp, decay, pull, mixout, clip, seed);
    }

    public TrainingPlan withClip(float greatest) {
        return new TrainingPlan(steps, rate, warmUp, decay, pull, mixout, greatest, seed);
    }

    /** Linear warm-up, then linear decay; {@code step} counts from 1. */
    double rateAt(int step) {
        double up = Math.max(1, Math.ceil(warmUp * steps));
        return step <= up ? rate * step / up : rate * (steps + 1 - step) / (steps + 1 - up);
    }
}
