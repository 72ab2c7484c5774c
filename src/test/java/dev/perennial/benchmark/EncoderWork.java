// SPDX-License-Identifier: Apache-2.0
package dev.perennial.benchmark;

import java.util.List;

/**
 * The shape of a BERT encoder, by which the work of a forward pass is counted.
 *
 * @param layers number of layers
 * @param hidden width of the token vectors
 * @param inner width between the two products that end a layer
 */
record EncoderWork(int layers, int hidden, int inner) {
    static final EncoderWork MINILM = new EncoderWork(6, 384, 1536);

    /**
     * Floating-point operations of texts of so many tokens, two for each multiply-add of a matrix product: query, key,
     * value and output, the two products that end a layer, and attention of each text to itself. What is no product of
     * matrices is not counted, and neither is padding.
     */
    double operations(List<Integer> tokens) {
        double multiplyAdds = 0;
        for (double text : tokens) {
            multiplyAdds += text * (4.0 * hidden * hidden + 2.0 * hidden * inner) + 2 * text * text * hidden;
        }
        return 2 * layers * multiplyAdds;
    }
}
