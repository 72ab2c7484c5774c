// SPDX-License-Identifier: Apache-2.0
package dev.perennial.oidc;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.Key;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwk.EcJwkGenerator;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jwk.RsaJwkGenerator;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.NumericDate;
import org.jose4j.keys.EllipticCurves;
import org.jose4j.lang.JoseException;

/** An identity provider: says what it is, tells its public keys, and signs tokens. */
public final class TestIdentityProvider implements AutoCloseable {
    private final AtomicInteger asked = new AtomicInteger();
    private final PublicJsonWebKey rsa = rsa("one");
    private final PublicJsonWebKey ec = ec("two");
    private volatile List<PublicJsonWebKey> told = List.of(rsa, ec);
    private volatile String name;
    private volatile int status = 200;
    private volatile boolean hangs;
    private volatile boolean trickles;
    private HttpServer server;

    public TestIdentityProvider() {
        this(0);
    }

    /** One that listens at a port. */
    public TestIdentityProvider(int port) {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        name = "http://127.0.0.1:" + server.getAddress().getPort() + "/realm";
        server.setExecutor(Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "identity-provider");
            thread.setDaemon(true);
            return thread;
        }));
        server.createContext(
                "/realm/.well-known/openid-configuration",
                exchange -> answer(
                        exchange,
                        "{\"issuer\": \"" + name + "\", \"jwks_uri\": \"" + address()
                                + "/keys\", \"other\": [1, {}]}"));
        server.createContext(
                "/realm/keys",
                exchange ->
                        answer(exchange, new JsonWebKeySet(told).toJson(JsonWebKey.OutputControlLevel.PUBLIC_ONLY)));
        server.start();
    }

    private void answer(HttpExchange exchange, String body) throws IOException {
        asked.incrementAndGet();
        try {
            if (hangs) {
                Thread.sleep(60_000);
            }
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, trickles ? 0 : bytes.length);
            exchange.getResponseBody().write(bytes, 0, trickles ? 1 : bytes.length);
            if (trickles) {
                exchange.getResponseBody().flush();
                Thread.sleep(60_000);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            exchange.close();
        }
    }

    /** Its name and address. */
    public String address() {
        return "http://127.0.0.1:" + port() + "/realm";
    }

    public int port() {
        return server.getAddress().getPort();
    }

    /** How often anybody asked it. */
    public int asked() {
        return asked.get();
    }

    /** What of a token is usual. */
    public JwtClaims claims(String subject, String audience, Instant now) {
        JwtClaims claims = new JwtClaims();
        claims.setIssuer(address());
        claims.setSubject(subject);
        claims.setAudience(audience);
        claims.setIssuedAt(NumericDate.fromMilliseconds(now.toEpochMilli()));
        claims.setExpirationTime(
                NumericDate.fromMilliseconds(now.plusSeconds(600).toEpochMilli()));
        return claims;
    }

    /** A token of a subject that has a role. */
    public String token(String subject, String audience, String role) {
        JwtClaims claims = claims(subject, audience, Instant.now());
        claims.setStringListClaim("roles", "offline_access", role);
        claims.setClaim("email", "somebody@example.org");
        claims.setClaim("name", "Some Body");
        return rsaSigned(claims);
    }

    /** The same of a subject that has a tenant. */
    public String token(String subject, String audience, String role, Object tenant) {
        JwtClaims claims = claims(subject, audience, Instant.now());
        claims.setStringListClaim("roles", role);
        claims.setClaim("tenant", tenant);
        return rsaSigned(claims);
    }

    public String rsaSigned(JwtClaims claims) {
        return signed(claims.toJson(), "RS256", "one", rsa.getPrivateKey());
    }

    String ecSigned(JwtClaims claims) {
        return ecSigned(claims.toJson());
    }

    /** A token that says whatever it is to say. */
    String ecSigned(String payload) {
        return signed(payload, "ES256", "two", ec.getPrivateKey());
    }

    PublicJsonWebKey rsa() {
        return rsa;
    }

    /** Tells other keys from now on. */
    void tell(PublicJsonWebKey... keys) {
        told = List.of(keys);
    }

    void answerWith(int other) {
        status = other;
    }

    void callItself(String other) {
        name = other;
    }

    public void hang() {
        hangs = true;
    }

    void trickle() {
        trickles = true;
    }

    static PublicJsonWebKey rsa(String id) {
        try {
            PublicJsonWebKey key = RsaJwkGenerator.generateJwk(2048);
            key.setKeyId(id);
            return key;
        } catch (JoseException e) {
            throw new IllegalStateException(e);
        }
    }

    static PublicJsonWebKey ec(String id) {
        try {
            PublicJsonWebKey key = EcJwkGenerator.generateJwk(EllipticCurves.P256);
            key.setKeyId(id);
            return key;
        } catch (JoseException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A token, however it is signed. */
    static String signed(String payload, String algorithm, String keyId, Key key) {
        JsonWebSignature signature = new JsonWebSignature();
        signature.setAlgorithmConstraints(AlgorithmConstraints.NO_CONSTRAINTS);
        signature.setDoKeyValidation(false);
        signature.setPayload(payload);
        signature.setAlgorithmHeaderValue(algorithm);
        if (keyId != null) {
            signature.setKeyIdHeaderValue(keyId);
        }
        signature.setKey(key);
        try {
            return signature.getCompactSerialization();
        } catch (JoseException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
