// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.refresh.ExportKeeper;
import dev.perennial.refresh.Exports.Export;
import dev.perennial.task.TaskId;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * An exported file.
 *
 * @param id {@code exp_...}
 * @param tasks that it holds
 * @param bytes its size
 * @param createdAt when it was written
 * @param expiresAt when it is removed at the latest
 */
@Schema(name = "Export")
public record ExportView(String id, List<String> tasks, long bytes, Instant createdAt, Instant expiresAt) {

    static ExportView of(Export export, ExportKeeper keeper) {
        return new ExportView(
                export.id(),
                export.tasks().stream().map(TaskId::value).toList(),
                keeper.size(export),
                export.createdAt(),
                keeper.end(export));
    }
}
