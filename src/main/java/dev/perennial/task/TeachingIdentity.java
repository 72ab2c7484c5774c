// SPDX-License-Identifier: Apache-2.0
package dev.perennial.task;

import java.util.Optional;
import java.util.function.Supplier;

/**
 * What tells the examples of a task apart: of two teachings of the same identity one repeats the other, or takes its
 * place. Each source has identities of its own, so that nothing which one source teaches touches what another one
 * taught, and taking a source back leaves the others as if it had never been there.
 *
 * @param source who taught; empty where nobody is named, which is a source of its own
 * @param name made of the external id or, without one, of the content
 */
public record TeachingIdentity(Optional<SourceName> source, String name) {

    /** @param key the content key, asked for only where there is no external id */
    public static TeachingIdentity of(
            Optional<SourceName> source, Optional<String> externalId, Supplier<ContentKey> key) {
        return new TeachingIdentity(
                source,
                externalId
                        .map(id -> "id " + id)
                        .orElseGet(() -> "key " + key.get().hex()));
    }
}
