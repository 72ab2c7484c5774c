// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.encode.Encoder;
import dev.perennial.refresh.MemberRegistry;
import dev.perennial.store.DataDirectory;
import java.util.List;

/** Where the encoders come from that serve after start-up. */
public interface EncoderSource {

    /**
     * What was opened.
     *
     * @param encoders those that serve in any case
     * @param registry those that were registered, and may be
     */
    record Opened(List<Encoder> encoders, MemberRegistry registry) {}

    /**
     * Opens them.
     *
     * @throws dev.perennial.refusal.Refusal when one cannot serve; the detail says why
     */
    Opened open(DataDirectory directory);
}
