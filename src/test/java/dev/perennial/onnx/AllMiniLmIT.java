// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

final class AllMiniLmIT extends OnnxEncoderContract {
    @Override
    String id() {
        return "all-minilm-l6-v2";
    }
}
