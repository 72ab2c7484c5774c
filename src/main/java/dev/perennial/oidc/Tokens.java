// SPDX-License-Identifier: Apache-2.0
package dev.perennial.oidc;

import dev.perennial.access.Caller;
import dev.perennial.access.Role;
import dev.perennial.access.TenantId;
import dev.perennial.refusal.Refusal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.MalformedClaimException;
import org.jose4j.jwt.NumericDate;
import org.jose4j.jwt.consumer.ErrorCodes;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.jwx.HeaderParameterNames;
import org.jose4j.lang.JoseException;
import org.jspecify.annotations.Nullable;

/**
 * Says who asks by a token: a JSON Web Token that the provider has signed, for this service, and that has not expired.
 * Only its signature is looked at before it is known to be the provider's. Thread-safe.
 */
public final class Tokens {
    private static final Pattern SHAPE = Pattern.compile("[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]*");

    /** By keys of which one half is secret. */
    private static final Set<String> ALGORITHMS = Set.of(
            AlgorithmIdentifiers.RSA_USING_SHA256,
            AlgorithmIdentifiers.RSA_USING_SHA384,
            AlgorithmIdentifiers.RSA_USING_SHA512,
            AlgorithmIdentifiers.RSA_PSS_USING_SHA256,
            AlgorithmIdentifiers.RSA_PSS_USING_SHA384,
            AlgorithmIdentifiers.RSA_PSS_USING_SHA512,
            AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256,
            AlgorithmIdentifiers.ECDSA_USING_P384_CURVE_AND_SHA384,
            AlgorithmIdentifiers.ECDSA_USING_P521_CURVE_AND_SHA512);

    private static final Map<Integer, String> REASONS = Map.of(
            ErrorCodes.EXPIRED, "the token has expired",
            ErrorCodes.EXPIRATION_MISSING, "the token never expires",
            ErrorCodes.NOT_YET_VALID, "the token is not valid yet",
            ErrorCodes.AUDIENCE_INVALID, "the token is for another audience",
            ErrorCodes.AUDIENCE_MISSING, "the token names no audience",
            ErrorCodes.ISSUER_INVALID, "the token is of another issuer",
            ErrorCodes.ISSUER_MISSING, "the token names no issuer",
            ErrorCodes.SUBJECT_MISSING, "the token names no subject",
            ErrorCodes.SIGNATURE_INVALID, "the signature is not the issuer's");

    private static final int CLOCK_SKEW_SECONDS = 30;
    private static final int NAME_BYTES = 8;
    private static final String NAME = "oidc_";

    /**
     * Whom a token is of.
     *
     * @param tenant whose they are, as the issuer says; it need not be there
     */
    public record Subject(TenantId tenant, Caller caller) {}

    private final Provider provider;
    private final ProviderKeys keys;
    private final InstantSource clock;

    /**
     * @param millis a clock that never goes back
     * @param fetching fetches the provider's keys, one thing after another, beside requests
     */
    public Tokens(Provider provider, InstantSource clock, LongSupplier millis, Executor fetching) {
        this.provider = provider;
        this.clock = clock;
        this.keys = new ProviderKeys(provider, millis, fetching);
    }

    /** Whether something could be a token. */
    public static boolean isOne(String presented) {
        return SHAPE.matcher(presented).matches();
    }

    /**
     * Complete when as much is known as can be had to check a token, some seconds later at most.
     *
     * @throws TokenRejected when it could be none of the provider's
     */
    public CompletableFuture<Void> prepare(String token) {
        JsonWebSignature signed = signed(token);
        String unused = algorithm(signed);
        return keys.seek(keyId(signed));
    }

    /**
     * Whose token it is, as far as the keys that are known now can tell.
     *
     * @throws TokenRejected when it is none of the provider's for this service, or not now
     * @throws Refusal.Forbidden when it allows nothing here
     * @throws Refusal.NotReady when the provider's keys cannot be had now
     */
    public Subject subject(String token) {
        JsonWebSignature signed = signed(token);
        JwtClaims claims = claims(token, key(signed));
        // Who may do nothing learns nothing about tenants either.
        Caller caller = new Caller(name(claims), role(claims));
        return new Subject(tenant(claims.getClaimsMap()), caller);
    }

