// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import dev.perennial.encode.EncoderInfo.Pooling;
import java.nio.file.Path;

/**
 * The encoder that is adapted.
 *
 * @param model ONNX file, which was checked when it was registered
 * @param sha256 of that file, in lower-case hex
 * @param pooling how token vectors become one
 */
public record EncoderFile(Path model, String sha256, Pooling pooling) {}
