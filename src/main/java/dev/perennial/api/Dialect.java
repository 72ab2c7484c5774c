// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

/** How the protocol that a façade speaks tells failures. Immutable. */
public interface Dialect {
    /** Under which a request keeps the dialect that its body was found to be in, where its path does not tell. */
    String CONTEXT = "perennial.dialect";

    /** A failure as it is told. */
    record Told(int status, String mediaType, Object body) {}

    Told told(Problem problem);
}
