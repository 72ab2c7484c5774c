// SPDX-License-Identifier: Apache-2.0
package dev.perennial.oidc;

import static dev.perennial.fuzz.Parsing.require;
import static dev.perennial.fuzz.Parsing.requireSayable;
import static dev.perennial.fuzz.Parsing.valueOrRefusal;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.perennial.access.Role;
import dev.perennial.access.TenantId;
import dev.perennial.fuzz.MutatedSeeds;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.lang.JoseException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What comes before anybody is known: by the first byte a token, the head of one, what a token of the provider's says,
 * or the provider's keys.
 */
final class TokensFuzzTest {
    private static final int READERS = 4;
    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
    private static final TestIdentityProvider IDP = new TestIdentityProvider();
    private static final Tokens TOKENS = tokens();

    private static Tokens tokens() {
        Provider provider = new Provider(
                IDP.address(),
                "perennial",
                "realm/roles",
                Map.of(Role.READER, Set.of("reader"), Role.OPERATOR, Set.of("operator")),
                Optional.of(new TenantClaim("tenant", TenantClaim.OfDefault.NAMED)));
        Tokens tokens = new Tokens(provider, InstantSource.fixed(NOW), () -> 0, Runnable::run);
        tokens.prepare(IDP.rsaSigned(IDP.claims("first", "perennial", NOW))).join();
        return tokens;
    }

    static Stream<byte[]> seeds() {
        JwtClaims claims = IDP.claims("subject", "perennial", NOW);
        claims.setClaim("realm", Map.of("roles", Set.of("reader")));
        claims.setClaim("tenant", "acme");
        return MutatedSeeds.numbered(
                READERS,
                // Of somebody who may do nothing, so that whatever comes of it lets nobody in.
                IDP.rsaSigned(IDP.claims("subject", "perennial", NOW)),
                claims.toJson(),
                "{\"alg\":\"RS256\",\"kid\":\"one\",\"crit\":[\"b64\"],\"b64\":false}",
                "{\"alg\":\"none\",\"kid\":{},\"zip\":\"DEF\",\"jwk\":{\"kty\":\"oct\",\"k\":\"AA\"}}",
                "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"x\",\"x\":\"AA\",\"y\":\"AA\",\"use\":\"sig\"},"
                        + "{\"kty\":\"oct\",\"kid\":\"y\",\"k\":\"AA\"},{\"kty\":\"RSA\",\"kid\":\"z\",\"n\":\"AQ\",\"e\":\"AQ\"}]}",
                "[[[[[[[[[[[[[[[[[[[[\"\\u0000\"]]]]]]]]]]]]]]]]]]]]",
                "e30.e30.e30");
    }

    @MethodSource("seeds")
    @FuzzTest
    void someTokens_areTakenOrRejected(byte[] input) throws Exception {
        if (input.length == 0) {
            return;
        }
        String rest = new String(input, 1, input.length - 1, StandardCharsets.UTF_8);
        switch (Math.floorMod(input[0], READERS)) {
            case 0 -> require(check(rest).isEmpty(), "somebody is let in by a token that nobody has signed");
            case 1 -> require(check(encoded(rest) + ".e30.AA").isEmpty(), "somebody is let in without a signature");
            case 2 -> check(IDP.ecSigned(rest)).ifPresent(TokensFuzzTest::requireHarmless);
            default -> checkKeys(rest);
        }
    }

    private static Optional<Tokens.Subject> check(String token) throws Exception {
        boolean unused = Tokens.isOne(token);
        try {
            TOKENS.prepare(token).join();
            return valueOrRefusal(() -> TOKENS.subject(token));
        } catch (TokenRejected rejected) {
            requireSayable(String.valueOf(rejected.getMessage()));
            return Optional.empty();
        }
    }

    private static void requireHarmless(Tokens.Subject subject) {
        require(subject.caller().name().matches("oidc_[0-9a-f]{16}"), "a name of a caller that is the client's words");
        require(TenantId.isValid(subject.tenant().value()), "a tenant whose id is none");
    }

    private static void checkKeys(String set) {
        try {
            ProviderKeys.keys(set)
                    .values()
                    .forEach(key -> require(
                            Set.of("RSA", "EC").contains(key.key().getAlgorithm()), "a key of another kind is taken"));
        } catch (JoseException | IllegalArgumentException refused) {
            // what the provider tells is not used
        }
    }

    private static String encoded(String head) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(head.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void someMutatedTokens_areTakenOrRejected() {
        MutatedSeeds.check(getClass(), seeds(), this::someTokens_areTakenOrRejected);
    }
}
