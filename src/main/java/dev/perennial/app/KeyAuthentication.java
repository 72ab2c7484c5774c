// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.access.Caller;
import dev.perennial.access.Keyring;
import dev.perennial.access.Quota;
import dev.perennial.access.Role;
import dev.perennial.api.ProblemReplies;
import dev.perennial.api.Roles;
import dev.perennial.api.ServingGate;
import dev.perennial.api.TenantDoor;
import dev.perennial.oidc.TokenRejected;
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
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Says who asks: whoever has the key that the request carries, or whose token it is. Without a key in it nobody does,
 * unless the service is open to this machine, was asked by one of its names, and neither by a proxy nor for a page of
 * somewhere else. Health is told to all. Thread-safe.
 */
@Singleton
public final class KeyAuthentication implements HttpAuthenticationMechanism {
    private static final String SCHEME = "bearer ";
    /** The service's own, the Open Inference Protocol's and text-embeddings-inference's. */
    private static final Pattern HEALTH = Pattern.compile("/q/health.*|/v2/health/(live|ready)/?|/health/?");

    private static final String ADMITTED = "perennial.admitted";
    private static final String REJECTED = "perennial.token-rejected";
    private static final String EXAMPLES_PER_DAY = "perennial.examples-per-day";
    private static final int UNAUTHENTICATED = 401;
    private static final int RETRY_AFTER_SECONDS = 2;
    private static final Set<String> NAMES_OF_THIS_MACHINE = Set.of("localhost", "127.0.0.1", "[::1]", "::1");

    /** As browsers say who has asked for something: a page of the same origin, or somebody by hand. */
    private static final Set<String> OWN_SITES = Set.of("same-origin", "none");

    private static final List<String> PROXIES_SAY = List.of(
            "Forwarded",
            "X-Forwarded-For",
            "X-Forwarded-Host",
            "X-Forwarded-Proto",
            "X-Forwarded-Port",
            "X-Real-IP",
            "Via");

    private final ServingGate gate;
    private final ProblemReplies replies;
    private final Quotas quotas;
    private final TokenCallers tokens;

    public KeyAuthentication(ServingGate gate, ProblemReplies replies, Quotas quotas, TokenCallers tokens) {
        this.tokens = tokens;
        this.quotas = quotas;
        this.gate = gate;
        this.replies = replies;
    }

    @Override
    public Uni<SecurityIdentity> authenticate(RoutingContext context, IdentityProviderManager identities) {
        String path = context.request().path();
        if (path != null && HEALTH.matcher(path).matches()) {
            return Uni.createFrom().nullItem();
        }
        Optional<Keyring> keyring = gate.ofDefault().keyring();
        if (keyring.isEmpty()) {
            return Uni.createFrom()
                    .failure(new Refusal.NotReady(
                            "The service is starting; try again when /q/health/ready says UP.", RETRY_AFTER_SECONDS));
        }
        @Nullable String header = context.request().getHeader(HttpHeaders.AUTHORIZATION);
        if (header == null) {
            return keyring.get().isOpen() && isOfThisMachine(context.request())
                    ? Uni.createFrom()
                            .item(identity(new ServingGate.Admitted(gate.ofDefault(), Caller.LOCAL), Quota.NONE))
                    : Uni.createFrom().nullItem();
        }
        return admitted(context)
                .map(found -> found.map(admitted -> counted(context, admitted))
                        .onFailure(TokenRejected.class)
                        .transform(rejected -> rejected(context, rejected)))
                .orElseGet(() -> Uni.createFrom().failure(refusal()));
    }

    /** While not all have started who have keys, one that is not known yet may be theirs. */
    private RuntimeException refusal() {
        return gate.isComplete() ? new AuthenticationFailedException() : starting();
    }

    private static Refusal starting() {
        return new Refusal.NotReady("The service is starting; try again.", RETRY_AFTER_SECONDS);
    }

    /**
     * Through which door a request will come: that of the tenant whose key or token it carries, the default one's when
     * nothing in it is taken. Fails where a token cannot be checked or is not taken.
     */
    Uni<TenantDoor> door(RoutingContext context) {
        return admitted(context)
                .map(found -> found.map(ServingGate.Admitted::door))
                .orElseGet(() -> Uni.createFrom().item(gate.ofDefault()));
    }

    /** Who has the key, or whose token it is, that a request carries; asked once of each request. */
    private Optional<Uni<ServingGate.Admitted>> admitted(RoutingContext context) {
        @Nullable Uni<ServingGate.Admitted> before = context.get(ADMITTED);
        if (before != null) {
            return Optional.of(before);
        }
        Optional<Uni<ServingGate.Admitted>> found = Optional.ofNullable(
                        context.request().getHeader(HttpHeaders.AUTHORIZATION))
                .flatMap(KeyAuthentication::bearer)
                .flatMap(this::admitted)
                .map(asked -> asked.memoize().indefinitely());
        found.ifPresent(asked -> context.put(ADMITTED, asked));
        return found;
    }

