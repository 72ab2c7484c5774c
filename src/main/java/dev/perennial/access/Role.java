// SPDX-License-Identifier: Apache-2.0
package dev.perennial.access;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a caller may do. Each includes the ones before it. */
public enum Role {
    /** Asks, and reads what there is. */
    READER,
    /** Teaches, corrects and measures tasks. */
    TEACHER,
    /** Decides what serves and who may ask: promotes, takes in encoders and knowledge, moves tasks, issues keys. */
    OPERATOR;

    /** Its name to clients. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The role of a name, if there is one. */
    public static Optional<Role> of(String key) {
        return Arrays.stream(values()).filter(role -> role.key().equals(key)).findFirst();
    }

    /** It and all that it includes. */
    public List<Role> included() {
        return Arrays.stream(values()).filter(role -> role.compareTo(this) <= 0).toList();
    }
}
