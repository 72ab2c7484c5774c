// SPDX-License-Identifier: Apache-2.0
package dev.perennial.task;

import java.util.Optional;

/**
 * One example as a client gives it.
 *
 * @param input what is asked about
 * @param answer the right answer
 * @param externalId the client's own name of the example; teaching the same one again replaces it
 * @param weight how much it counts; finite, positive
 * @param source who or what taught it, if that is named
 */
public record Teaching(
        Input input, Answer answer, Optional<String> externalId, double weight, Optional<SourceName> source) {
    /** How the external ids of corrections begin. */
    public static final String CORRECTION = "correction:";

    public Teaching {
        if (!(weight > 0) || weight == Double.POSITIVE_INFINITY) {
            throw new IllegalArgumentException("a weight is finite and positive");
        }
    }

    /** One whose source nobody has named. */
    public Teaching(Input input, Answer answer, Optional<String> externalId, double weight) {
        this(input, answer, externalId, weight, Optional.empty());
    }

    /** Whether it corrects an answer: its external id is made of its input, so that the next correction replaces it. */
    public boolean isCorrection() {
        return externalId.filter(id -> id.startsWith(CORRECTION)).isPresent();
    }

    public static Teaching of(Input input, Answer answer) {
        return new Teaching(input, answer, Optional.empty(), 1.0);
    }

    /** The same, taught by a source if it names none. */
    public Teaching orFrom(Optional<SourceName> other) {
        return source.isPresent() ? this : from(other);
    }

    /** The same, taught by a source, or by nobody who is named. */
    public Teaching from(Optional<SourceName> other) {
        return new Teaching(input, answer, externalId, weight, other);
    }

    /** What it repeats, or takes the place of. */
    public TeachingIdentity identity() {
        return TeachingIdentity.of(source, externalId, this::contentKey);
    }

    /** Identity of what is taught: equal exactly when input, answer and weight are equal. */
    public ContentKey contentKey() {
        return ContentKey.of(this);
    }
}
