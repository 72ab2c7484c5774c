// SPDX-License-Identifier: Apache-2.0
package dev.perennial.source;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.perennial.fuzz.MutatedSeeds;
import dev.perennial.knowledge.GraphForm;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.MethodSource;

/** Graphs as N-Triples and N-Quads. */
final class TripleLinesFuzzTest {
    static Stream<byte[]> seeds() {
        return MutatedSeeds.texts("""
                <http://e/a> <http://e/r> <http://e/b> .
                # a comment
                _:x <http://www.w3.org/2000/01/rdf-schema#label> "caf\\u00E9"@en-GB <http://e/g> .
                <http://e/a> <http://e/n> "1"^^<http://www.w3.org/2001/XMLSchema#int> .
                """, "<a> <b> \"\\uD83D\\uDE00\\t\\\"\" .\r\n_:b1 <b> _:b2 .\r");
    }

    @MethodSource("seeds")
    @FuzzTest
    void aFile_isReadOrRefused(byte[] file) throws Exception {
        GraphFuzz.check(GraphForm.N_TRIPLES, file);
        GraphFuzz.check(GraphForm.N_QUADS, file);
    }

    @Test
    void someFiles_areReadOrRefused() {
        MutatedSeeds.check(getClass(), seeds(), this::aFile_isReadOrRefused);
    }
}
