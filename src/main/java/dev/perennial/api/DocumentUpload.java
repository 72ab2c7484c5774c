// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import dev.perennial.document.Draft;
import dev.perennial.refusal.Refusal;
import dev.perennial.text.Text;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The rows of an upload of documents, read and checked.
 *
 * @param accepted rows that can be added, in order
 * @param rejected rows that cannot, in order
 */
record DocumentUpload(List<Accepted> accepted, List<ExampleUpload.Rejected> rejected) {
    private static final Set<String> MEMBERS = Set.of("text", "title", "external_id", "language", "origin");
    private static final Pattern LANGUAGE = Pattern.compile("[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8}){0,7}");

    /** @param index position among the rows of the body, in NDJSON among its lines, from 0 */
    record Accepted(long index, Draft draft) {}

    DocumentUpload {
        accepted = List.copyOf(accepted);
        rejected = List.copyOf(rejected);
    }

    List<Draft> drafts() {
        return accepted.stream().map(Accepted::draft).toList();
    }

    /** Reads the elements of a JSON array. */
    static DocumentUpload ofJson(@Nullable List<@Nullable JsonNode> documents, Limits limits) {
        if (documents == null || documents.isEmpty()) {
            throw new Refusal.Invalid("/documents", "is missing or empty; send an array of documents");
        }
        requireCount(documents.size(), limits);
        Reading reading = new Reading(limits);
        for (int i = 0; i < documents.size(); i++) {
            reading.read(i, documents.get(i));
        }
        return reading.upload();
    }

    /** Reads one JSON object a line. */
    static DocumentUpload ofNdjson(byte[] body, Limits limits) {
        ObjectReader json = StrictJson.mapper().reader().with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
        Reading reading = new Reading(limits);
        try {
            NdjsonLines lines = new NdjsonLines(new ByteArrayInputStream(body));
            int rows = 0;
            for (Optional<NdjsonLines.Line> line = lines.next(); line.isPresent(); line = lines.next()) {
                requireCount(++rows, limits);
                reading.readLine(line.get(), json);
            }
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return reading.upload();
    }

    private static void requireCount(int rows, Limits limits) {
        if (rows > limits.requestDocuments()) {
            throw new Refusal.TooLarge("request_documents", limits.requestDocuments(), rows);
        }
    }

    /** Rows as they are read. Confined to one request. */
    private static final class Reading {
        private final Limits limits;
        private final List<Accepted> accepted = new ArrayList<>();
        private final List<ExampleUpload.Rejected> rejected = new ArrayList<>();

        Reading(Limits limits) {
            this.limits = limits;
        }

        DocumentUpload upload() {
            return new DocumentUpload(accepted, rejected);
        }

        void readLine(NdjsonLines.Line line, ObjectReader json) {
            Optional<String> chars = line.tooLong() ? Optional.empty() : StrictUtf8.decode(line.bytes());
            try {
                if (chars.isEmpty()) {
                    reject(
                            line.number(),
                            "The line is not UTF-8, or longer than " + NdjsonLines.MAX_LINE_BYTES + " bytes.");
                } else {
                    read(line.number(), json.readTree(chars.get()));
                }
            } catch (JsonProcessingException notJson) {
                reject(line.number(), "The line is not one JSON object with distinct keys.");
            }
        }

        void read(long index, @Nullable JsonNode row) {
            try {
                accepted.add(new Accepted(index, draft(row)));
            } catch (Refusal.Invalid wrong) {
                reject(
                        index,
                        wrong.faults().get(0).pointer() + " "
                                + wrong.faults().get(0).detail());
            } catch (Refusal.TooLarge wrong) {
                reject(index, String.valueOf(wrong.getMessage()));
            }
        }

        private void reject(long index, String detail) {
            rejected.add(new ExampleUpload.Rejected(index, detail.strip()));
        }

        private Draft draft(@Nullable JsonNode row) {
            if (row == null || !row.isObject()) {
                throw new Refusal.Invalid("", "A document must be a JSON object.");
            }
            for (Map.Entry<String, JsonNode> member : row.properties()) {
                if (!MEMBERS.contains(member.getKey())) {
                    throw new Refusal.Invalid(
                            "", "A document has only the members text, title, external_id, language and origin.");
                }
            }
            String language = words(row, "language");
            if (!language.isEmpty() && !LANGUAGE.matcher(language).matches()) {
                throw new Refusal.Invalid("language", "must be a language tag, e.g. en or pt-BR");
            }
            return new Draft(text(row), words(row, "title"), words(row, "origin"), language, externalId(row));
        }

        private Text text(JsonNode row) {
            String value = string(row, "text");
            if (value == null) {
                throw new Refusal.Invalid("text", "is missing; send the document's text");
            }
            if (value.length() > limits.documentChars()) {
                throw new Refusal.TooLarge("document_chars", limits.documentChars(), value.length());
            }
            Text.flawIn(value, limits.documentChars()).ifPresent(flaw -> {
                throw new Refusal.Invalid("text", flaw.detail());
            });
            return new Text(value);
        }

        private Optional<String> externalId(JsonNode row) {
            String value = string(row, "external_id");
            if (value == null) {
                return Optional.empty();
            }
            if (value.length() > limits.externalIdChars()) {
                throw new Refusal.TooLarge("external_id_chars", limits.externalIdChars(), value.length());
            }
            Text.flawIn(value, limits.externalIdChars()).ifPresent(flaw -> {
                throw new Refusal.Invalid("external_id", flaw.detail());
            });
            return Optional.of(value);
        }

        private String words(JsonNode row, String member) {
            return Wording.of(string(row, member), member, "origin_chars", limits.originChars());
        }

        private static @Nullable String string(JsonNode row, String member) {
            JsonNode value = row.get(member);
            if (value == null || value.isNull()) {
                return null;
            }
            if (!value.isTextual()) {
                throw new Refusal.Invalid(member, "must be a string");
            }
            return value.textValue();
        }
    }
}
