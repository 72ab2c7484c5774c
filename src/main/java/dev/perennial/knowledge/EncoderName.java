// SPDX-License-Identifier: Apache-2.0
package dev.perennial.knowledge;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** What the encoder of a graph is called: {@code graph.} and the graph's id, which is shortened when it is too long. */
final class EncoderName {
    private static final int LONGEST = 63;
    private static final String PREFIX = "graph.";
    private static final String SHUFFLED = ".shuffled";
    private static final int KEPT = 30;
    private static final int HASH_BYTES = 6;

    private EncoderName() {}

    static String of(GraphId graph, boolean shuffled) {
        String end = shuffled ? SHUFFLED : "";
        String name = PREFIX + graph.value() + end;
        if (name.length() <= LONGEST) {
            return name;
        }
        byte[] hash = StatementOrder.sha256().digest(graph.value().getBytes(StandardCharsets.US_ASCII));
        String shortened =
                graph.value().substring(0, KEPT) + '.' + HexFormat.of().formatHex(hash, 0, HASH_BYTES);
        return PREFIX + shortened + end;
    }
}
