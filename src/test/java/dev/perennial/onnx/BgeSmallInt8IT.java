// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

final class BgeSmallInt8IT extends OnnxEncoderContract {
    @Override
    String id() {
        return "bge-small-en-v1.5";
    }

    @Override
    Precision precision() {
        return Precision.INT8;
    }

    @Override
    double leastCosine() {
        return 0.96;
    }
}
