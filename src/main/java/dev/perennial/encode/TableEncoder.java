// SPDX-License-Identifier: Apache-2.0
package dev.perennial.encode;

import java.util.Map;

/**
 * A static encoder: the vector of a text is the direction of the sum of some rows of a table, one row for each of its
 * pieces, so that other rows make another encoder. Thread-safe, as every encoder is.
 */
public interface TableEncoder extends Encoder {

    /** Id of the encoder that the table was made of. */
    String teacher();

    /** Numbers of the rows that a text adds up, with repetitions, in the order of its pieces. */
    int[] pieces(Passage passage);

    /** A copy of a row. */
    float[] row(int piece);

    /** Another encoder, in memory, of the same table with other rows in the place of some. */
    TableEncoder with(Map<Integer, float[]> rowByPiece);
}
