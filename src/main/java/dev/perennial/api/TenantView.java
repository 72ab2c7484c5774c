// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.access.Tenant;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * A tenant as replies show it.
 *
 * @param id names it
 * @param name what people call it
 * @param served whether its requests are answered; where they are not, the log of the service says why
 * @param createdAt when it was made
 */
@Schema(name = "Tenant")
public record TenantView(
        String id,
        String name,
        boolean served,
        @Schema(format = "date-time") String createdAt) {

    static TenantView of(Tenant tenant, boolean served) {
        return new TenantView(
                tenant.id().value(), tenant.name(), served, tenant.createdAt().toString());
    }
}
