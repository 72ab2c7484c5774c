// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.access.ApiKeyStore;
import dev.perennial.access.Keyring;
import dev.perennial.access.Quota;
import dev.perennial.oidc.Provider;
import dev.perennial.oidc.TenantClaim;
import io.quarkus.runtime.configuration.ConfigurationException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Optional;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.ConfigProvider;

/** How clients are let in, by the configuration. */
final class Keys {
    private static final int SHORTEST_KEY = 32;
    private static final Pattern PRINTABLE = Pattern.compile("[!-~]+");

    private Keys() {}

    /** Those of a tenant but the default one, which the operators of that one issue the first of. */
    static Keyring ofTenant(PerennialConfig config, ApiKeyStore store, InstantSource clock) {
        Keyring.Terms terms = new Keyring.Terms(
                Optional.empty(),
                false,
                config.limits().apiKeys(),
                quota(config.security()),
                TokenCallers.provider(config.security().oidc())
                        .flatMap(Provider::tenants)
                        .isPresent());
        return new Keyring(store, terms, clock, new SecureRandom());
    }

    /**
     * Those of the default tenant.
     *
     * @throws ConfigurationException when anybody could ask, or nobody
     */
    static Keyring of(PerennialConfig config, ApiKeyStore store, InstantSource clock) {
        Optional<String> operatorKey = config.security().operatorKey().map(String::strip);
        if (operatorKey.filter(key -> key.length() < SHORTEST_KEY).isPresent()) {
            throw new ConfigurationException("perennial.security.operator-key must have at least " + SHORTEST_KEY
                    + " characters. Make one with: openssl rand -hex 32");
        }
        if (operatorKey.filter(key -> !PRINTABLE.matcher(key).matches()).isPresent()) {
            throw new ConfigurationException("perennial.security.operator-key must be of letters, digits and other"
                    + " visible characters of ASCII, since it is sent in a header.");
        }
        Optional<Provider> provider = TokenCallers.provider(config.security().oidc());
        Keyring.Terms terms = new Keyring.Terms(
                operatorKey.map(Keyring::digest),
                // Where a provider tells people apart, nobody is let in unasked.
                provider.isEmpty()
                        && isLoopback(ConfigProvider.getConfig().getValue("quarkus.http.host", String.class)),
                config.limits().apiKeys(),
                quota(config.security()),
                provider.filter(one ->
                                one.tenants().map(TenantClaim::allowsDefault).orElse(true))
                        .isPresent());
        Keyring keyring = new Keyring(store, terms, clock, new SecureRandom());
        if (!keyring.isUsable()) {
            throw new ConfigurationException("The service can be reached from other machines (quarkus.http.host), has"
                    + " keys already or takes tokens, and no operator of the default tenant can be let in. Set"
                    + " perennial.security.operator-key, best as the environment variable"
                    + " PERENNIAL_SECURITY_OPERATOR_KEY, or name an identity provider by"
                    + " perennial.security.oidc.issuer, where tokens say their tenants with"
                    + " perennial.security.oidc.default-tenant.");
        }
        return keyring;
    }

    private static Quota quota(PerennialConfig.Security security) {
        Optional<Integer> rate = security.requestsPerMinute();
        if (rate.filter(requests -> requests > Quota.MOST_REQUESTS).isPresent()) {
            throw new ConfigurationException(
                    "perennial.security.requests-per-minute must be at most " + Quota.MOST_REQUESTS + ".");
        }
        return new Quota(rate, security.examplesPerDay());
    }

    static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
