// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.task.TeachingOutcome;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * What a teaching did.
 *
 * @param revision the revision that it produced; the present one when nothing changed
 * @param taught examples that were stored
 * @param duplicates rows that the task held already
 * @param rejected rows that were not acceptable, and why
 * @param exampleIds the examples of the accepted rows, in order, duplicates included
 * @param examplesTotal number of the task's examples afterwards
 */
@Schema(name = "Taught")
public record TaughtView(
        String revision,
        int taught,
        int duplicates,
        List<ExampleUpload.Rejected> rejected,
        List<String> exampleIds,
        long examplesTotal) {

    static TaughtView of(TeachingOutcome outcome, List<ExampleUpload.Rejected> rejected) {
        return new TaughtView(
                outcome.revision().toString(),
                outcome.taught(),
                outcome.duplicates(),
                rejected,
                outcome.rows().stream().map(TeachingOutcome.Row::exampleId).toList(),
                outcome.examplesTotal());
    }
}
