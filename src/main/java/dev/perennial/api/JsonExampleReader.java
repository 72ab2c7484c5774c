// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.perennial.refusal.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * Examples as {@code {"examples": [...]}}. The array is read element by element; what is not JSON spoils the whole
 * body, because nobody can tell where the next element begins. Not thread-safe.
 */
final class JsonExampleReader implements ExampleReader {
    private static final String MEMBER = "examples";

    private final JsonParser parser;
    private boolean started;
    private boolean finished;
    private long index;

    private JsonExampleReader(JsonParser parser) {
        this.parser = parser;
    }

    static JsonExampleReader of(InputStream in) throws IOException {
        ObjectMapper json = StrictJson.mapper();
        try {
            return new JsonExampleReader(json.createParser(StrictUtf8.reader(in)));
        } catch (JsonProcessingException notJson) {
            throw JsonFaults.refusal(notJson);
        }
    }

    @Override
    public Optional<Row> next() throws IOException {
        try {
            if (!started) {
                start();
                started = true;
            }
            if (finished || parser.nextToken() == JsonToken.END_ARRAY) {
                finish();
                return Optional.empty();
            }
            JsonNode node = parser.readValueAsTree();
            return Optional.of(ExampleNodes.read(index++, node));
        } catch (JsonProcessingException notJson) {
            throw JsonFaults.refusal(notJson);
        }
    }

    private void start() throws IOException {
        JsonToken first = parser.nextToken();
        if (first == null) {
            throw new Refusal.Unparsable("The body is empty; send {\"examples\": [...]}.");
        }
        if (first != JsonToken.START_OBJECT) {
            throw new Refusal.Invalid("", "The body must be an object with the member examples.");
        }
        JsonToken member = parser.nextToken();
        if (member == JsonToken.END_OBJECT) {
            throw new Refusal.Invalid("/" + MEMBER, "examples is required: an array of examples.");
        }
        requireKnown();
        if (parser.nextToken() != JsonToken.START_ARRAY) {
            throw new Refusal.Invalid("/" + MEMBER, "examples must be an array of examples.");
        }
    }

    private void finish() throws IOException {
        if (finished) {
            return;
        }
        finished = true;
        if (parser.nextToken() == JsonToken.FIELD_NAME) {
            requireKnown();
        }
        if (parser.nextToken() != null) {
            throw new Refusal.Unparsable("The body goes on after its JSON object.");
        }
    }

    private void requireKnown() throws IOException {
        if (!MEMBER.equals(parser.currentName())) {
            throw new Refusal.Invalid("", "The body has a member other than examples.");
        }
    }
}
