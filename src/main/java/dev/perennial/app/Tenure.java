// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.access.TenantId;
import dev.perennial.api.Leading;
import dev.perennial.api.PredictionMemory;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What one tenant has of its own, started or not.
 *
 * @param id names it
 * @param place where its things are kept beside those of the default tenant, whose place is none
 * @param directory its data directory
 * @param memory its latest answers
 * @param leading which of its requests this process answers
 * @param metrics what is counted of it
 * @param lost told when another process has taken its store over, because this one hung
 */
record Tenure(
        TenantId id,
        Optional<String> place,
        Path directory,
        PredictionMemory memory,
        Leading leading,
        Metrics metrics,
        Runnable lost) {}
