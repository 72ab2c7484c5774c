// SPDX-License-Identifier: Apache-2.0
package dev.perennial.ensemble;

import dev.perennial.encode.Encoded;
import dev.perennial.task.Example;

/** A taught example with the vectors it is learnt from, by the ensemble's members in order. */
public record Known(Example example, Encoded encoded) {}
