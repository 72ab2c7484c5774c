// SPDX-License-Identifier: Apache-2.0
package dev.perennial.evaluate;

import dev.perennial.learn.Rehearsal;

/**
 * What may come to serve in the place of what serves.
 *
 * @param cause what wants it: {@code revision}, or the kind of a job
 * @param name what wants to serve: a revision, or the id of the job that made it
 * @param sides both
 */
public record Candidacy(String cause, String name, Paired<Rehearsal> sides) {}
