// SPDX-License-Identifier: Apache-2.0
package dev.perennial.source;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.perennial.fuzz.MutatedSeeds;
import dev.perennial.knowledge.GraphForm;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.MethodSource;

/** Graphs as Turtle and TriG. */
final class TurtleFileFuzzTest {
    static Stream<byte[]> seeds() {
        return MutatedSeeds.texts(
                "@prefix e: <http://e/> .\n@base <http://b/> .\n"
                        + "e:a a e:C ; e:r e:b , [ e:s \"x\"@en , 1.5 , true ] .\n"
                        + "e:l e:of ( e:a <rel> \"\"\"long\n\"\"text\"\"\" ) .\n",
                "@prefix e: <http://e/> .\ne:g { e:a e:r e:b . }\nGRAPH e:h { _:x e:r _:y }\n",
                "PREFIX : <http://e/#> :a :b \"\\u0041\\n\"^^:t . # c");
    }

    @MethodSource("seeds")
    @FuzzTest
    void aFile_isReadOrRefused(byte[] file) throws Exception {
        GraphFuzz.check(GraphForm.TURTLE, file);
        GraphFuzz.check(GraphForm.TRIG, file);
    }

    @Test
    void someFiles_areReadOrRefused() {
        MutatedSeeds.check(getClass(), seeds(), this::aFile_isReadOrRefused);
    }
}
