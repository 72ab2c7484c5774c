// SPDX-License-Identifier: Apache-2.0
package dev.perennial.task;

/**
 * What a task keeps set apart, without the name that a store has given to it.
 *
 * @param before how many of the examples that are learnt from were taught before it
 */
public record SetApart(Teaching teaching, QuarantineReason reason, int before) {}