    private Optional<Uni<ServingGate.Admitted>> admitted(String presented) {
        Optional<ServingGate.Admitted> known = gate.admitted(presented);
        return known.isPresent()
                ? known.map(admitted -> Uni.createFrom().item(admitted))
                : tokens.subject(presented)
                        .map(found -> found.map(subject -> gate.admitted(subject.tenant(), subject.caller())
                                .orElseThrow(() -> gate.isComplete() ? TokenRejected.ofNoTenant() : starting())));
    }

    private static AuthenticationFailedException rejected(RoutingContext context, Throwable rejected) {
        context.put(REJECTED, rejected.getMessage());
        return new AuthenticationFailedException();
    }

    /** @throws Refusal.QuotaExceeded when the caller has asked for too much */
    private SecurityIdentity counted(RoutingContext context, ServingGate.Admitted admitted) {
        Quota quota = admitted.door()
                .keyring()
                .map(keyring -> keyring.quota(admitted.caller()))
                .orElse(Quota.NONE);
        quotas.count(context, admitted, quota);
        return identity(admitted, quota);
    }

    /** How many examples may be taught in a day by whom a request comes from, where that is bounded. */
    static Optional<Integer> examplesPerDay(SecurityIdentity identity) {
        return Optional.ofNullable(identity.<Integer>getAttribute(EXAMPLES_PER_DAY));
    }

    @Override
    public Uni<ChallengeData> getChallenge(RoutingContext context) {
        return Uni.createFrom()
                .item(new ChallengeData(UNAUTHENTICATED, ProblemReplies.WWW_AUTHENTICATE, ProblemReplies.CHALLENGE));
    }

    @Override
    public Uni<Boolean> sendChallenge(RoutingContext context) {
        @Nullable String reason = context.get(REJECTED);
        if (reason == null) {
            context.response().putHeader(ProblemReplies.WWW_AUTHENTICATE, ProblemReplies.CHALLENGE);
            replies.reply(context, UNAUTHENTICATED);
        } else {
            // RFC 6750, section 3.
            String challenge =
                    ProblemReplies.CHALLENGE + ", error=\"invalid_token\", error_description=\"" + reason + "\"";
            context.response().putHeader(ProblemReplies.WWW_AUTHENTICATE, challenge);
            replies.refuseCaller(context, "The token is not taken: " + reason + ". Get another one of the issuer.");
        }
        return Uni.createFrom().item(true);
    }

    private static Optional<String> bearer(String header) {
        return header.toLowerCase(Locale.ROOT).startsWith(SCHEME)
                ? Optional.of(header.substring(SCHEME.length()).trim())
                : Optional.empty();
    }

    /** By its name, not sent on by a proxy, and not sent by a browser for a page of somewhere else. */
    static boolean isOfThisMachine(HttpServerRequest request) {
        @Nullable HostAndPort asked = request.authority();
        @Nullable String origin = request.getHeader("Origin");
        @Nullable String site = request.getHeader("Sec-Fetch-Site");
        return asked != null
                && isName(asked.host())
                && (origin == null || isName(host(origin)))
                && (site == null || OWN_SITES.contains(site))
                && PROXIES_SAY.stream().noneMatch(request.headers()::contains);
    }

    private static boolean isName(@Nullable String host) {
        return host != null && NAMES_OF_THIS_MACHINE.contains(host.toLowerCase(Locale.ROOT));
    }

    private static @Nullable String host(String origin) {
        try {
            return new URI(origin).getHost();
        } catch (URISyntaxException e) {
            return null;
        }
    }

    private static SecurityIdentity identity(ServingGate.Admitted admitted, Quota quota) {
        Caller caller = admitted.caller();
        Set<String> roles =
                caller.role().included().stream().map(Role::key).collect(Collectors.toCollection(HashSet::new));
        if (admitted.door().tenant().isDefault()) {
            roles.add(Roles.OF_DEFAULT_TENANT);
            if (caller.role() == Role.OPERATOR) {
                roles.add(Roles.ADMINISTRATOR);
            }
        }
        QuarkusSecurityIdentity.Builder identity = QuarkusSecurityIdentity.builder()
                .setPrincipal(new QuarkusPrincipal(caller.name()))
                .addAttribute(AskingTenant.ATTRIBUTE, admitted.door())
                .addRoles(roles);
        quota.examplesPerDay().ifPresent(bound -> identity.addAttribute(EXAMPLES_PER_DAY, bound));
        return identity.build();
    }
}
