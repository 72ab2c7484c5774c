// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.access.Caller;
import dev.perennial.access.Keyring;
import dev.perennial.access.Role;
import dev.perennial.api.ProblemReplies;
import dev.perennial.api.ServingGate;
import dev.perennial.refusal.Refusal;
import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.identity.IdentityProviderManager;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.runtime.QuarkusPrincipal;
import io.quarkus.security.runtime.QuarkusSecurityIdentity;
import io.quarkus.vertx.http.runtime.security.ChallengeData;
import io.quarkus.vertx.http.runtime.security.HttpAuthenticationMechanism;
import io.smallrye.mutiny.Uni;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Says who asks: whoever has the key that the request carries. Without a key in it nobody does, unless the service is
 * open to this machine and was asked by one of its names: a page of a browser that has its own name point here is not
 * let in. Health is told to all. Thread-safe.
 */
@Singleton
public final class KeyAuthentication implements HttpAuthenticationMechanism {
    private static final String SCHEME = "bearer ";
    private static final String HEALTH = "/q/health";
    private static final int UNAUTHENTICATED = 401;
    private static final int RETRY_AFTER_SECONDS = 2;
    private static final Set<String> NAMES_OF_THIS_MACHINE = Set.of("localhost", "127.0.0.1", "[::1]", "::1");

    private final ServingGate gate;
    private final ProblemReplies replies;

    public KeyAuthentication(ServingGate gate, ProblemReplies replies) {
        this.gate = gate;
        this.replies = replies;
    }

    @Override
    public Uni<SecurityIdentity> authenticate(RoutingContext context, IdentityProviderManager identities) {
        String path = context.request().path();
        if (path != null && path.startsWith(HEALTH)) {
            return Uni.createFrom().nullItem();
        }
        Optional<Keyring> keyring = gate.keyring();
        if (keyring.isEmpty()) {
            return Uni.createFrom()
                    .failure(new Refusal.NotReady(
                            "The service is starting; try again when /q/health/ready says UP.", RETRY_AFTER_SECONDS));
        }
        @Nullable String header = context.request().getHeader(HttpHeaders.AUTHORIZATION);
        if (header == null) {
            return keyring.get().isOpen() && isOfThisMachine(context)
                    ? Uni.createFrom().item(identity(Caller.LOCAL))
                    : Uni.createFrom().nullItem();
        }
        return key(header)
                .flatMap(keyring.get()::caller)
                .map(caller -> Uni.createFrom().item(identity(caller)))
                .orElseGet(() -> Uni.createFrom().failure(new AuthenticationFailedException()));
    }

    @Override
    public Uni<ChallengeData> getChallenge(RoutingContext context) {
        return Uni.createFrom()
                .item(new ChallengeData(UNAUTHENTICATED, ProblemReplies.WWW_AUTHENTICATE, ProblemReplies.CHALLENGE));
    }

    @Override
    public Uni<Boolean> sendChallenge(RoutingContext context) {
        context.response().putHeader(ProblemReplies.WWW_AUTHENTICATE, ProblemReplies.CHALLENGE);
        replies.reply(context, UNAUTHENTICATED);
        return Uni.createFrom().item(true);
    }

    private static Optional<String> key(String header) {
        return header.toLowerCase(Locale.ROOT).startsWith(SCHEME)
                ? Optional.of(header.substring(SCHEME.length()).trim())
                : Optional.empty();
    }

    private static boolean isOfThisMachine(RoutingContext context) {
        @Nullable HostAndPort asked = context.request().authority();
        return asked != null && NAMES_OF_THIS_MACHINE.contains(asked.host().toLowerCase(Locale.ROOT));
    }

    private static SecurityIdentity identity(Caller caller) {
        return QuarkusSecurityIdentity.builder()
                .setPrincipal(new QuarkusPrincipal(caller.name()))
                .addRoles(caller.role().included().stream().map(Role::key).collect(Collectors.toSet()))
                .build();
    }
}
