// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

/** Products in single precision. */
final class FloatProducts implements Products {
    private final GraphNodes nodes;

    FloatProducts(GraphNodes nodes) {
        this.nodes = nodes;
    }

    @Override
    public String lookUp(String table, String ids) {
        return nodes.node("Gather", nodes.weight(table), ids);
    }

    @Override
    public Factor factor(String x) {
        return new Factor(x, "", "");
    }

    @Override
    public Factor activeFactor(String x) {
        return factor(x);
    }

    @Override
    public String product(Factor factor, String matrix) {
        return nodes.node("MatMul", factor.rows(), nodes.weight(matrix));
    }

    @Override
    public String sum(Factor factor, BertGraph.Linear linear) {
        return nodes.node("Gemm", factor.rows(), nodes.weight(linear.matrix()), nodes.weight(linear.bias()));
    }
}
