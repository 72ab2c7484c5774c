// SPDX-License-Identifier: Apache-2.0
package dev.perennial.journey;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Makes requests of a reference (OpenAPI): each operation in turn, as its example has it or its schema, with something
 * changed. The same seed makes the same requests.
 */
final class FuzzedRequests {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern PARAMETER = Pattern.compile("\\{([^}]+)}");
    private static final Pattern ID = Pattern.compile("[a-z]{2,6}_[0-9a-f]{16,24}");
    private static final int MOST_IDS = 400;
    private static final int DEEP = 2_000;
    private static final int LONG = 5_000;

    private static final List<String> STRINGS = List.of(
            "",
            " ",
            "one",
            "serving",
            "null",
            "-1",
            "0",
            "99999999999999999999",
            "NaN",
            "a/b",
            "..",
            "a;b",
            "%",
            "'\"--",
            "<script>",
            "\u0000",
            "\u202e",
            "\ud83d\ude00",
            "x".repeat(LONG),
            "rev_0000000000000001",
            "ex_0000000000000001",
            "job_0000000000000001",
            "\r\nX: y",
            "\u00e9\u0301",
            "{}");

    private static final List<String> BODIES = List.of(
            "",
            "null",
            "[]",
            "{}",
            "\"\"",
            "0",
            "true",
            "{",
            "{\"a\":1}{\"b\":2}",
            "{\"a\":1,\"a\":2}",
            "[".repeat(DEEP),
            "{\"a\":".repeat(DEEP),
            "{\"a\": 1e999}",
            "{\"a\": \"\\ud800\"}",
            "\u00ff\u00fe\u0000",
            "a,b\n1,2\n",
            "<a/>",
            "{\"text\":\"x\"}\n{\"text\":");

    private static final List<String> TYPES = List.of(
            "application/json",
            "application/x-ndjson",
            "text/csv",
            "text/plain",
            "application/octet-stream",
            "application/json; charset=utf-16",
            "application/zip",
            "multipart/form-data; boundary=x",
            "text/turtle",
            "nonsense");

    private static final Map<String, List<String>> HEADERS = Map.of(
            "Idempotency-Key", List.of("one", "", "x".repeat(LONG), "a\tb"),
            "If-Match", List.of("*", "\"rev_1\"", "rev", "W/\"x\"", ","),
            "If-None-Match", List.of("*", "\"x\"", ""),
            "X-Request-Timeout-Ms", List.of("1", "0", "-5", "soon", "99999999999999"),
            "Accept", List.of("application/json", "image/svg+xml", "text/html", "nonsense", "*/*;q=0"),
            "Content-Encoding", List.of("gzip", "br", "identity", "x"),
            "Last-Event-ID", List.of("0", "-1", "x"));

    /** A request that is to be sent. */
    record Fuzzed(String method, String path, Map<String, String> headers, byte[] body) {
        @Override
        public String toString() {
            String sent = new String(body, StandardCharsets.UTF_8);
            return method + " " + path + " " + headers + " " + sent.substring(0, Math.min(200, sent.length()));
        }
    }

    private record Operation(String method, String path, JsonNode node, JsonNode shared) {}

    private final JsonNode reference;
    private final Random random;
    private final List<String> ids = new ArrayList<>();
    private final List<Operation> operations = new ArrayList<>();

    FuzzedRequests(JsonNode reference, Random random) {
        this.reference = reference;
        this.random = random;
        for (Map.Entry<String, JsonNode> path : reference.get("paths").properties()) {
            for (Map.Entry<String, JsonNode> operation : path.getValue().properties()) {
                if (operation.getValue().has("responses")) {
                    operations.add(new Operation(
                            OpenApiFuzzIT.upper(operation.getKey()),
                            path.getKey(),
                            operation.getValue(),
                            path.getValue().path("parameters")));
                }
            }
        }
    }

    int operations() {
        return operations.size();
    }

    Fuzzed next(int number) {
        Operation operation = operations.get(number % operations.size());
        Map<String, String> headers = new HashMap<>();
        byte[] body = new byte[0];
        JsonNode content = operation.node().path("requestBody").path("content");
        if (!content.isMissingNode() || chance(0.05)) {
            String type = content.properties().isEmpty()
                    ? "application/json"
                    : one(new ArrayList<>(content.properties())).getKey();
            headers.put("Content-Type", chance(0.08) ? one(TYPES) : type);
            body = body(content.path(type));
        }
        for (Map.Entry<String, List<String>> header : HEADERS.entrySet()) {
            if (chance(0.04)) {
                headers.put(header.getKey(), one(header.getValue()));
            }
        }
        return new Fuzzed(operation.method(), path(operation) + query(operation), headers, body);
    }

    private String path(Operation operation) {
        Matcher names = PARAMETER.matcher(operation.path());
        return names.replaceAll(found -> {
            String value = chance(0.8) ? likely(found.group(1)) : one(STRINGS);
            String encoded = OpenApiFuzzIT.encoded(value.isEmpty() ? "x" : value);
            return Matcher.quoteReplacement(encoded);
        });
    }

    /** What there is of a kind, by the name that the reference has for it. */
    private String likely(String name) {
        List<String> ofItsKind = name.length() < 2
                ? List.of()
                : ids.stream().filter(id -> id.startsWith(name.substring(0, 2))).toList();
        if (!ofItsKind.isEmpty() && !name.equals("export")) {
            return one(ofItsKind);
        }
        return switch (name) {
            case "other" -> "serving";
            case "alias", "revision" -> chance(0.5) ? "serving" : "candidate";
            case "member", "model" -> chance(0.5) ? "static" : "graph-one";
            case "true", "predicted" -> chance(0.5) ? "animal" : "plant";
            default -> "one";
        };
    }

