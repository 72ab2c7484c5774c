// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.encode.Encoder;
import dev.perennial.store.DataDirectory;
import java.util.List;

/** Where the encoders come from that serve after start-up. */
public interface EncoderSource {

    /**
     * Opens them.
     *
     * @throws dev.perennial.refusal.Refusal when one cannot serve; the detail says why
     */
    List<Encoder> open(DataDirectory directory);
}
