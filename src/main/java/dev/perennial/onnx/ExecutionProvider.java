// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

/** Which hardware the operator wishes encoders to run on. */
public enum ExecutionProvider {
    /** CUDA where there is one, else the CPU. */
    AUTO,
    /** The CPU, always. */
    CPU,
    /** An NVIDIA GPU. */
    CUDA
}