    /** Remembers the ids that a reply names. */
    void learn(String reply) {
        Matcher named = ID.matcher(reply);
        while (named.find()) {
            ids.add(named.group());
        }
        while (ids.size() > MOST_IDS) {
            ids.remove(random.nextInt(ids.size()));
        }
    }

    private String query(Operation operation) {
        List<String> parts = new ArrayList<>();
        for (JsonNode list : List.of(operation.shared(), operation.node().path("parameters"))) {
            for (JsonNode parameter : list) {
                if (parameter.path("in").asText().equals("query") && chance(0.3)) {
                    parts.add(OpenApiFuzzIT.encoded(parameter.path("name").asText()) + "="
                            + OpenApiFuzzIT.encoded(one(STRINGS)));
                }
            }
        }
        if (chance(0.02)) {
            parts.add("unknown=1");
        }
        return parts.isEmpty() ? "" : "?" + String.join("&", parts);
    }

    private byte[] body(JsonNode content) {
        if (chance(0.12)) {
            return one(BODIES).getBytes(StandardCharsets.UTF_8);
        }
        JsonNode value = value(content);
        if (!value.isContainerNode()) {
            return cut(value.asText().getBytes(StandardCharsets.UTF_8));
        }
        JsonNode changed = value.deepCopy();
        int changes = random.nextInt(3);
        for (int i = 0; i < changes; i++) {
            change(changed);
        }
        return cut(changed.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** Now and then a body ends early, or a byte of it is another one. */
    private byte[] cut(byte[] bytes) {
        if (bytes.length > 0 && chance(0.05)) {
            return Arrays.copyOf(bytes, random.nextInt(bytes.length));
        }
        if (bytes.length > 0 && chance(0.05)) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        return bytes;
    }

    private JsonNode value(JsonNode content) {
        List<JsonNode> examples = new ArrayList<>();
        content.path("examples").forEach(example -> examples.add(example.path("value")));
        return examples.isEmpty() || chance(0.2) ? made(content.path("schema"), 0) : one(examples);
    }

    /** A value that a schema allows, or nearly. */
    private JsonNode made(JsonNode schema, int depth) {
        if (schema.has("$ref")) {
            return made(reference.at(schema.get("$ref").asText().substring(1)), depth + 1);
        }
        JsonNode type = schema.path("type");
        String kind = type.isArray() ? type.path(0).asText() : type.asText("string");
        return switch (depth > 6 ? "string" : kind) {
            case "object" -> object(schema, depth);
            case "array" -> {
                ArrayNode array = JSON.createArrayNode();
                for (int i = random.nextInt(3); i >= 0; i--) {
                    array.add(made(schema.path("items"), depth + 1));
                }
                yield array;
            }
            case "integer" -> JSON.getNodeFactory().numberNode(random.nextInt(100) - 5);
            case "number" -> JSON.getNodeFactory().numberNode(random.nextDouble() * 3 - 1);
            case "boolean" -> JSON.getNodeFactory().booleanNode(random.nextBoolean());
            default ->
                JSON.getNodeFactory()
                        .textNode(
                                schema.has("enum")
                                        ? schema.get("enum")
                                                .get(random.nextInt(
                                                        schema.get("enum").size()))
                                                .asText()
                                        : one(STRINGS));
        };
    }

    private ObjectNode object(JsonNode schema, int depth) {
        ObjectNode object = JSON.createObjectNode();
        for (Map.Entry<String, JsonNode> property : schema.path("properties").properties()) {
            if (chance(0.7)) {
                object.set(property.getKey(), made(property.getValue(), depth + 1));
            }
        }
        return object;
    }

    /** Puts something else somewhere. */
    private void change(JsonNode node) {
        if (node instanceof ObjectNode object && !object.isEmpty()) {
            List<String> names = new ArrayList<>();
            object.fieldNames().forEachRemaining(names::add);
            String name = one(names);
            JsonNode inner = object.get(name);
            if (inner.isContainerNode() && chance(0.7)) {
                change(inner);
            } else if (chance(0.15)) {
                object.remove(name);
            } else if (chance(0.1)) {
                object.put(one(STRINGS), 1);
            } else {
                object.set(name, anything());
            }
        } else if (node instanceof ArrayNode array) {
            if (!array.isEmpty() && array.get(0).isContainerNode() && chance(0.7)) {
                change(array.get(random.nextInt(array.size())));
            } else if (array.isEmpty() || chance(0.3)) {
                array.add(anything());
            } else {
                array.set(random.nextInt(array.size()), anything());
            }
        }
    }

    private JsonNode anything() {
        return switch (random.nextInt(9)) {
            case 0 -> JSON.nullNode();
            case 1 -> JSON.getNodeFactory().numberNode(-1);
            case 2 -> JSON.getNodeFactory().numberNode(Long.MAX_VALUE);
            case 3 -> JSON.getNodeFactory().numberNode(Double.MAX_VALUE);
            case 4 -> JSON.getNodeFactory().booleanNode(true);
            case 5 -> JSON.createArrayNode();
            case 6 -> JSON.createObjectNode().put("a", 1);
            default -> JSON.getNodeFactory().textNode(one(STRINGS));
        };
    }

    private boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    private <T> T one(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }
}
