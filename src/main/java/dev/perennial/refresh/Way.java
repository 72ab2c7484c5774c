// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import dev.perennial.adapt.MergeKind;
import dev.perennial.learn.AdaptationStrategy;
import dev.perennial.refresh.AdapterShelf.Kept;

/** How tasks may come to be answered by an adapter. */
sealed interface Way {
    String key();

    AdaptationStrategy strategy();

    /** By that of their group as it is: nothing is learnt. */
    record Reuse(Kept old, AdaptationStrategy strategy) implements Way {
        @Override
        public String key() {
            return "reuse";
        }
    }

    /** By that of their group, which goes on learning from their examples and is merged with what it was. */
    record Share(Kept old, AdaptationStrategy strategy, MergeKind merge) implements Way {
        @Override
        public String key() {
            return "share";
        }
    }

    /** By one of their own, which begins with the encoder as it ships. */
    record Own(AdaptationStrategy strategy) implements Way {
        @Override
        public String key() {
            return "own";
        }
    }
}
