// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

/** How a {@link PackedGraph} multiplies token vectors by matrices, and looks words up. For one graph. */
sealed interface Products permits FloatProducts, ByteProducts {

    /**
     * Token vectors as they are multiplied.
     *
     * @param rows name of their value
     * @param zero name of the byte that stands for zero; empty where numbers are floating
     * @param scales name of what products are to be multiplied by, a number a row; empty where numbers are floating
     */
    record Factor(String rows, String zero, String scales) {}

    /** The rows of a table that ids name. */
    String lookUp(String table, String ids);

    /** Prepares vectors to be multiplied, once for all their products. */
    Factor factor(String x);

    /** Prepares what a Gelu gave, of which no number is below -0.17. */
    Factor activeFactor(String x);

    String product(Factor factor, String matrix);

    /** The product and a bias. */
    String sum(Factor factor, BertGraph.Linear linear);
}
