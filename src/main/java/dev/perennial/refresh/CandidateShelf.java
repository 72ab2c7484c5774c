// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import dev.perennial.encode.Encoder;
import java.util.Optional;
import java.util.Set;

/** Port: keeps what takes a member's place on disk, beside what was built. Safe for concurrent use. */
public interface CandidateShelf {

    /**
     * What a job has kept.
     *
     * @param report JSON object with what spoke for it
     */
    record Kept(Encoder encoder, String report) {}

    /** Keeps a candidate for a job, until it is confirmed or discarded, and opens it from where it is kept. */
    Kept keep(String job, Encoder candidate, String report);

    /** What a job has kept, confirmed or not; empty when it has kept nothing, or that is gone. */
    Optional<Kept> kept(String job);

    /** Lets later starts find what a job has kept, now that it serves, in the place of what they found before. */
    void confirm(String job);

    /** Forgets what a job has kept and not confirmed; nothing happens when there is none. */
    void discard(String job);

    /** Forgets what is kept and not confirmed for any other job, and what was cut off; called before jobs go on. */
    void retain(Set<String> jobs);

    /** The member as it was built. */
    Encoder built();

    /** Lets later starts find the member as it was built. */
    void forget();
}
