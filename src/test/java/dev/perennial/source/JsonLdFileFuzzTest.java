// SPDX-License-Identifier: Apache-2.0
package dev.perennial.source;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.perennial.fuzz.MutatedSeeds;
import dev.perennial.knowledge.GraphForm;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.MethodSource;

/** Graphs as JSON-LD: also those that ask for a context from elsewhere. */
final class JsonLdFileFuzzTest {
    static Stream<byte[]> seeds() {
        return MutatedSeeds.texts("""
                {"@context":{"@vocab":"http://e/","n":{"@id":"http://e/n","@language":"en"}},
                 "@id":"http://e/a","@type":"T","r":{"@id":"http://e/b"},"n":"x","l":{"@list":[1,true,"y"]},
                 "@graph":[{"@id":"_:x","r":[{"@id":"_:y"},{"@value":"z","@type":"http://e/t"}]}]}""", """
                [{"@id":"http://e/a","http://e/r":[{"@id":"http://e/b"},{"@value":"x","@language":"en"}]}]""", """
                {"@context":"http://127.0.0.1:1/context","@id":"http://e/a"}""");
    }

    @MethodSource("seeds")
    @FuzzTest
    void aFile_isReadOrRefused(byte[] file) throws Exception {
        GraphFuzz.check(GraphForm.JSON_LD, file);
    }

    @Test
    void someFiles_areReadOrRefused() {
        MutatedSeeds.check(getClass(), seeds(), this::aFile_isReadOrRefused);
    }
}
