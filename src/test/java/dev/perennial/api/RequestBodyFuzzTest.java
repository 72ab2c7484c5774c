// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import static dev.perennial.fuzz.Parsing.require;
import static dev.perennial.fuzz.Parsing.valueOrRefusal;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.perennial.fuzz.MutatedSeeds;
import dev.perennial.fuzz.Parsing;
import dev.perennial.task.Policy;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Bodies of requests. The first byte says which; the others are the document. What is read is written and read again as
 * the same, and the definitions in it keep their promises.
 */
final class RequestBodyFuzzTest {
    private static final List<Class<?>> BODIES = List.of(
            TaskBody.class,
            PolicyBody.class,
            PredictBody.class,
            KeyBody.class,
            FeedbackBody.class,
            InstructionBody.class,
            EvaluationBody.class,
            GateBody.class,
            ShadowBody.class,
            SourceBody.class,
            EmbeddingBody.class,
            EntityBody.class,
            EmptyBody.class,
            ExportManifest.class,
            ExportSettings.class);

    private final Limits limits = Parsing.smallLimits();
    private final Json json = Json.within(limits);

    static Stream<byte[]> seeds() {
        return Stream.concat(
                MutatedSeeds.numbered(BODIES.size(), "{}", "[{\"a\":[null,true,1.5e3,\"\\ud83d\\ude00\"]}]"),
                Stream.of(
                        seed(TaskBody.class, """
                                {"kind":"classification","input":"pair","instruction":"What is it?",
                                 "labels":["a",{"name":"b","description":"both"}]}"""),
                        seed(TaskBody.class, "{\"kind\":\"regression\",\"score_range\":[-1.5,5e2]}"),
                        seed(PolicyBody.class, """
                                {"target_coverage":0.9,"min_probability":0.2,"cascade_risk":0,"abstain_cost":0.1,
                                 "error_costs":{"a":{"b":2.5}},"max_source_share":0.3,"drifts":true}"""),
                        seed(PredictBody.class, """
                                {"inputs":["one",{"text":"two","text_pair":"three"}],"top_k":2,"mode":"fast",
                                 "explain":true,"min_revision":"rev_0000000000000001"}"""),
                        seed(
                                KeyBody.class,
                                "{\"role\":\"reader\",\"name\":\"x\",\"expires_at\":\"2030-01-31T00:00:00Z\"}"),
                        seed(FeedbackBody.class, "{\"prediction_id\":\"pr_1\",\"labels\":[\"a\"],\"score\":0.5}"),
                        seed(InstructionBody.class, """
                                {"tasks":["t"],"instruction":"Is it?","labels":["yes","no"],"inputs":["it is"]}"""),
                        seed(EvaluationBody.class, "{\"examples\":[{\"text\":\"a\",\"label\":\"b\"}],\"suite\":false}"),
                        seed(GateBody.class, "{\"accuracy\":0.01,\"recall_rows\":20,\"latency_slack_ms\":5}"),
                        seed(ShadowBody.class, "{\"share\":0.5,\"seed\":7,\"promote\":{\"answers\":10,\"gate\":true}}"),
                        seed(SourceBody.class, "{\"origin\":\"https://e\",\"trust\":0.75}"),
                        seed(EntityBody.class, """
                                {"labels":{"en":"Bonn"},"aliases":{"de":["Bundesstadt"]},"description":"a city",
                                 "triples":[{"relation":"in","tail":"de"}],
                                 "attributes":[{"attribute":"n","value":"1","language":"en"}]}"""),
                        seed(ExportManifest.class, """
                                {"format":"perennial-export","version":3,"parts":[{"name":"a","bytes":1,"sha256":"0"}],
                                 "tasks":[{"task":"t","examples":0,"parts":[],"members":[],"not_included":[]}]}""")));
    }

    private static byte[] seed(Class<?> body, String document) {
        return MutatedSeeds.numbered(BODIES.indexOf(body), document.getBytes(StandardCharsets.UTF_8));
    }

    @MethodSource("seeds")
    @FuzzTest
    void aBody_isReadOrRefused(byte[] input) throws Exception {
        if (input.length == 0) {
            return;
        }
        Class<?> body = BODIES.get(Byte.toUnsignedInt(input[0]) % BODIES.size());
        byte[] document = Arrays.copyOfRange(input, 1, input.length);
        Optional<?> read = valueOrRefusal(() -> json.read(document, body));
        if (read.isPresent()) {
            checkAgain(read.get(), body);
            Optional<String> unused = valueOrRefusal(() -> understood(read.get()));
        }
    }

    /** Numbers beyond all doubles are read as infinite, which no JSON can say, and names of several forms as one. */
    private void checkAgain(Object read, Class<?> body) throws Exception {
        String written = json.write(read);
        if (!written.contains("Infinity") && body != EntityBody.class) {
            Object again = json.read(written.getBytes(StandardCharsets.UTF_8), body);
            require(json.write(again).equals(written), "what was read is not what is written");
        }
    }

    private String understood(Object body) {
        if (body instanceof TaskBody definition) {
            Task task = new TaskDefinitions(limits).read(new TaskId("t"), definition, List.of());
            require(task.labels().size() <= limits.labels(), "a task with too many labels");
        } else if (body instanceof PolicyBody wish) {
            Policy policy = Policies.read(wish, limits);
            require(policy.targetCoverage() > 0 && policy.targetCoverage() < 1, "a coverage out of range");
            require(
                    policy.errorCosts().values().stream()
                            .flatMap(row -> row.values().stream())
                            .allMatch(Double::isFinite),
                    "a cost that is no number");
        } else if (body instanceof PredictBody question) {
            require(
                    new PredictionRequests(limits).read(question).inputs().size() <= limits.inputs(),
                    "more inputs than a request has");
        } else if (body instanceof KeyBody key) {
            return key.allowed() + " " + key.expiry(Instant.EPOCH);
        } else if (body instanceof GateBody gate) {
            return gate.bounds().toString();
        } else if (body instanceof ShadowBody shadow) {
            return shadow.traffic() + " " + shadow.rule();
        } else if (body instanceof EmbeddingBody embedding) {
            return new TextNodes(limits).strings(embedding.input(), "/input").toString();
        } else if (body instanceof EntityBody entity) {
            return new EntityDefinitions(limits, "e").read(entity).toString();
        } else if (body instanceof ExportManifest manifest) {
            return manifest.checked(true).toString();
        } else if (body instanceof ExportSettings settings) {
            return settings.read().toString();
        }
        return "";
    }

    @Test
    void someBodies_areReadOrRefused() {
        MutatedSeeds.check(getClass(), seeds(), this::aBody_isReadOrRefused);
    }
}
