// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import dev.perennial.encode.Encoder;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/** Port: where registered encoders are checked, kept and opened. Safe for concurrent use. */
public interface MemberRegistry {

    /**
     * A folder that may be registered.
     *
     * @param folder path below the directory for imports
     * @throws dev.perennial.refusal.Refusal.Invalid when there is no such folder, or it lies outside
     */
    MemberSource folder(String id, String folder);

    /**
     * Keeps an archive until it is registered or {@link #discard}ed.
     *
     * @param zip read to its end
     * @throws dev.perennial.refusal.Refusal.TooLarge when it is larger than an archive may be
     */
    MemberSource stage(String id, InputStream zip);

    /** Removes what {@link #stage} kept; whatever else is left alone. */
    void discard(MemberSource source);

    /**
     * Checks a folder or an archive, keeps a copy of it until it is {@link #confirm}ed, and opens it. A candidate that
     * is gone because it was registered already is opened without another check.
     *
     * @throws dev.perennial.refusal.Refusal.Invalid when it may not serve, with the reason
     */
    Encoder register(MemberSource source);

    /**
     * Distils a static table, keeps it until it is {@link #confirm}ed, and opens it. One that was made already, and is
     * neither confirmed nor {@link #withdraw}n, is opened. While another one is being made, this one waits.
     *
     * @param id of the static encoder
     * @param progress told in hundredths how much of it is done
     * @return empty when the work was cancelled
     * @throws dev.perennial.refusal.Refusal.Conflict when there is not enough memory
     */
    Optional<Encoder> distil(String id, Encoder teacher, JobProgress progress);

    /**
     * Lets later starts find a registered encoder, now that it serves. It replaces the one of the same id, which could
     * not. Nothing happens when that is done.
     */
    void confirm(String id);

    /** Forgets a registered encoder that was not confirmed; nothing happens when there is none of this id. */
    void withdraw(String id);

    /** Whether a confirmed encoder is a table that was distilled here. */
    boolean isDistilled(String id);

    /** Has later starts not find a confirmed encoder; nothing happens when there is none of this id. */
    void remove(String id);

    /** Ids of all confirmed encoders, in order. */
    List<String> registered();

    /**
     * Opens a confirmed encoder, when its files are still what was registered.
     *
     * @throws dev.perennial.refusal.Refusal.Invalid when they are not
     */
    Encoder open(String id);

    /** The process ends in order, so that no encoder that is being taken up is why. */
    default void endTrials() {}
}
