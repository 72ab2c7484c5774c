// SPDX-License-Identifier: Apache-2.0
/** Gradients of encoders: a backward graph of ordinary ONNX operators, run by the runtime that serves; adapters. */
@NullMarked
package dev.perennial.train;

import org.jspecify.annotations.NullMarked;
