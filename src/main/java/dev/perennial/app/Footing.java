// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.encode.Encoders;
import dev.perennial.knowledge.LiveGraphs;
import dev.perennial.math.LinearAlgebra;

/** What everything rests on that serves a tenant. */
record Footing(Disk disk, Platform platform, Encoders encoders, LiveGraphs graphs, Refreshing refreshing) {
    LinearAlgebra algebra() {
        return platform.host().algebra();
    }
}
