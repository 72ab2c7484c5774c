// SPDX-License-Identifier: Apache-2.0
package dev.perennial.oidc;

/** A token is not taken. Carries no stack trace, because it describes the token, and nothing of what the token says. */
public final class TokenRejected extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param reason why, in words that a header can carry */
    TokenRejected(String reason) {
        super(reason, null, false, false);
    }

    /** A token whose tenant is not there, is removed, or could not be: which of these nobody is told. */
    public static TokenRejected ofNoTenant() {
        return new TokenRejected("the token is of no tenant of this service");
    }
}
