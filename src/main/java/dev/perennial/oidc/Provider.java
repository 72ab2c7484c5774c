// SPDX-License-Identifier: Apache-2.0
package dev.perennial.oidc;

import dev.perennial.access.Role;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * An identity provider, and what its tokens have to say.
 *
 * @param issuer its name, as tokens have it; its address, too
 * @param audience the name of this service there, as tokens for it have it
 * @param rolesClaim where tokens say what their subject may do
 * @param valuesByRole what they say there of each role
 * @param tenants where they say their tenant; without it all are of the default one
 */
public record Provider(
        String issuer,
        String audience,
        String rolesClaim,
        Map<Role, Set<String>> valuesByRole,
        Optional<TenantClaim> tenants) {
    private static final String DISCOVERY = "/.well-known/openid-configuration";

    /** @throws IllegalArgumentException when tokens could be forged on the way, or could say anything */
    public Provider {
        URI unused = safe(issuer);
        if (audience.isBlank() || rolesClaim.isBlank()) {
            throw new IllegalArgumentException("The audience and the claim of roles must not be empty.");
        }
        valuesByRole = Map.copyOf(valuesByRole);
    }

    /** Where it says what it is. */
    URI discovery() {
        return URI.create(issuer.replaceAll("/+$", "") + DISCOVERY);
    }

    /**
     * An address that nobody can answer for but who has it.
     *
     * @throws IllegalArgumentException when it is none
     */
    static URI safe(String address) {
        try {
            URI uri = new URI(address);
            boolean encrypted = "https".equalsIgnoreCase(uri.getScheme());
            boolean local = "http".equalsIgnoreCase(uri.getScheme()) && isLoopback(uri.getHost());
            if (uri.getHost() != null
                    && uri.getRawQuery() == null
                    && uri.getRawFragment() == null
                    && (encrypted || local)) {
                return uri;
            }
        } catch (URISyntaxException misspelt) {
            // Answered below.
        }
        throw new IllegalArgumentException("The issuer must be an https address without query and fragment.");
    }

    private static boolean isLoopback(String host) {
        try {
            return host != null && InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
