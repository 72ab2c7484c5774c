// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.adapt.MergeKind;

/**
 * An adapter that goes on learning from new examples.
 *
 * @param adapter of {@link TrainedAdapter#adapter}; not copied
 * @param information what its numbers are worth to what it has learnt, of {@link TrainedAdapter#information}; not
 *     copied
 * @param merge by which rule what comes of it is merged with what it was
 */
@SuppressWarnings("ArrayRecordComponent")
public record Continuation(byte[] adapter, byte[] information, MergeKind merge) {}
