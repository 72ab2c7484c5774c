// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.access.Role;
import dev.perennial.oidc.Provider;
import dev.perennial.oidc.TenantClaim;
import dev.perennial.oidc.Tokens;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.quarkus.security.spi.runtime.BlockingSecurityExecutor;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import jakarta.inject.Singleton;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Who asks by a token, where the configuration names an identity provider. Thread-safe. */
@Singleton
public final class TokenCallers {
    private final Optional<Tokens> tokens;
    private final BlockingSecurityExecutor blocking;

    public TokenCallers(PerennialConfig config, InstantSource clock, BlockingSecurityExecutor blocking) {
        this.blocking = blocking;
        this.tokens = provider(config.security().oidc())
                .map(provider -> new Tokens(
                        provider, clock, () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()), fetching()));
    }

    private static ExecutorService fetching() {
        return Executors.newSingleThreadExecutor(task -> {
            Thread thread = new Thread(task, "provider-keys");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Whose token something is, where it could be one. Waits beside the thread that asks, and holds none. */
    Optional<Uni<Tokens.Subject>> subject(String presented) {
        Executor onward = onward();
        return tokens.filter(any -> Tokens.isOne(presented))
                .map(checking -> Uni.createFrom()
                        .completionStage(() -> checking.prepare(presented))
                        .emitOn(onward)
                        .flatMap(ready -> blocking.executeBlocking(() -> checking.subject(presented)))
                        .emitOn(onward));
    }

    /** Goes on where the request is, wherever keys have been fetched. */
    private static Executor onward() {
        @Nullable Context asking = Vertx.currentContext();
        return asking == null ? Runnable::run : work -> asking.runOnContext(now -> work.run());
    }

    /**
     * The identity provider of the configuration, if it names one.
     *
     * @throws ConfigurationException when it does so in a way that is not safe, or in part
     */
    static Optional<Provider> provider(PerennialConfig.Oidc oidc) {
        if (oidc.issuer().isPresent() != oidc.audience().isPresent()) {
            throw new ConfigurationException("perennial.security.oidc.issuer and perennial.security.oidc.audience go"
                    + " together: a token for another service is none for this one.");
        }
        if (oidc.tenantClaim().isEmpty() && oidc.defaultTenant() != TenantClaim.OfDefault.NONE) {
            throw new ConfigurationException("perennial.security.oidc.default-tenant says which tokens are of the"
                    + " default tenant where perennial.security.oidc.tenant-claim says that of the others.");
        }
        try {
            return oidc.issuer()
                    .map(issuer -> new Provider(
                            issuer,
                            oidc.audience().orElseThrow(),
                            oidc.rolesClaim(),
                            Map.of(
                                    Role.READER, Set.copyOf(oidc.readers()),
                                    Role.TEACHER, Set.copyOf(oidc.teachers()),
                                    Role.OPERATOR, Set.copyOf(oidc.operators())),
                            oidc.tenantClaim().map(claim -> new TenantClaim(claim, oidc.defaultTenant()))));
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException(e.getMessage() + " Correct perennial.security.oidc.", e);
        }
    }
}
