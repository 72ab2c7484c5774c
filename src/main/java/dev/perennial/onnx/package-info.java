/** ONNX Runtime and tokenizers behind the encoder port; checking models before they may serve. */
@NullMarked
package dev.perennial.onnx;

import org.jspecify.annotations.NullMarked;
