// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.access.Caller;
import dev.perennial.access.Keyring;
import dev.perennial.access.Quota;
import dev.perennial.access.Role;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import java.io.InputStream;
import java.time.InstantSource;

/** Answers requests for keys. Thread-safe. */
@Singleton
public final class KeyRequests {
    private final Limits limits;
    private final Bodies bodies;
    private final Replies replies;
    private final InstantSource clock;

    public KeyRequests(Limits limits, Bodies bodies, Replies replies, InstantSource clock) {
        this.limits = limits;
        this.bodies = bodies;
        this.replies = replies;
        this.clock = clock;
    }

    /** A request as it came. */
    record Call(HttpHeaders headers, SecurityContext security, InputStream body) {}

    /** Makes the key of their own tenant that a request wants. */
    Response issue(Keyring keyring, Call call) {
        return issue(keyring, new Caller(call.security().getUserPrincipal().getName(), Role.OPERATOR), call);
    }

    /** Makes a key of another tenant, for an administrator, whatever keys that has. */
    Response issueFor(Keyring tenants, Call call) {
        return issue(tenants, Caller.CONFIGURED, call);
    }

    /** How much is to be asked for with a key. */
    Quota quota(HttpHeaders headers, InputStream body) {
        Bodies.Limit limit = new Bodies.Limit("body_bytes", limits.bodyBytes());
        return bodies.json(headers, body, limit, QuotaBody.class).quota();
    }

    private Response issue(Keyring keyring, Caller caller, Call call) {
        KeyBody wanted = bodies.json(
                call.headers(), call.body(), new Bodies.Limit("body_bytes", limits.bodyBytes()), KeyBody.class);
        String name = Wording.of(wanted.name(), "/name", "origin_chars", limits.originChars());
        Keyring.Wish wish = new Keyring.Wish(name, wanted.allowed(), wanted.expiry(clock.instant()), wanted.quota());
        Keyring.Issued issued = keyring.issue(caller, wish);
        return replies.of(201, KeysResource.IssuedKey.of(issued)).build();
    }
}
