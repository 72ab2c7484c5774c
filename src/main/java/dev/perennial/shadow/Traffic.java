// SPDX-License-Identifier: Apache-2.0
package dev.perennial.shadow;

import dev.perennial.task.ContentKey;
import dev.perennial.task.Input;
import java.util.SplittableRandom;

/**
 * Which inputs a candidate answers. Equal inputs are always treated alike.
 *
 * @param share of the inputs that both answer, in [0, 1]
 * @param canary share of the inputs that the candidate answers in the place of what serves, in [0, 1]
 * @param seed of the choice
 */
public record Traffic(double share, double canary, long seed) {
    private static final int DIGITS = 16;
    private static final int HEXADECIMAL = 16;
    private static final long GOLDEN_RATIO = 0x9E3779B97F4A7C15L;
    private static final int OF_SHARE = 1;
    private static final int OF_CANARY = 2;

    public Traffic {
        if (!(share >= 0 && share <= 1 && canary >= 0 && canary <= 1)) {
            throw new IllegalArgumentException("shares lie in [0, 1]");
        }
    }

    /** Whether the candidate's answer is compared with that of what serves. */
    boolean isCompared(Input input) {
        return share == 1 || place(input, OF_SHARE) < share;
    }

    /** Whether the candidate answers whoever asks. */
    boolean isCanary(Input input) {
        return canary > 0 && place(input, OF_CANARY) < canary;
    }

    /** A number in [0, 1) that is as good as drawn, of the input and the seed alone. */
    private double place(Input input, int choice) {
        long content = Long.parseUnsignedLong(ContentKey.of(input).hex().substring(0, DIGITS), HEXADECIMAL);
        return new SplittableRandom(content ^ (seed * GOLDEN_RATIO + choice)).nextDouble();
    }
}
