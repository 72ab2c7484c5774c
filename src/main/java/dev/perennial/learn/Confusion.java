// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.task.Example;

/**
 * An example behind one cell of the confusion matrix.
 *
 * @param example the example
 * @param probability what the ensemble that never saw it gives the label it predicts for it
 */
public record Confusion(Example example, double probability) {}
