// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.refusal.Refusal;
import dev.perennial.task.SourceName;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Names of those who taught, in queries. */
final class ExampleSources {
    static final String DEFAULT =
            "Who or what taught the rows that name no source, in 1 to 64 characters of a to z, 0 to 9, '.', '_' and '-'";

    private ExampleSources() {}

    /** @throws Refusal.Invalid when it cannot be the name of a source */
    static Optional<SourceName> named(@Nullable String source) {
        if (source != null && !SourceName.isValid(source)) {
            throw new Refusal.Invalid("", "the query parameter source " + TeachingRows.SOURCE_RULE);
        }
        return Optional.ofNullable(source).map(SourceName::new);
    }
}
