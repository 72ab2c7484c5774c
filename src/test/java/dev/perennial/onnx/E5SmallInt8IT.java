// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

final class E5SmallInt8IT extends OnnxEncoderContract {
    @Override
    String id() {
        return "e5-small-v2";
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
