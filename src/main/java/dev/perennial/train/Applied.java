// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import ai.onnx.proto.OnnxMl.NodeProto;
import dev.perennial.refusal.Refusal;

/**
 * One application of an operator in the graph that is differentiated.
 *
 * @param node as it stands in the graph
 * @param gradient name of the derivative of the loss in the node's first output, of the same shape
 */
record Applied(NodeProto node, String gradient) {
    String operand(int index) {
        return node.getInput(index);
    }

    /** Whether an optional operand is given. */
    boolean has(int index) {
        return node.getInputCount() > index && !node.getInput(index).isEmpty();
    }

    String result() {
        return node.getOutput(0);
    }

    String operator() {
        return node.getOpType();
    }

    /** That the operator is used in a way for which there is no rule. */
    Refusal.Invalid refusal(String way) {
        return new Refusal.Invalid(
                "/model", "The encoder cannot be adapted: its graph uses " + operator() + " " + way + ".");
    }
}
