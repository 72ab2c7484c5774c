// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import dev.perennial.encode.Encoder;
import java.io.InputStream;
import java.util.List;

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

    /** Removes what {@link #stage} kept; folders are left alone. */
    void discard(MemberSource source);

    /**
     * Checks a candidate, keeps a copy of it until it is {@link #confirm}ed, and opens it. A candidate that is gone
     * because it was registered already is opened without another check.
     *
     * @throws dev.perennial.refusal.Refusal.Invalid when it may not serve, with the reason
     */
    Encoder register(MemberSource source);

    /**
     * Lets later starts find a registered encoder, now that it serves. It replaces the one of the same id, which could
     * not. Nothing happens when that is done.
     */
    void confirm(String id);

    /** Forgets a registered encoder that was not confirmed; nothing happens when there is none of this id. */
    void withdraw(String id);

    /** Ids of all confirmed encoders, in order. */
    List<String> registered();

    /**
     * Opens a confirmed encoder, when its files are still what was registered.
     *
     * @throws dev.perennial.refusal.Refusal.Invalid when they are not
     */
    Encoder open(String id);
}
