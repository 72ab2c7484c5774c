// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import dev.perennial.task.RevisionId;
import dev.perennial.task.TeachingOutcome;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How far a large teaching got: what its batches have done so far.
 *
 * @param done rows of the payload that were taught or found to be duplicates
 * @param taught examples stored
 * @param duplicates examples that were there already
 * @param revision the revision of the last batch; empty before the first
 * @param examplesTotal examples of the task after the last batch
 */
record TeachingTally(int done, long taught, long duplicates, Optional<RevisionId> revision, long examplesTotal) {
    private static final Pattern SHAPE = Pattern.compile("(\\d+) (\\d+) (\\d+) (\\S+) (\\d+)");

    static final TeachingTally NOTHING = new TeachingTally(0, 0, 0, Optional.empty(), 0);

    /** The tally after one more batch. */
    TeachingTally plus(TeachingOutcome outcome) {
        return new TeachingTally(
                done + outcome.rows().size(),
                taught + outcome.taught(),
                duplicates + outcome.duplicates(),
                Optional.of(outcome.revision()),
                outcome.examplesTotal());
    }

    /** The form that is kept in the transaction of the batch. */
    String toLine() {
        return String.join(
                " ",
                List.of(
                        Integer.toString(done),
                        Long.toString(taught),
                        Long.toString(duplicates),
                        revision.map(RevisionId::toString).orElse("-"),
                        Long.toString(examplesTotal)));
    }

    /** Reads what {@link #toLine} wrote. */
    static TeachingTally of(String line) {
        Matcher matcher = SHAPE.matcher(line);
        if (!matcher.matches()) {
            throw new IllegalStateException("not a tally");
        }
        return new TeachingTally(
                Integer.parseInt(matcher.group(1)),
                Long.parseLong(matcher.group(2)),
                Long.parseLong(matcher.group(3)),
                RevisionId.parse(matcher.group(4)),
                Long.parseLong(matcher.group(5)));
    }
}
