// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

/**
 * The vector-Jacobian product of one operator: given the derivative of the loss in what a node computes, what the node
 * contributes to the derivatives in its operands (reverse-mode differentiation; Griewank and Walther, Evaluating
 * Derivatives, 2008, chapter 3).
 */
@FunctionalInterface
interface Rule {
    /** Writes the operators that compute the contributions to {@code tape}. */
    void differentiate(Applied node, Tape tape);
}
