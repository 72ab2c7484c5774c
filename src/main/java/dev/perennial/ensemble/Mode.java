// SPDX-License-Identifier: Apache-2.0
package dev.perennial.ensemble;

/** How much of the ensemble answers. */
public enum Mode {
    /** As many members as the task's agreed risk needs. */
    AUTO,
    /** Every member. */
    FULL,
    /** The cheapest member alone. */
    FAST
}
