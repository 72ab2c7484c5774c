// SPDX-License-Identifier: Apache-2.0
package dev.perennial.ensemble;

/** A label and its calibrated probability in [0, 1]. */
public record LabelProbability(String label, double probability) {}
