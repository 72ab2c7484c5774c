// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

final class AllMiniLmInt8IT extends OnnxEncoderContract {
    @Override
    String id() {
        return "all-minilm-l6-v2";
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
