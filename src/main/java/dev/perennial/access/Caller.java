// SPDX-License-Identifier: Apache-2.0
package dev.perennial.access;

/**
 * Who asks.
 *
 * @param name how audit events call them: the id of a key, never client text
 * @param role what they may do
 */
public record Caller(String name, Role role) {
    /** Somebody on the same machine, while no key has been made. */
    public static final Caller LOCAL = new Caller("anonymous", Role.OPERATOR);

    /** Who has the key of the configuration. */
    public static final Caller CONFIGURED = new Caller("operator", Role.OPERATOR);
}
