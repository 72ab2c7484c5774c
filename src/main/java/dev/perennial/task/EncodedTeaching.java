// SPDX-License-Identifier: Apache-2.0
package dev.perennial.task;

import java.util.Map;

/**
 * A teaching with the vectors that it is learnt from.
 *
 * @param teaching what is taught
 * @param vectorByMember for each member digest, that member's vectors of the input, one after the other
 */
public record EncodedTeaching(Teaching teaching, Map<String, float[]> vectorByMember) {}
