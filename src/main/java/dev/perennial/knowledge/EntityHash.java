// SPDX-License-Identifier: Apache-2.0
package dev.perennial.knowledge;

import java.nio.ByteBuffer;
import java.util.HexFormat;

/**
 * Half of a SHA-256 over the statements about one entity, or the sum of such halves over several, in which the order
 * does not matter.
 */
record EntityHash(long high, long low) {
    static final EntityHash NOTHING = new EntityHash(0, 0);

    EntityHash plus(EntityHash other) {
        return new EntityHash(high + other.high, low + other.low);
    }

    EntityHash minus(EntityHash other) {
        return new EntityHash(high - other.high, low - other.low);
    }

    /** SHA-256 in hex over the sum and how many entities it is of. */
    String digest(int entities) {
        ByteBuffer bytes = ByteBuffer.allocate(2 * Long.BYTES + Integer.BYTES);
        bytes.putLong(high).putLong(low).putInt(entities);
        return HexFormat.of().formatHex(StatementOrder.sha256().digest(bytes.array()));
    }
}