    private TenantId tenant(Map<String, Object> claims) {
        return provider.tenants().map(claim -> claim.of(claims)).orElse(TenantId.DEFAULT);
    }

    private static JsonWebSignature signed(String token) {
        try {
            return (JsonWebSignature) JsonWebSignature.fromCompactSerialization(token);
        } catch (JoseException | ClassCastException malformed) {
            throw new TokenRejected("the token cannot be read");
        }
    }

    private ProviderKeys.Key key(JsonWebSignature signed) {
        String algorithm = algorithm(signed);
        return keys.find(keyId(signed))
                .filter(key -> key.algorithm().map(algorithm::equals).orElse(true))
                .orElseThrow(() -> new TokenRejected("the issuer has no such key (kid)"));
    }

    private static String algorithm(JsonWebSignature signed) {
        @Nullable String algorithm = header(signed, HeaderParameterNames.ALGORITHM);
        if (algorithm == null || !ALGORITHMS.contains(algorithm)) {
            throw new TokenRejected("the token is not signed as this service takes it");
        }
        return algorithm;
    }

    private static String keyId(JsonWebSignature signed) {
        @Nullable String id = header(signed, HeaderParameterNames.KEY_ID);
        if (id == null) {
            throw new TokenRejected("the token names no key of its issuer (kid)");
        }
        return id;
    }

    private static @Nullable String header(JsonWebSignature signed, String name) {
        return signed.getHeaders().getObjectHeaderValue(name) instanceof String text ? text : null;
    }

    private JwtClaims claims(String token, ProviderKeys.Key key) {
        try {
            return new JwtConsumerBuilder()
                    .setJwsAlgorithmConstraints(
                            AlgorithmConstraints.ConstraintType.PERMIT, ALGORITHMS.toArray(String[]::new))
                    .setVerificationKey(key.key())
                    .setExpectedIssuer(true, provider.issuer())
                    .setExpectedAudience(true, provider.audience())
                    .setRequireExpirationTime()
                    .setRequireSubject()
                    .setAllowedClockSkewInSeconds(CLOCK_SKEW_SECONDS)
                    .setEvaluationTime(NumericDate.fromMilliseconds(clock.millis()))
                    .build()
                    .processToClaims(token);
        } catch (InvalidJwtException invalid) {
            throw new TokenRejected(REASONS.entrySet().stream()
                    .filter(reason -> invalid.hasErrorCode(reason.getKey()))
                    .map(Map.Entry::getValue)
                    .findFirst()
                    .orElse("the token cannot be read, or what it says of its times does not agree"));
        }
    }

    /** What tells subjects apart, and nothing about them. */
    private String name(JwtClaims claims) {
        try {
            if (claims.getSubject().isBlank()) {
                throw new TokenRejected("the token names no subject");
            }
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest((provider.issuer() + "\n" + claims.getSubject()).getBytes(StandardCharsets.UTF_8));
            return NAME + HexFormat.of().formatHex(Arrays.copyOf(digest, NAME_BYTES));
        } catch (MalformedClaimException malformed) {
            throw new TokenRejected("the token names no subject");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** The highest that it names. */
    private Role role(JwtClaims claims) {
        Set<String> named = values(claims.getClaimsMap());
        return provider.valuesByRole().entrySet().stream()
                .filter(role -> role.getValue().stream().anyMatch(named::contains))
                .map(Map.Entry::getKey)
                .max(Comparator.naturalOrder())
                .orElseThrow(
                        () -> new Refusal.Forbidden("The token is good, and what it says in '" + provider.rolesClaim()
                                + "' names no role of this service. Have the identity provider add it."));
    }

    private Set<String> values(Map<String, Object> claims) {
        Object value = ClaimPath.find(claims, provider.rolesClaim()).orElse(List.of());
        if (value instanceof Collection<?> several) {
            return several.stream()
                    .filter(String.class::isInstance)
                    .map(String.class::cast)
                    .collect(Collectors.toSet());
        }
        return value instanceof String words ? Set.copyOf(List.of(words.split(" +", -1))) : Set.of();
    }
}
