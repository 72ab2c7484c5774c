// SPDX-License-Identifier: Apache-2.0
package dev.perennial.source;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.perennial.fuzz.MutatedSeeds;
import dev.perennial.knowledge.GraphForm;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.MethodSource;

/** Graphs as RDF/XML: also those that ask for files and entities. */
final class RdfXmlFileFuzzTest {
    static Stream<byte[]> seeds() {
        return MutatedSeeds.texts("""
                <?xml version="1.0"?>
                <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e/"
                    xml:base="http://b/">
                  <rdf:Description rdf:about="http://e/a"><e:r rdf:resource="b"/><e:n xml:lang="en">x</e:n>
                    <e:s rdf:parseType="Collection"><e:T/></e:s><e:l rdf:parseType="Literal"><b>y</b></e:l>
                  </rdf:Description>
                </rdf:RDF>""", """
                <!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd"><!ENTITY c "&b;&b;">]>
                <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">&c;</rdf:RDF>""");
    }

    @MethodSource("seeds")
    @FuzzTest
    void aFile_isReadOrRefused(byte[] file) throws Exception {
        GraphFuzz.check(GraphForm.RDF_XML, file);
    }

    @Test
    void someFiles_areReadOrRefused() {
        MutatedSeeds.check(getClass(), seeds(), this::aFile_isReadOrRefused);
    }
}
