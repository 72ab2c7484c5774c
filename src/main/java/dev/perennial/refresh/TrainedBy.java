// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import dev.perennial.knowledge.EntityVectors;
import dev.perennial.knowledge.KnowledgeGraph;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Who trained vectors of entities and on what, as the vectors carry it with them.
 *
 * @param job id of the job
 * @param statements digest of the graph that it learnt from
 */
public record TrainedBy(String job, String statements) {
    private static final Pattern SOURCE = Pattern.compile("trained by (\\S+) on (\\S+)");

    /** As {@link EntityVectors#source} says it. */
    String source() {
        return "trained by " + job + " on " + statements;
    }

    /** Empty of vectors that were not trained. */
    public static Optional<TrainedBy> of(EntityVectors vectors) {
        Matcher source = SOURCE.matcher(vectors.source());
        return source.matches() ? Optional.of(new TrainedBy(source.group(1), source.group(2))) : Optional.empty();
    }

    /** Whether the graph states something else than what was learnt from. */
    public boolean isStale(KnowledgeGraph now) {
        return !now.digest().equals(statements);
    }
}
