// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

/** In which numbers an encoder multiplies. */
public enum Precision {
    /** As its file has them. */
    FP32,
    /** Bytes, each token vector with a scale of its own. */
    INT8,
    /** Either of both, as each task chooses (see {@link dev.perennial.encode.Encoder#rounded}). */
    AUTO
}
