// SPDX-License-Identifier: Apache-2.0
package dev.perennial.task;

import java.util.OptionalDouble;

/**
 * Why an example is set apart.
 *
 * @param cause what it was chosen by
 * @param degree how suspect it was, or its leverage, in [0, 1]; empty where it was named
 */
public record QuarantineReason(Cause cause, OptionalDouble degree) {
    /** Somebody named the example. */
    public static final QuarantineReason NAMED = new QuarantineReason(Cause.NAMED, OptionalDouble.empty());

    /** What an example was chosen by. */
    public enum Cause {
        NAMED,
        SUSPECT,
        LEVERAGE
    }
}
