// SPDX-License-Identifier: Apache-2.0
package dev.perennial.source;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.perennial.fuzz.MutatedSeeds;
import dev.perennial.knowledge.GraphForm;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.MethodSource;

/** Graphs as tables of tabs and of commas. */
final class TabularGraphFuzzTest {
    static Stream<byte[]> seeds() {
        return MutatedSeeds.texts(
                "a\tr\tb\nc\tr\td\r\n",
                "a,r,b\n\"c, \"\"d\"\"\",r,\"e\nf\"\n",
                "\uFEFFid,label,in\n1,x,2\n",
                "a\tb\n\"open\n");
    }

    @MethodSource("seeds")
    @FuzzTest
    void aFile_isReadOrRefused(byte[] file) throws Exception {
        GraphFuzz.check(GraphForm.TSV, file);
        GraphFuzz.check(GraphForm.CSV, file);
    }

    @Test
    void someFiles_areReadOrRefused() {
        MutatedSeeds.check(getClass(), seeds(), this::aFile_isReadOrRefused);
    }
}
