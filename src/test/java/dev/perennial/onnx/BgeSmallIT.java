// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

final class BgeSmallIT extends OnnxEncoderContract {
    @Override
    String id() {
        return "bge-small-en-v1.5";
    }
}
