// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

final class E5SmallIT extends OnnxEncoderContract {
    @Override
    String id() {
        return "e5-small-v2";
    }
}
