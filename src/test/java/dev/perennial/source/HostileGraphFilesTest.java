// SPDX-License-Identifier: Apache-2.0
package dev.perennial.source;

import static dev.perennial.knowledge.Statement.relation;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perennial.knowledge.GraphForm;
import dev.perennial.refusal.Refusal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that are broken, or meant to harm. */
final class HostileGraphFilesTest {
    private static final String FIRST = "<http://e/a> <http://e/r> <http://e/b> .\n";
    private static final String LAST = "<http://e/c> <http://e/r> <http://e/d> .\n";
    private static final int QUIET_MILLIS = 300;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "what is this",
                "<http://e/a> <http://e/r> .",
                "<http://e/a>",
                "<",
                "<http://e/a> <http://e/r> \"open",
                "<http://e/a> <http://e/r> \"x\" . trailing",
                "<http://e/a b> <http://e/r> <http://e/c> .",
                "<http://e/a> <http://e/r> \"x\"@en_US .",
                "<http://e/a> <http://e/r> \"\\uD800\" .",
                "<http://e/a> <http://e/r> \"\\u0000\" ."
            })
    void aBrokenLineOfTriples_isToldByItsNumber_andTheOthersAreRead(String line) {
        for (GraphForm form : new GraphForm[] {GraphForm.N_TRIPLES, GraphForm.N_QUADS, GraphForm.TURTLE}) {
            ReadGraph read = ReadGraph.of(form, FIRST + line + "\n" + LAST + FIRST);
            assertThat(read.faults()).as(form + " " + line).isNotEmpty();
            assertThat(read.faults().get(0)).as(form + " " + line).matches("[234] .*");
            if (form != GraphForm.TURTLE) {
                assertThat(read.faults()).as(line).hasSize(1).first().asString().startsWith("2 ");
                assertThat(read.statements()).as(line).hasSize(3);
            } else {
                assertThat(read.statements()).as(line).contains(relation("http://e/a", "http://e/r", "http://e/b"));
            }
        }
    }

    @Test
    void aBrokenStatementOfTurtle_isLeftOut_andPrefixesStay() {
        ReadGraph read = ReadGraph.of(GraphForm.TURTLE, """
                @prefix e: <http://e/> .
                e:a e:r e:b ;
                    e:q !! ;
                    e:s e:c .
                e:c e:r e:d .
                e:d none:r e:e .
                e:e e:r e:f .
                """);
        assertThat(read.faults()).containsExactly("3 is no valid Turtle", "6 is no valid Turtle");
        assertThat(read.statements())
                .containsExactly(
                        relation("http://e/a", "http://e/r", "http://e/b"),
                        relation("http://e/c", "http://e/r", "http://e/d"),
                        relation("http://e/e", "http://e/r", "http://e/f"));
    }

    @ParameterizedTest
    @EnumSource(
            value = GraphForm.class,
            names = {"N_TRIPLES", "N_QUADS", "TURTLE", "TRIG", "TSV"})
    void theFirstFault_stopsAReadingThatMayLeaveNothingOut(GraphForm form) {
        String file = form == GraphForm.TSV ? "a\tr\tb\na\tr\nc\tr\td\n" : FIRST + "<http://e/a> .\n" + LAST;
        assertThatThrownBy(() -> ReadGraph.strictly(form, file))
                .isInstanceOf(Refusal.Invalid.class)
                .hasMessageStartingWith("Line 2 ");
    }

    /** A full stop and a space are a number without digits to the parser, which it never gets past. */
    @Test
    void fullStopInACollection_isAFault_andWhatFollowsIsRead() {
        for (GraphForm form : new GraphForm[] {GraphForm.TURTLE, GraphForm.TRIG}) {
            ReadGraph read = ReadGraph.of(
                    form,
                    "<http://e/l> <http://e/of> ( <http://e/a> . ) .\n<http://e/x> <http://e/r> <http://e/y> .\n");
            assertThat(read.faults())
                    .as(form.name())
                    .contains("1 is no valid " + (form == GraphForm.TRIG ? "TriG" : "Turtle"));
            assertThat(read.faults()).as(form.name()).hasSizeLessThan(200);
            assertThat(read.statements())
                    .as(form.name())
                    .anyMatch(statement -> statement.toString().contains("http://e/x"));
        }
    }

    @Test
    void halfAFile_isAFault() {
        assertThat(ReadGraph.of(GraphForm.N_TRIPLES, FIRST + LAST.substring(0, 20))
                        .faults())
                .hasSize(1);
        assertThat(ReadGraph.of(GraphForm.TURTLE, FIRST + LAST.substring(0, 20)).faults())
                .hasSize(1);
        assertThat(ReadGraph.of(GraphForm.TSV, "a\tr\tb\nc\tr").faults()).hasSize(1);
        assertThatThrownBy(() -> ReadGraph.of(GraphForm.JSON_LD, "[{\"@id\": \"http://e/a\", \"http:"))
                .isInstanceOf(Refusal.Invalid.class)
                .hasMessageContaining("JSON");
        assertThatThrownBy(() -> ReadGraph.of(
                        GraphForm.RDF_XML,
                        "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Desc"))
                .isInstanceOf(Refusal.Invalid.class)
                .hasMessageContaining("RDF/XML");
    }

    @Test
    void aLongLiteral_isAFault_andALongerOneIsNotEvenHeld() {
        String literal = "<http://e/a> <http://e/r> \"" + "x".repeat(ReadGraph.LITERAL_BYTES + 1) + "\" .\n";
        String megabytes = "<http://e/a> <http://e/r> \"" + "x".repeat(10_000_000) + "\" .\n";
        for (GraphForm form : new GraphForm[] {GraphForm.N_TRIPLES, GraphForm.TURTLE}) {
            ReadGraph read = ReadGraph.of(form, FIRST + literal + megabytes + LAST);
            assertThat(read.faults()).as(form.name()).hasSize(2);
            assertThat(read.faults().get(0)).isEqualTo("2 has a literal of more than 1000 bytes");
            assertThat(read.faults().get(1)).startsWith("3 ").contains("long");
            assertThat(read.statements()).hasSize(2);
        }
    }

    @Test
    void aStatementWithoutAnEnd_takesNoMemory() {
        InputStream endless = new InputStream() {
            private long left = 3L << 30;

            @Override
            public int read() {
                return left-- > 0 ? 'x' : -1;
            }
        };
        assertThatThrownBy(() -> ReadGraph.of(
                        ReadGraph.reading(GraphForm.RDF_XML),
                        new SequenceInputStream(
                                new java.io.ByteArrayInputStream(
                                        ("<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://e/'>"
                                                        + "<rdf:Description rdf:about='http://e/a'><b>")
                                                .getBytes(StandardCharsets.UTF_8)),
                                endless)))
                .isInstanceOf(Refusal.Invalid.class)
                .hasMessageContaining("too long");
    }

    @Test
    void bytesThatAreNoUtf8_areFaults() throws IOException {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.write(FIRST.getBytes(StandardCharsets.UTF_8));
        file.write("<http://e/a> <http://e/r> \"caf\u00e9\" .\n".getBytes(StandardCharsets.ISO_8859_1));
        file.write(LAST.getBytes(StandardCharsets.UTF_8));
        for (GraphForm form : new GraphForm[] {GraphForm.N_TRIPLES, GraphForm.N_QUADS, GraphForm.TURTLE}) {
            ReadGraph read = ReadGraph.of(ReadGraph.reading(form), file.toByteArray());
            assertThat(read.faults()).containsExactly("2 has a literal that is not UTF-8");
            assertThat(read.statements()).hasSize(2);
        }
        byte[] tsv = "a\tr\tb\ncaf\u00e9\tr\tb\n".getBytes(StandardCharsets.ISO_8859_1);
        assertThat(ReadGraph.of(ReadGraph.reading(GraphForm.TSV), tsv).faults())
                .containsExactly("2 has an id that is not UTF-8");
        byte[] json = "{\"http://e/a\": \"caf\u00e9\"}".getBytes(StandardCharsets.ISO_8859_1);
        assertThatThrownBy(() -> ReadGraph.of(ReadGraph.reading(GraphForm.JSON_LD), json))
                .isInstanceOf(Refusal.Invalid.class);
    }

    @Test
    void deepNesting_isRefused() {
        String turtle = "<http://e/a> <http://e/r> " + "[ <http://e/r> ".repeat(200_000);
        assertThatThrownBy(() -> ReadGraph.of(GraphForm.TURTLE, turtle))
                .isInstanceOf(Refusal.Invalid.class)
                .hasMessageContaining("nested");
        assertThatThrownBy(() -> ReadGraph.of(GraphForm.JSON_LD, "[".repeat(10_000)))
                .isInstanceOf(Refusal.Invalid.class)
                .hasMessageContaining("nested");
        String open = "<a xmlns='http://e/'><b>".repeat(5_000);
        assertThatThrownBy(() -> ReadGraph.of(GraphForm.RDF_XML, open)).isInstanceOf(Refusal.Invalid.class);
    }

    @Test
    void aLargeJsonFile_isRefused() {
        assertThatThrownBy(() -> ReadGraph.of(GraphForm.JSON_LD, "[" + " ".repeat(100_000) + "]"))
                .isInstanceOf(Refusal.TooLarge.class);
    }

    @Test
    void anIdBeyondMeasure_isAFault() {
        ReadGraph read = ReadGraph.of(GraphForm.TSV, "a\tr\t" + "b".repeat(3_000) + "\n\tr\tb\na\t\tb\n");
        assertThat(read.faults())
                .containsExactly(
                        "1 has an id of more than 2048 characters",
                        "2 has an id that has no visible character",
                        "3 has an id that has no visible character");
    }

    @Test
    void csv_withBrokenRecords_isReadOn() {
        ReadGraph read = ReadGraph.of(GraphForm.CSV, "id,label\na,A\nb\nc,\"open\nd,D\n");
        assertThat(read.faults()).hasSize(2).first().asString().startsWith("3 ");
        assertThat(read.statements()).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"@context\": \"http://127.0.0.1:PORT/c\", \"@id\": \"http://e/a\", \"http://e/b\": 1}",
                "{\"@context\": [{}, \"http://127.0.0.1:PORT/c\"], \"@id\": \"http://e/a\", \"http://e/b\": 1}",
                "{\"@context\": {\"@import\": \"http://127.0.0.1:PORT/c\"}, \"http://e/b\": 1}",
                "{\"@context\": {\"t\": {\"@id\": \"http://e/t\", \"@context\": \"http://127.0.0.1:PORT/c\"}}, \"t\": {}}",
                "{\"@context\": [[], {\"t\": {\"@id\": \"http://e/t\", \"@context\": [\"http://127.0.0.1:PORT/c\"]}}],"
                        + " \"t\": {}}",
                "{\"@id\": \"http://e/a\", \"http://e/b\": {\"@context\": \"http://127.0.0.1:PORT/c\", \"http://e/c\": 1}}"
            })
    void aContextThatLiesElsewhere_isRefused_andNobodyIsAsked(String file) throws IOException {
        try (ServerSocket listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            String here = file.replace("PORT", String.valueOf(listener.getLocalPort()));
            assertThatThrownBy(() -> ReadGraph.of(GraphForm.JSON_LD, here))
                    .isInstanceOf(Refusal.Invalid.class)
                    .hasMessageContaining("lies elsewhere");
            assertNobodyCame(listener);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<!DOCTYPE rdf:RDF SYSTEM \"http://127.0.0.1:PORT/x.dtd\">",
                "<!DOCTYPE rdf:RDF [<!ENTITY x SYSTEM \"http://127.0.0.1:PORT/x\">]>",
                "<!DOCTYPE rdf:RDF [<!ENTITY % x SYSTEM \"http://127.0.0.1:PORT/x\"> %x;]>",
                "<!DOCTYPE rdf:RDF [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;\"><!ENTITY x \"&b;&b;&b;\">]>"
            })
    void aDoctype_isRefused_andNobodyIsAsked(String doctype) throws IOException {
        try (ServerSocket listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            String file = doctype.replace("PORT", String.valueOf(listener.getLocalPort())) + """
                    <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://e/">
                      <rdf:Description rdf:about="http://e/a"><b>&x;</b></rdf:Description>
                    </rdf:RDF>
                    """;
            assertThatThrownBy(() -> ReadGraph.of(GraphForm.RDF_XML, file))
                    .isInstanceOf(Refusal.Invalid.class)
                    .hasMessageContaining("DOCTYPE");
            assertNobodyCame(listener);
        }
    }

    @Test
    void nothingOfTheFile_isInAFault() {
        String secret = "hunter2";
        ReadGraph read = ReadGraph.of(GraphForm.TURTLE, "<http://e/a> " + secret + " .\n" + secret + "\n");
        assertThat(read.faults()).isNotEmpty().noneMatch(fault -> fault.contains(secret));
        for (GraphForm form : new GraphForm[] {GraphForm.RDF_XML, GraphForm.JSON_LD, GraphForm.CSV}) {
            assertThatThrownBy(() -> ReadGraph.of(form, "<" + secret + ">{"))
                    .isInstanceOf(Refusal.class)
                    .hasMessageNotContaining(secret);
        }
    }

    private static void assertNobodyCame(ServerSocket listener) throws IOException {
        listener.setSoTimeout((int) Duration.ofMillis(QUIET_MILLIS).toMillis());
        assertThatThrownBy(listener::accept).isInstanceOf(SocketTimeoutException.class);
    }
}
