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
 * @param ruling what its rule said
 */
public record ShadowCourse(
        Shadow shadow, State state, Optional<String> reason, Optional<Instant> endedAt, Tally tally, Ruling ruling) {
    /** Whether a shadow goes on. */
    public enum State {
        RUNNING,
        PROMOTED,
        ENDED
    }

    /**
     * What the rule of a shadow said when it was last asked.
     *
     * @param objection what kept the candidate from being promoted
     * @param next from how many compared answers on it is asked again
     * @param passed whether it has let the candidate pass, which is then promoted
     */
    public record Ruling(Optional<String> objection, long next, boolean passed) {
        /** It was not asked yet. */
        public static final Ruling NONE = new Ruling(Optional.empty(), 0, false);

        Ruling passing(boolean passes) {
            return new Ruling(objection, next, passes);
        }
    }

    /** The course of a shadow that begins. */
    public static ShadowCourse begun(Shadow shadow) {
        return new ShadowCourse(shadow, State.RUNNING, Optional.empty(), Optional.empty(), Tally.NONE, Ruling.NONE);
    }

    /** The same at its end. */
    ShadowCourse ended(State how, String why, Instant at) {
        return new ShadowCourse(shadow, how, Optional.of(why), Optional.of(at), tally, ruling);
    }
}
