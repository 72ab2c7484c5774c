// SPDX-License-Identifier: Apache-2.0
package dev.perennial.shadow;

import java.time.Instant;

/**
 * An input that a candidate answered differently. Holds no text.
 *
 * @param at when
 * @param prediction id of the prediction that was given
 * @param fingerprint equal for equal inputs until the service stops; says nothing else of them
 * @param serving what serves said
 * @param candidate what the candidate said
 * @param canary whether the candidate's answer was the one that was given
 */
public record Difference(
        Instant at, String prediction, String fingerprint, SaidAnswer serving, SaidAnswer candidate, boolean canary) {}
