// SPDX-License-Identifier: Apache-2.0
package dev.perennial.oidc;

import dev.perennial.access.TenantId;
import java.util.Map;
import java.util.Optional;

/**
 * Where tokens say their tenant.
 *
 * @param claim a claim, or one within another by a path with slashes
 * @param ofDefault which tokens are of the default tenant, whose operators look after all others
 */
public record TenantClaim(String claim, OfDefault ofDefault) {

    /** Which tokens are of the default tenant. */
    public enum OfDefault {
        /** None are: whatever a token says or leaves out, it lets nobody in there. */
        NONE,
        /** Those that say its id. */
        NAMED,
        /** Those that do not have the claim. */
        UNNAMED
    }

    /** @throws IllegalArgumentException when it names no claim */
    public TenantClaim {
        if (claim.isBlank()) {
            throw new IllegalArgumentException("The claim of tenants must not be empty.");
        }
    }

    /** Whether any token can be of the default tenant. */
    public boolean allowsDefault() {
        return ofDefault != OfDefault.NONE;
    }

    /**
     * The tenant that a token says. Nothing is read into a value: no list, no other case, no space around it.
     *
     * @throws TokenRejected when it says none that a token may say
     */
    TenantId of(Map<String, Object> claims) {
        Optional<Object> said = ClaimPath.find(claims, claim);
        if (said.isEmpty()) {
            return ofUnnamed();
        }
        if (said.get() instanceof String value && TenantId.isValid(value)) {
            TenantId tenant = new TenantId(value);
            if (!tenant.isDefault() || ofDefault == OfDefault.NAMED) {
                return tenant;
            }
        }
        throw TokenRejected.ofNoTenant();
    }

    private TenantId ofUnnamed() {
        if (ofDefault == OfDefault.UNNAMED) {
            return TenantId.DEFAULT;
        }
        throw new TokenRejected("the token names no tenant");
    }
}
