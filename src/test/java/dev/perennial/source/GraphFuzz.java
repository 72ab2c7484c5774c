// SPDX-License-Identifier: Apache-2.0
package dev.perennial.source;

import static dev.perennial.fuzz.Parsing.require;
import static dev.perennial.fuzz.Parsing.requireSayable;
import static dev.perennial.fuzz.Parsing.valueOrRefusal;

import dev.perennial.knowledge.GraphForm;
import dev.perennial.knowledge.GraphReading;
import dev.perennial.knowledge.Statement;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** What holds of every form of graph: statements within the limits and faults in our words, or a refusal. */
final class GraphFuzz {
    private static final String LINE_AND_WORDS = "\\d+ .*";

    private GraphFuzz() {}

    static void check(GraphForm form, byte[] file) throws Exception {
        check(ReadGraph.reading(form), file);
    }

    static void check(GraphReading reading, byte[] file) throws Exception {
        Optional<ReadGraph> read = valueOrRefusal(() -> ReadGraph.of(reading, file));
        if (read.isPresent()) {
            read.get().faults().forEach(fault -> {
                requireSayable(fault);
                require(fault.matches(LINE_AND_WORDS), "a fault without a line");
            });
            read.get().statements().forEach(GraphFuzz::check);
        }
    }

    private static void check(Statement statement) {
        require(!statement.entity().isEmpty(), "a statement about nothing");
        require(
                statement.toString().getBytes(StandardCharsets.UTF_8).length
                        < 3 * 4 * 2_048 + 2 * ReadGraph.LITERAL_BYTES,
                "a statement that is longer than one may be");
        require(statement.toString().indexOf('\0') < 0, "a statement with U+0000, which PostgreSQL does not hold");
    }
}
