// SPDX-License-Identifier: Apache-2.0
package dev.perennial.oidc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perennial.access.Caller;
import dev.perennial.access.Role;
import dev.perennial.access.TenantId;
import dev.perennial.refusal.Refusal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.NumericDate;
import org.jose4j.keys.HmacKey;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class TokensTest {
    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
    private static final String AUDIENCE = "perennial";

    private final TestIdentityProvider idp = new TestIdentityProvider();
    private final ExecutorService fetching = Executors.newSingleThreadExecutor();
    private final AtomicLong millis = new AtomicLong();
    private Instant now = NOW;
    private final Tokens checking = checking("roles", Optional.empty());
    private final Asked tokens = asked(checking);

    @AfterEach
    void close() {
        idp.close();
        fetching.shutdownNow();
    }

    @Test
    void token_isItsSubjectsByADigest_withTheHighestRoleItNames() {
        Caller caller = tokens.caller(idp.rsaSigned(claims("reader", "operator", "teacher")));
        assertThat(caller.role()).isEqualTo(Role.OPERATOR);
        assertThat(caller.name()).matches("oidc_[0-9a-f]{16}");
        assertThat(tokens.caller(idp.ecSigned(claims("reader")))).isEqualTo(new Caller(caller.name(), Role.READER));

        JwtClaims other = claims("reader");
        other.setSubject("somebody else");
        assertThat(tokens.caller(idp.rsaSigned(other)).name()).isNotEqualTo(caller.name());
        assertThat(idp.asked()).isEqualTo(2);
    }

    @Test
    void roles_areFoundInAListInWordsAndWithinClaims() {
        JwtClaims words = claims();
        words.setClaim("scope", "openid  teacher profile");
        assertThat(tokens("scope").caller(idp.rsaSigned(words)).role()).isEqualTo(Role.TEACHER);
        JwtClaims nested = claims();
        nested.setClaim("realm_access", Map.of("roles", List.of("x", "teacher", 5)));
        assertThat(tokens("realm_access/roles").caller(idp.rsaSigned(nested)).role())
                .isEqualTo(Role.TEACHER);
        JwtClaims address = claims();
        address.setClaim("https://example.org/roles", List.of("reader"));
        assertThat(tokens("https://example.org/roles")
                        .caller(idp.rsaSigned(address))
                        .role())
                .isEqualTo(Role.READER);
    }

    @Test
    void tokenWithoutAMappedRole_isForbidden() {
        for (JwtClaims claims : List.of(
                claims(),
                claims("Operator"),
                claims("operator "),
                with(c -> c.setClaim("roles", 5)),
                with(c -> c.setClaim("roles", Map.of("operator", true))),
                with(c -> {
                    c.unsetClaim("roles");
                    c.setClaim("role", "operator");
                }))) {
            assertThatThrownBy(() -> tokens.caller(idp.rsaSigned(claims)))
                    .as(claims.toJson())
                    .isInstanceOf(Refusal.Forbidden.class)
                    .hasMessageNotContaining("subject");
        }
    }

    @Test
    void wrongClaims_areRejected() {
        Map<String, JwtClaims> wrong = Map.of(
                "no subject", with(c -> c.setSubject(" ")),
                "has expired",
                        with(c -> {
                            c.setIssuedAt(at(-600));
                            c.setExpirationTime(at(-31));
                        }),
                "never expires", with(c -> c.unsetClaim("exp")),
                "not valid yet", with(c -> c.setNotBefore(at(31))),
                "another audience", with(c -> c.setAudience("others")),
                "names no audience", with(c -> c.unsetClaim("aud")),
                "another issuer", with(c -> c.setIssuer(idp.address() + "/")),
                "names no issuer", with(c -> c.unsetClaim("iss")),
                "names no subject", with(c -> c.unsetClaim("sub")));
        wrong.forEach((reason, claims) -> rejected(idp.rsaSigned(claims), reason));

        JwtClaims justExpired = with(c -> {
            c.setIssuedAt(at(-600));
            c.setExpirationTime(at(-29));
        });
        assertThat(tokens.caller(idp.rsaSigned(justExpired))).isNotNull();
        assertThat(tokens.caller(idp.rsaSigned(with(c -> c.setAudience("others", AUDIENCE)))))
                .isNotNull();
        now = NOW.plusSeconds(700);
        rejected(idp.rsaSigned(claims("operator")), "has expired");
    }

    @Test
    void wrongSignatures_areRejected() {
        String good = idp.rsaSigned(claims("operator"));
        String[] parts = good.split("\\.");
        String payload = claims("operator").toJson();
        PublicJsonWebKey stranger = TestIdentityProvider.rsa("one");
        // The public key, which everybody has, as the secret of a symmetric one.
        byte[] known = idp.rsa().getPublicKey().getEncoded();
        byte[] knownAsText = ("-----BEGIN PUBLIC KEY-----\n"
                        + Base64.getMimeEncoder().encodeToString(known) + "\n-----END PUBLIC KEY-----\n")
                .getBytes(StandardCharsets.UTF_8);
        List<String> wrong = List.of(
                TestIdentityProvider.signed(payload, "RS256", "one", stranger.getPrivateKey()),
                TestIdentityProvider.signed(payload, "RS256", "two", idp.rsa().getPrivateKey()),
                TestIdentityProvider.signed(payload, "RS256", "three", idp.rsa().getPrivateKey()),
                TestIdentityProvider.signed(payload, "RS256", null, idp.rsa().getPrivateKey()),
                TestIdentityProvider.signed(payload, "HS256", "one", new HmacKey(known)),
                TestIdentityProvider.signed(payload, "HS256", "one", new HmacKey(knownAsText)),
                TestIdentityProvider.signed(payload, "none", "one", null),
                base64("{\"alg\":\"none\"}") + "." + parts[1] + ".",
                base64("{\"alg\":\"NONE\",\"kid\":\"one\"}") + "." + parts[1] + ".",
                base64("{\"kid\":\"one\"}") + "." + parts[1] + "." + parts[2],
                base64("{\"alg\":\"RS256\",\"kid\":\"one\",\"crit\":[\"b64\"],\"b64\":false}") + "." + parts[1] + "."
                        + parts[2],
                base64("{\"alg\":\"RS256\",\"kid\":5}") + "." + parts[1] + "." + parts[2],
                base64("[]") + "." + parts[1] + "." + parts[2],
                parts[0] + "." + parts[1] + ".",
                parts[0] + "." + parts[1] + "." + parts[2].substring(2),
                parts[0] + "." + base64(payload.replace("subject", "another")) + "." + parts[2],
                "a.b.c");
        for (String token : wrong) {
            assertThat(Tokens.isOne(token)).as(token).isTrue();
            assertThatThrownBy(() -> tokens.caller(token)).as(token).isInstanceOf(TokenRejected.class);
        }
        assertThat(tokens.caller(good)).isNotNull();
    }

    @Test
    void anyBytesChanged_areRejected() {
        long seed = Long.getLong("perennial.seed", new Random().nextLong());
        System.out.println("TokensTest seed " + seed);
        Random random = new Random(seed);
        String alphabet = "ABCxyz019-_.";
        for (String good : List.of(idp.rsaSigned(claims("operator")), idp.ecSigned(claims("operator")))) {
            for (int i = 0; i < 500; i++) {
                StringBuilder token = new StringBuilder(good);
                // But for the last character, of which some bits say nothing.
                int place = random.nextInt(good.length() - 1);
                char other = alphabet.charAt(random.nextInt(alphabet.length()));
                if (token.charAt(place) != other) {
                    token.setCharAt(place, other);
                    assertThatThrownBy(() -> tokens.caller(token.toString()))
                            .as("seed %d, %s", seed, token)
                            .isInstanceOf(TokenRejected.class);
                }
            }
        }
    }

    @Test
    void signaturesOfAnyLength_areRejected() {
        for (String good : List.of(idp.rsaSigned(claims("operator")), idp.ecSigned(claims("operator")))) {
            String unsigned = good.substring(0, good.lastIndexOf('.') + 1);
            for (int length = 0; length < 400; length++) {
                for (byte filling : new byte[] {0, 1, -1}) {
                    byte[] signature = new byte[length];
                    Arrays.fill(signature, filling);
                    String token =
                            unsigned + Base64.getUrlEncoder().withoutPadding().encodeToString(signature);
                    assertThatThrownBy(() -> tokens.caller(token)).as(token).isInstanceOf(TokenRejected.class);
                }
            }
        }
    }

    @Test
    void tenant_isWhatTheTokenSays_andNothingElse() {
        Asked nested = asked(checking("roles", Optional.of(new TenantClaim("org/tenant", TenantClaim.OfDefault.NONE))));
        assertThat(nested.subject(idp.rsaSigned(with(c -> c.setClaim("org", Map.of("tenant", "acme"))))))
                .isEqualTo(new Tokens.Subject(new TenantId("acme"), tokens.caller(idp.rsaSigned(claims("reader")))));
        Asked address =
                asked(checking("roles", Optional.of(new TenantClaim("https://a.org/t", TenantClaim.OfDefault.NONE))));
        assertThat(address.subject(idp.rsaSigned(with(c -> c.setClaim("https://a.org/t", "a-1"))))
                        .tenant())
                .isEqualTo(new TenantId("a-1"));

        List<Object> hostile = List.of(
                List.of("acme"),
                List.of(),
                5,
                true,
                Map.of("acme", "acme"),
                Map.of("tenant", "acme"),
                "",
                " ",
                "acme ",
                " acme",
                "acme\n",
                "acme\u0000",
                "ACME",
                "Acme",
                "default",
                "DEFAULT",
                "acme default",
                "acme,default",
                "acme/../default",
                "../default",
                "..",
                ".",
                "/",
                "acme/",
                "%61cme",
                "acme%2e",
                "acm\u00e9",
                "\uff41cme",
                "-acme",
                "acme-",
                "a".repeat(33),
                "a".repeat(10_000));
        Asked flat = asked(checking("roles", Optional.of(new TenantClaim("tenant", TenantClaim.OfDefault.NONE))));
        Asked orDefault =
                asked(checking("roles", Optional.of(new TenantClaim("tenant", TenantClaim.OfDefault.UNNAMED))));
        for (Object value : hostile) {
            String token = idp.rsaSigned(with(c -> c.setClaim("tenant", value)));
            for (Asked any : List.of(flat, orDefault)) {
                assertThatThrownBy(() -> any.subject(token))
                        .as("%s", value)
                        .isInstanceOf(TokenRejected.class)
                        .hasMessage("the token is of no tenant of this service");
            }
        }
        String ofNobody = idp.rsaSigned(with(c -> c.setClaim("tenant", null)));
        assertThatThrownBy(() -> orDefault.subject(ofNobody)).isInstanceOf(TokenRejected.class);
        String notWithin = idp.rsaSigned(with(c -> c.setClaim("org", "acme")));
        assertThatThrownBy(() -> nested.subject(notWithin)).isInstanceOf(TokenRejected.class);
    }

    @Test
    void tokenWithoutATenant_isOfTheDefaultOne_onlyWhereThatIsSaid() {
        String unnamed = idp.rsaSigned(claims("reader"));
        String named = idp.rsaSigned(with(c -> c.setClaim("tenant", "default")));
        Map<TenantClaim.OfDefault, List<Boolean>> taken = Map.of(
                TenantClaim.OfDefault.NONE, List.of(false, false),
                TenantClaim.OfDefault.NAMED, List.of(true, false),
                TenantClaim.OfDefault.UNNAMED, List.of(false, true));
        taken.forEach((ofDefault, expected) -> {
            Asked asked = asked(checking("roles", Optional.of(new TenantClaim("tenant", ofDefault))));
            for (int i = 0; i < 2; i++) {
                String token = i == 0 ? named : unnamed;
                if (expected.get(i)) {
                    assertThat(asked.subject(token).tenant())
                            .as("%s %d", ofDefault, i)
                            .isEqualTo(TenantId.DEFAULT);
                } else {
                    assertThatThrownBy(() -> asked.subject(token))
                            .as("%s %d", ofDefault, i)
                            .isInstanceOf(TokenRejected.class);
                }
            }
        });
        assertThatThrownBy(() -> new TenantClaim(" ", TenantClaim.OfDefault.NONE))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whoMayDoNothing_isToldSo_whateverTheTenant() {
        Asked asked = asked(checking("roles", Optional.of(new TenantClaim("tenant", TenantClaim.OfDefault.NONE))));
        for (String tenant : List.of("acme", "default", "..")) {
            JwtClaims claims = claims("nothing");
            claims.setClaim("tenant", tenant);
            assertThatThrownBy(() -> asked.subject(idp.rsaSigned(claims)))
                    .as(tenant)
                    .isInstanceOf(Refusal.Forbidden.class)
                    .hasMessageNotContaining(tenant);
        }
    }

    @Test
    void waitingForAProviderThatHangs_holdsNobody() {
        idp.hang();
        String token = idp.rsaSigned(claims("reader"));
        List<CompletableFuture<Void>> waiting =
                IntStream.range(0, 1_000).mapToObj(i -> checking.prepare(token)).toList();
        assertThat(waiting).allMatch(one -> !one.isDone());
        CompletableFuture.allOf(waiting.toArray(CompletableFuture[]::new)).join();
        assertThat(idp.asked()).isEqualTo(1);
    }

    @Test
    void newKeys_areFetched_andKeysThatAreGone_areNotTaken() {
        String old = idp.rsaSigned(claims("reader"));
        assertThat(tokens.caller(old)).isNotNull();
        PublicJsonWebKey next = TestIdentityProvider.rsa("next");
        idp.tell(next);
        String fresh = TestIdentityProvider.signed(claims("reader").toJson(), "RS256", "next", next.getPrivateKey());
        rejected(fresh, "no such key");
        assertThat(idp.asked()).as("not asked again at once").isEqualTo(2);

        pass(ProviderKeys.BETWEEN_FETCHES.toMillis());
        assertThat(tokens.caller(fresh)).isNotNull();
        rejected(old, "no such key");
        assertThat(idp.asked()).isEqualTo(4);
    }

    @Test
    void keysAreFetchedAnew_withoutAnybodyWaiting() throws Exception {
        String token = idp.rsaSigned(claims("reader"));
        assertThat(tokens.caller(token)).isNotNull();
        idp.tell(TestIdentityProvider.rsa("next"));
        pass(ProviderKeys.FRESH.toMillis() + 1);
        assertThat(tokens.caller(token)).isNotNull();
        fetching.submit(() -> {}).get(60, TimeUnit.SECONDS);
        rejected(token, "no such key");
    }

    @Test
    void providerThatIsDown_isSaid_andTheKeysOfBeforeAreGoodForAnHour() {
        String token = idp.rsaSigned(claims("reader"));
        assertThat(tokens.caller(token)).isNotNull();
        idp.close();
        pass(ProviderKeys.GOOD.toMillis());
        assertThat(tokens.caller(token)).isNotNull();
        pass(1);
        assertThatThrownBy(() -> tokens.caller(token)).isInstanceOfSatisfying(Refusal.NotReady.class, later -> {
            assertThat(later).hasMessageContaining("identity provider");
            assertThat(later.retryAfterSeconds()).isPositive();
        });
    }

    @Test
    void keyThatIsNotKnown_mayBeNewWhileTheProviderIsDown() {
        assertThat(tokens.caller(idp.rsaSigned(claims("reader")))).isNotNull();
        PublicJsonWebKey later = TestIdentityProvider.rsa("later");
        String token = TestIdentityProvider.signed(claims("reader").toJson(), "RS256", "later", later.getPrivateKey());
        idp.answerWith(500);
        pass(ProviderKeys.BETWEEN_FETCHES.toMillis());
        assertThatThrownBy(() -> tokens.caller(token)).isInstanceOf(Refusal.NotReady.class);
        idp.answerWith(200);
        idp.tell(later);
        pass(ProviderKeys.BETWEEN_FETCHES.toMillis());
        assertThat(tokens.caller(token)).isNotNull();
    }

    @Test
    void providerThatIsDownAtFirst_isTakenOnceItAnswers() {
        idp.answerWith(500);
        String token = idp.rsaSigned(claims("reader"));
        assertThatThrownBy(() -> tokens.caller(token)).isInstanceOf(Refusal.NotReady.class);
        idp.answerWith(200);
        assertThatThrownBy(() -> tokens.caller(token)).isInstanceOf(Refusal.NotReady.class);
        pass(ProviderKeys.BETWEEN_FETCHES.toMillis());
        assertThat(tokens.caller(token)).isNotNull();
    }

    @Test
    void providerOfAnotherName_withoutKeys_orAnsweringSomethingElse_isNotBelieved() {
        idp.callItself("https://example.org");
        notReady();
        idp.callItself(idp.address());
        idp.tell();
        notReady();
        idp.answerWith(302);
        notReady();
    }

    @Test
    void providerThatHangs_isWaitedForBriefly() {
        idp.hang();
        notReady();
    }

    @Test
    void providerThatNeverEndsItsAnswer_isCut_andAskedAgain() throws Exception {
        idp.trickle();
        notReady();
        fetching.submit(() -> {}).get(60, TimeUnit.SECONDS);
    }

    @Test
    void addressesThatAnybodyCouldAnswerFor_areRefused() {
        for (String issuer : List.of(
                "http://example.org",
                "example.org",
                "https://",
                "file:///etc/passwd",
                "https://example.org/?a=b",
                "https://example.org/#a",
                "ht tps://example.org",
                "")) {
            assertThatThrownBy(() -> new Provider(issuer, AUDIENCE, "roles", Map.of(), Optional.empty()))
                    .as(issuer)
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(new Provider("https://example.org/realm/", AUDIENCE, "roles", Map.of(), Optional.empty())
                        .discovery())
                .hasToString("https://example.org/realm/.well-known/openid-configuration");
        assertThatThrownBy(() -> new Provider("https://example.org", " ", "roles", Map.of(), Optional.empty()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shapeOfATokens_isThreeParts() {
        assertThat(Tokens.isOne("a.b.")).isTrue();
        for (String other : List.of("", "a", "a.b", "a.b.c.d.e", "a b.c.d", "pk_0123456789abcdef_" + "A".repeat(43))) {
            assertThat(Tokens.isOne(other)).as(other).isFalse();
        }
    }

    private void notReady() {
        assertThatThrownBy(() -> tokens.caller(idp.rsaSigned(claims("reader")))).isInstanceOf(Refusal.NotReady.class);
        pass(ProviderKeys.BETWEEN_FETCHES.toMillis());
    }

    private void rejected(String token, String reason) {
        assertThatThrownBy(() -> tokens.caller(token))
                .isInstanceOf(TokenRejected.class)
                .hasMessageContaining(reason);
    }

    private void pass(long duration) {
        millis.addAndGet(duration);
    }

    /** Who asks, once whatever is needed to tell is known. */
    private interface Asked {
        Tokens.Subject subject(String token);

        default Caller caller(String token) {
            Tokens.Subject subject = subject(token);
            assertThat(subject.tenant()).isEqualTo(TenantId.DEFAULT);
            return subject.caller();
        }
    }

    private static Asked asked(Tokens tokens) {
        return token -> {
            tokens.prepare(token).join();
            return tokens.subject(token);
        };
    }

    private Asked tokens(String rolesClaim) {
        return asked(checking(rolesClaim, Optional.empty()));
    }

    private Tokens checking(String rolesClaim, Optional<TenantClaim> tenants) {
        Provider provider = new Provider(
                idp.address(),
                AUDIENCE,
                rolesClaim,
                Map.of(
                        Role.READER, Set.of("reader"),
                        Role.TEACHER, Set.of("teacher"),
                        Role.OPERATOR, Set.of("operator", "admin")),
                tenants);
        return new Tokens(provider, () -> now, millis::get, fetching);
    }

    private JwtClaims claims(String... roles) {
        JwtClaims claims = idp.claims("subject", AUDIENCE, NOW);
        if (roles.length > 0) {
            claims.setStringListClaim("roles", roles);
        }
        return claims;
    }

    private JwtClaims with(Consumer<JwtClaims> change) {
        JwtClaims claims = claims("reader");
        change.accept(claims);
        return claims;
    }

    private static NumericDate at(long seconds) {
        return NumericDate.fromSeconds(NOW.getEpochSecond() + seconds);
    }

    private static String base64(String json) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }
}
