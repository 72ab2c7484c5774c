// SPDX-License-Identifier: Apache-2.0
package dev.perennial.task;

import java.util.Optional;

/**
 * How much of a task a source has taught.
 *
 * @param source empty: examples whose source nobody has named
 * @param examples how many of the task's examples
 * @param weight of these in all, as they were taught
 */
public record SourceShare(Optional<SourceName> source, long examples, double weight) {}
