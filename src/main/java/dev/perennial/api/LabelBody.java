// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import org.jspecify.annotations.Nullable;

/**
 * A label in a request.
 *
 * @param name unique within the task
 * @param description what it means, for answers before the first example
 */
public record LabelBody(@Nullable String name, @Nullable String description) {}
