// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A tenant that is wanted.
 *
 * @param name what people call it; its id when left out
 */
@Schema(name = "TenantOrder")
public record TenantBody(@Nullable String name) {}
