// SPDX-License-Identifier: Apache-2.0
package dev.perennial.source;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.perennial.knowledge.GraphReading;
import dev.perennial.refusal.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import org.eclipse.rdf4j.rio.ParserConfig;
import org.eclipse.rdf4j.rio.RDFParseException;
import org.eclipse.rdf4j.rio.helpers.BasicParserSettings;
import org.eclipse.rdf4j.rio.jsonld.JSONLDParser;
import org.eclipse.rdf4j.rio.jsonld.JSONLDSettings;

/**
 * Reads JSON-LD as a whole, which its contexts make necessary. Nothing is fetched: a context that lies elsewhere is
 * refused before anything is made of the file.
 */
final class JsonLdFile {
    private static final int DEPTH = 100;
    private static final String CONTEXT = "@context";
    private static final String IMPORT = "@import";

    private final GraphReading reading;
    private final Statements statements;

    JsonLdFile(GraphReading reading, Statements statements) {
        this.reading = reading;
        this.statements = statements;
    }

    void read(InputStream file) throws IOException {
        int most = reading.limits().jsonBytes();
        byte[] bytes = file.readNBytes(most + 1);
        if (bytes.length > most) {
            throw new Refusal.TooLarge("json_ld_bytes", most, bytes.length);
        }
        String document = decoded(bytes);
        check(document);
        RdfStatements handler = new RdfStatements(reading, statements, () -> 0);
        JSONLDParser parser = new JSONLDParser();
        parser.setParserConfig(config());
        parser.setRDFHandler(handler);
        try {
            parser.parse(new StringReader(document), reading.base().orElse(""));
        } catch (RuntimeException | StackOverflowError broken) {
            handler.throwStop();
            throw new Refusal.Invalid("", "The file is JSON, but no valid JSON-LD; nothing was imported.");
        }
    }

    /** Once, so that what is checked and what is read are the same characters: readers of JSON guess at encodings. */
    private static String decoded(byte[] bytes) {
        try {
            String document = StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            boolean marked = !document.isEmpty() && document.charAt(0) == Utf8.BYTE_ORDER_MARK;
            return marked ? document.substring(1) : document;
        } catch (CharacterCodingException malformed) {
            throw new Refusal.Invalid("", "The file is no valid JSON in UTF-8; nothing was imported.");
        }
    }

    private static ParserConfig config() {
        ParserConfig config = new ParserConfig();
        config.set(BasicParserSettings.PRESERVE_BNODE_IDS, true);
        config.set(JSONLDSettings.DOCUMENT_LOADER, (address, options) -> {
            throw new RDFParseException("nothing is fetched");
        });
        return config;
    }

    /** Refuses what is no JSON, nested too deeply, or in need of something that lies elsewhere. */
    private static void check(String document) throws IOException {
        JsonFactory factory = JsonFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(DEPTH)
                        .maxStringLength(Integer.MAX_VALUE)
                        .build())
                .build();
        try (JsonParser json = factory.createParser(document)) {
            Contexts contexts = new Contexts();
            boolean any = false;
            for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
                any = true;
                if (contexts.lieElsewhere(json, token)) {
                    throw elsewhere(json);
                }
            }
            if (!any) {
                throw new Refusal.Invalid("", "The file is empty; nothing was imported.");
            }
        } catch (StreamConstraintsException deep) {
            throw new Refusal.Invalid("", "The file is nested too deeply; nothing was imported.");
        } catch (JsonProcessingException broken) {
            throw new Refusal.Invalid(
                    "",
                    "Line " + broken.getLocation().getLineNr() + " is no valid JSON in UTF-8; nothing was imported.");
        }
    }

    private static Refusal.Invalid elsewhere(JsonParser json) {
        return new Refusal.Invalid(
                "",
                "Line " + json.currentLocation().getLineNr() + " names a context that lies elsewhere, and nothing is "
                        + "fetched; write the context into the file. Nothing was imported.");
    }

    /** Follows where contexts stand while a document is read. Not thread-safe. */
    private static final class Contexts {
        private final Deque<Boolean> lists = new ArrayDeque<>();
        private boolean expected;

        boolean lieElsewhere(JsonParser json, JsonToken token) throws IOException {
            if (token == JsonToken.FIELD_NAME) {
                expected = json.currentName().equals(CONTEXT);
                return json.currentName().equals(IMPORT);
            }
            boolean listed = Boolean.TRUE.equals(lists.peek());
            boolean elsewhere = token == JsonToken.VALUE_STRING && (expected || listed);
            if (token.isStructStart()) {
                lists.push(token == JsonToken.START_ARRAY && expected);
            } else if (token.isStructEnd()) {
                lists.poll();
            }
            expected = false;
            return elsewhere;
        }
    }
}
