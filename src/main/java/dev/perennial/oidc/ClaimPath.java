// SPDX-License-Identifier: Apache-2.0
package dev.perennial.oidc;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds what a token says of something. */
final class ClaimPath {
    private ClaimPath() {}

    /**
     * The claim of a name, or the one within others where the name has slashes; empty where there is none. One that is
     * there without a value is an empty list.
     */
    static Optional<Object> find(Map<String, Object> claims, String path) {
        if (claims.containsKey(path)) {
            return Optional.of(value(claims.get(path)));
        }
        Object place = claims;
        for (String step : path.split("/", -1)) {
            if (!(place instanceof Map<?, ?> within)) {
                return Optional.of(List.of());
            }
            if (!within.containsKey(step)) {
                return Optional.empty();
            }
            place = value(within.get(step));
        }
        return Optional.of(place);
    }

    private static Object value(@Nullable Object kept) {
        return kept == null ? List.of() : kept;
    }
}
