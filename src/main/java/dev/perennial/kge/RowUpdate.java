// SPDX-License-Identifier: Apache-2.0
package dev.perennial.kge;

/** What is done with the gradient of a row. Safe for concurrent use with different rows. */
interface RowUpdate {
    /** @param gradient as long as the row or longer */
    void apply(int row, float[] gradient);
}
