// SPDX-License-Identifier: Apache-2.0
package dev.perennial.shadow;

import java.time.Instant;
import java.util.Optional;

/**
 * How far a shadow got.
 *
 * @param shadow which one
 * @param state whether it goes on
 * @param reason why it does not, or why it was promoted; empty while it runs
 * @param endedAt when that was
 * @param tally what was counted
 * @param objection what kept it from being promoted by its rule when that was last asked
 */
public record ShadowCourse(
        Shadow shadow,
        State state,
        Optional<String> reason,
        Optional<Instant> endedAt,
        Tally tally,
        Optional<String> objection) {
    /** Whether a shadow goes on. */
    public enum State {
        RUNNING,
        PROMOTED,
        ENDED
    }

    /** The course of a shadow that begins. */
    public static ShadowCourse begun(Shadow shadow) {
        return new ShadowCourse(
                shadow, State.RUNNING, Optional.empty(), Optional.empty(), Tally.NONE, Optional.empty());
    }

    /** The same at its end. */
    ShadowCourse ended(State how, String why, Instant at) {
        return new ShadowCourse(shadow, how, Optional.of(why), Optional.of(at), tally, objection);
    }
}
