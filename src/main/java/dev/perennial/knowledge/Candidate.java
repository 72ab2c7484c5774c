// SPDX-License-Identifier: Apache-2.0
package dev.perennial.knowledge;

/**
 * An entity that a name may mean.
 *
 * @param entity its id
 * @param prior how probable it is, by the name alone
 */
public record Candidate(String entity, double prior) {}
