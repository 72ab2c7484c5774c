// SPDX-License-Identifier: Apache-2.0
package dev.perennial.source;

import dev.perennial.knowledge.GraphForm;
import dev.perennial.knowledge.GraphReading;
import dev.perennial.knowledge.GraphReading.Columns;
import dev.perennial.knowledge.GraphReading.Limits;
import dev.perennial.knowledge.GraphReading.Naming;
import dev.perennial.knowledge.Statement;
import dev.perennial.knowledge.StatementSink;
import dev.perennial.refusal.Refusal;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What came of reading a file. */
record ReadGraph(List<Statement> statements, List<String> faults) {
    static final int LITERAL_BYTES = 1_000;

    /** Reads on after faults. */
    static ReadGraph of(GraphForm form, String file) {
        return of(reading(form), file.getBytes(StandardCharsets.UTF_8));
    }

    static ReadGraph of(GraphReading reading, byte[] file) {
        return of(reading, new ByteArrayInputStream(file));
    }

    static ReadGraph of(GraphReading reading, InputStream file) {
        ReadGraph read = new ReadGraph(new ArrayList<>(), new ArrayList<>());
        read(reading, file, new StatementSink() {
            @Override
            public void accept(Statement statement) {
                read.statements().add(statement);
            }

            @Override
            public void fault(long line, String detail) {
                read.faults().add(line + " " + detail);
            }
        });
        return read;
    }

    /** Stops at the first fault. */
    static void strictly(GraphForm form, String file) {
        read(reading(form), new ByteArrayInputStream(file.getBytes(StandardCharsets.UTF_8)), new StatementSink() {
            @Override
            public void accept(Statement statement) {}

            @Override
            public void fault(long line, String detail) {
                throw new Refusal.Invalid("", "Line " + line + " " + detail);
            }
        });
    }

    static GraphReading reading(GraphForm form) {
        return reading(form, Columns.AS_NAMED);
    }

    static GraphReading reading(GraphForm form, Columns columns) {
        return new GraphReading(
                form, Optional.empty(), "_:1/", "", Naming.USUAL, columns, new Limits(2_048, LITERAL_BYTES, 100_000));
    }

    private static void read(GraphReading reading, InputStream file, StatementSink sink) {
        try {
            new GraphFiles().read(file, reading, sink);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
