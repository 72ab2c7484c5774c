// SPDX-License-Identifier: Apache-2.0
package dev.perennial.access;

import java.time.Instant;
import java.util.Optional;

/**
 * A key as it is kept: without its secret, which nobody but the client has.
 *
 * @param id names it, {@code key_} and 16 hexadecimal digits
 * @param name what people call it
 * @param role what it allows
 * @param digest SHA-256 of the whole key, in lower-case hexadecimal
 * @param createdAt when it was issued
 * @param expiresAt from when it is not taken any more, if ever
 * @param quota what it says of how much may be asked for with it
 */
public record ApiKey(
        String id, String name, Role role, String digest, Instant createdAt, Optional<Instant> expiresAt, Quota quota) {

    /** Whether it is taken. */
    boolean isValid(Instant now) {
        return expiresAt.map(now::isBefore).orElse(true);
    }

    /** The same with another quota. */
    ApiKey with(Quota other) {
        return new ApiKey(id, name, role, digest, createdAt, expiresAt, other);
    }

    /** Without the digest. */
    @Override
    public String toString() {
        return "ApiKey[" + id + "]";
    }
}
