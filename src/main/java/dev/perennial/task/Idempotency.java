// SPDX-License-Identifier: Apache-2.0
package dev.perennial.task;

/**
 * A client's promise that two requests with the same key are one.
 *
 * @param key the client's key, with the route it was used on
 * @param requestDigest SHA-256 of the request body, in hex
 */
public record Idempotency(String key, String requestDigest) {

    /** A reply that is kept to be replayed. */
    public record Reply(int status, String body) {}

    /** A stored reply and the request that it answered. */
    public record Entry(Idempotency request, Reply reply) {}
}
