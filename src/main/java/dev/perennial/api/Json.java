// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.perennial.refusal.Refusal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Strict JSON, in and out: names in snake_case, one value a document, every member known, written once and of its own
 * type. What does not follow is a {@link Refusal.Unparsable} or a {@link Refusal.Invalid}, in words that carry nothing
 * of the document but the names of members. Thread-safe.
 */
public final class Json {
    private static final int NUMBER_CHARS = 100;
    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private final JsonMapper mapper;

    private Json(JsonMapper mapper) {
        this.mapper = mapper;
    }

    /** JSON within the limits on depth, tokens and length. */
    public static Json within(Limits limits) {
        int longest = Math.max(limits.teachingBodyBytes(), Math.max(limits.predictionBodyBytes(), limits.bodyBytes()));
        StreamReadConstraints constraints = StreamReadConstraints.builder()
                .maxNestingDepth(limits.jsonDepth())
                .maxTokenCount(limits.jsonTokens())
                .maxStringLength(longest)
                .maxNumberLength(NUMBER_CHARS)
                .maxNameLength(limits.labelNameChars())
                .build();
        JsonFactory factory =
                JsonFactory.builder().streamReadConstraints(constraints).build();
        return new Json(strict(factory));
    }

    /** Reads one document. */
    public <T> T read(byte[] document, Class<T> type) {
        String characters = decoded(document);
        if (characters.isBlank()) {
            throw new Refusal.Unparsable("The body is empty; send a JSON object.");
        }
        try {
            T value = mapper.readValue(characters, type);
            if (value == null) {
                throw new Refusal.Unparsable("The body is null; send a JSON object.");
            }
            return value;
        } catch (JsonProcessingException fault) {
            throw JsonFaults.refusal(fault);
        }
    }

    /** Writes one document. */
    public String write(Object value) {
        try {
            return mapper.writeValueAsString(value);
        } catch (JsonProcessingException fault) {
            throw new IllegalStateException("a reply cannot be written as JSON", fault);
        }
    }

    private static String decoded(byte[] document) {
        try {
            String characters = StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(document))
                    .toString();
            return !characters.isEmpty() && characters.charAt(0) == BYTE_ORDER_MARK
                    ? characters.substring(1)
                    : characters;
        } catch (CharacterCodingException malformed) {
            throw new Refusal.Unparsable("The body is not valid UTF-8; send JSON encoded as UTF-8.");
        }
    }

    private static JsonMapper strict(JsonFactory factory) {
        JsonMapper mapper = JsonMapper.builder(factory)
                .addModule(new Jdk8Module())
                .addModule(new JavaTimeModule())
                .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
                .build();
        mapper.coercionConfigFor(LogicalType.Textual)
                .setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail);
        mapper.coercionConfigDefaults()
                .setCoercion(CoercionInputShape.EmptyString, CoercionAction.Fail)
                .setCoercion(CoercionInputShape.EmptyArray, CoercionAction.Fail);
        return mapper;
    }
}
