// SPDX-License-Identifier: Apache-2.0
package dev.perennial.member;

import java.nio.ByteBuffer;
import java.security.MessageDigest;

/** Numbers as bytes of a digest. */
final class Digests {
    private Digests() {}

    static void add(MessageDigest digest, double... numbers) {
        ByteBuffer bytes = ByteBuffer.allocate(numbers.length * Double.BYTES);
        bytes.asDoubleBuffer().put(numbers);
        digest.update(bytes);
    }
}
