// SPDX-License-Identifier: Apache-2.0
package dev.perennial.adapt;

/**
 * How the values of a tensor that a new task has trained are merged with those that older tasks rely on: {@code merged
 * = retention * old + (1 - retention) * new}. Every rule says how much of the old is retained, a number in [0, 1].
 */
public sealed interface MergeRule {

    /** Nothing of the old is retained; what sequential training does. */
    record Replace() implements MergeRule {}

    /** The new values are averaged with the old ones after every step of the training. */
    sealed interface EachStep extends MergeRule {
        /**
         * How much of the average is retained at one step.
         *
         * @return in [0, 1]
         */
        double retention(TensorStep step);

        /** Whether the average begins with the values after the first step, rather than with those before it. */
        boolean beginsAfterFirstStep();
    }

    /**
     * The published rule, {@code (|g| + 1) / (|now - average| * |g - g'| / |now - before|)} with sums of absolute
     * values (Large Continual Instruction Assistant, arXiv 2410.10868, the stationary point of its equation for the
     * balance of plasticity and stability). It adds 1, which has no unit, to a gradient: on tensors with few elements
     * it leaves [0, 1] at almost every step, and the fallback decides.
     *
     * @param fallback retention where the rule gives none in (0, 1); 0.99 in the paper
     */
    record LciaPaper(double fallback) implements EachStep {
        public LciaPaper {
            requireShare(fallback);
        }

        @Override
        public double retention(TensorStep step) {
            double curvature = step.gradientChange() / step.stepLength();
            double retention = (step.gradientSize() + 1) / (step.distance() * curvature);
            return isInside(retention) ? retention : fallback;
        }

        @Override
        public boolean beginsAfterFirstStep() {
            return false;
        }
    }

    /**
     * The rule as the authors' program has it: {@code factor * (1 + |g|) / (|now - average| * |g - g'|)} is the share
     * of the new values, not of the old ones. The share falls with the square of the number of elements, so that the
     * factor holds for one size of tensor only.
     *
     * @param factor 2 in one of the published programs, 0.01 in another
     * @param fallback share of the new values where the rule gives none in (0, 1); 0.01 and 0.001 there
     */
    record LciaCode(double factor, double fallback) implements EachStep {
        public LciaCode {
            if (!(factor > 0)) {
                throw new IllegalArgumentException("a factor that is not positive");
            }
            requireShare(fallback);
        }

        @Override
        public double retention(TensorStep step) {
            double share = factor * unscaled(step);
            return 1 - (isInside(share) ? share : fallback);
        }

        @Override
        public boolean beginsAfterFirstStep() {
            return true;
        }

        /** The share of the new values with the factor 1; not finite where nothing has moved. */
        static double unscaled(TensorStep step) {
            return (1 + step.gradientSize()) / (step.distance() * step.gradientChange());
        }
    }

    /**
     * The same with a factor found for each tensor: so many steps are averaged at the wanted share while they are
     * looked at, and then the factor is the one by which their median share would have been that
     * ({@link FactorSearch}).
     *
     * @param steps that are looked at
     * @param share of the new values, in (0, 1); also where the rule gives none
     */
    record LciaSearched(int steps, double share) implements EachStep {
        public LciaSearched {
            if (steps < 1) {
                throw new IllegalArgumentException("no steps to look at");
            }
            requireShare(share);
        }

        /** The share while steps are looked at. */
        @Override
        public double retention(TensorStep step) {
            return 1 - share;
        }

        @Override
        public boolean beginsAfterFirstStep() {
            return true;
        }

        /** The rule from then on. */
        LciaCode found(double[] unscaled) {
            return new LciaCode(FactorSearch.factor(unscaled, share), share);
        }
    }

    /**
     * One merge at the end, at the point of the line between the old values and the new ones where the sum of both
     * losses is least, each taken as a parabola. It does not depend on the number of elements, nor on the unit of the
     * loss.
     */
    record LineMerge() implements MergeRule {
        /** How much of the old is retained; all of it where neither side has any evidence. */
        public double retention(TensorEvidence evidence) {
            double gain = 0;
            double curvature = 0;
            for (int i = 0; i < evidence.old().length; i++) {
                double gap = (double) evidence.now()[i] - evidence.old()[i];
                double square = gap * gap;
                gain += evidence.gradient()[i] * gap + evidence.oldFisher()[i] * square;
                curvature += (evidence.oldFisher()[i] + evidence.newFisher()[i]) * square;
            }
            return curvature > 0 ? Math.min(1, Math.max(0, gain / curvature)) : 1;
        }
    }

    private static boolean isInside(double share) {
        return share > 0 && share < 1;
    }

    private static void requireShare(double share) {
        if (!isInside(share)) {
            throw new IllegalArgumentException("a share that is not between 0 and 1");
        }
    }
}
