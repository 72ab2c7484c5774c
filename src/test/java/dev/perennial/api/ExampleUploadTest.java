// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perennial.api.ExampleUpload.Accepted;
import dev.perennial.api.ExampleUpload.Format;
import dev.perennial.api.ExampleUpload.Rejected;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.Answer;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.Policy;
import dev.perennial.task.ScoreRange;
import dev.perennial.task.SourceName;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import dev.perennial.task.Teaching;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ExampleUploadTest {
    private static final TeachingRows ROWS = new TeachingRows(new TeachingRows.Bounds(100, 20, 20, 3, 1000));
    private static final ExampleUpload.Bounds BOUNDS = new ExampleUpload.Bounds(200_000, 64 << 20);

    @Test
    void json_keepsGoodRowsAndNamesTheIndexOfBadOnes() throws IOException {
        ExampleUpload upload = read(Format.JSON, Kind.CLASSIFICATION, """
                {"examples": [{"text": "a", "label": "x"}, {"text": "", "label": "x"}, {"text": 5, "label": "x"},
                              {"text": "b"}, {"text": "c", "label": "y", "colour": "red"}, 7,
                              {"text": "d", "label": "y", "external_id": "e1", "weight": 2}]}""");

        assertThat(upload.accepted()).extracting(Accepted::index).containsExactly(0L, 6L);
        assertThat(upload.rejected()).extracting(Rejected::index).containsExactly(1L, 2L, 3L, 4L, 5L);
        assertThat(upload.accepted().get(1).teaching().externalId()).contains("e1");
        assertThat(upload.accepted().get(1).teaching().weight()).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource(Format.class)
    void source_isThatOfTheRow_orElseThatOfTheRequest(Format format) throws IOException {
        String body = switch (format) {
            case JSON -> """
                    {"examples": [{"text": "a", "label": "x", "source": "crowd-2_b.c"}, {"text": "b", "label": "x"},
                                  {"text": "c", "label": "x", "source": "Two words"}]}""";
            case NDJSON -> """
                    {"text": "a", "label": "x", "source": "crowd-2_b.c"}
                    {"text": "b", "label": "x"}
                    {"text": "c", "label": "x", "source": "Two words"}""";
            case CSV -> """
                    text,label,source
                    a,x,crowd-2_b.c
                    b,x,
                    c,x,Two words""";
        };
        ExampleUpload.RowCheck plain = check(Kind.CLASSIFICATION);
        Optional<SourceName> press = Optional.of(new SourceName("press"));
        ExampleUpload named = ExampleUpload.read(
                bytes(body), format, BOUNDS, new ExampleUpload.RowCheck(plain.rows(), plain.task(), press));

        assertThat(named.teachings())
                .extracting(Teaching::source)
                .containsExactly(Optional.of(new SourceName("crowd-2_b.c")), press);
        assertThat(named.rejected()).hasSize(1).allMatch(row -> row.detail().startsWith("source must have"));
        assertThat(read(format, Kind.CLASSIFICATION, body).teachings().get(1).source())
                .isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Format.class)
    void byteOrderMark_isSkipped(Format format) throws IOException {
        String body = switch (format) {
            case JSON -> "{\"examples\": [{\"text\": \"a\", \"label\": \"x\"}]}";
            case NDJSON -> "{\"text\": \"a\", \"label\": \"x\"}\n";
            case CSV -> "text,label\na,x\n";
        };

        assertThat(read(format, Kind.CLASSIFICATION, "\uFEFF" + body).accepted())
                .hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "{\"examples\": [{\"text\": \"a\", \"label\": \"x\"}",
                "{\"examples\": [}",
                "{\"examples\": [{\"text\": \"a\", \"text\": \"b\", \"label\": \"x\"}]}",
                "{\"examples\": []} {}",
                "{\"examples\": [{\"text\": \"a\", \"score\": NaN}]}",
                "\u0000"
            })
    void json_thatIsNotJsonSpoilsTheBody(String body) {
        assertThatThrownBy(() -> read(Format.JSON, Kind.CLASSIFICATION, body)).isInstanceOf(Refusal.Unparsable.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "[]", "{\"example\": []}", "{\"examples\": 5}", "{\"examples\": [], \"x\": 1}"})
    void json_ofAnotherShapeIsRefused(String body) {
        assertThatThrownBy(() -> read(Format.JSON, Kind.CLASSIFICATION, body)).isInstanceOf(Refusal.Invalid.class);
    }

    @Test
    void ndjson_keepsGoodLinesBetweenBrokenOnes() throws IOException {
        ExampleUpload upload = read(Format.NDJSON, Kind.CLASSIFICATION, """
                {"text": "a", "label": "x"}

                {"text": "b", "label"
                {"text": "c", "text": "c", "label": "x"}
                {"text": "d", "label": "x"} trailing
                {"text": "e\\ud800", "label": "x"}
                {"text": "f", "label": "y"}""");

        assertThat(upload.accepted()).extracting(Accepted::index).containsExactly(0L, 6L);
        assertThat(upload.rejected()).extracting(Rejected::index).containsExactly(2L, 3L, 4L, 5L);
    }

    @Test
    void ndjson_rejectsOnlyTheLineThatIsNotUtf8() throws IOException {
        byte[] body = "{\"text\": \"?\", \"label\": \"x\"}\n{\"text\": \"b\", \"label\": \"x\"}\n"
                .getBytes(StandardCharsets.US_ASCII);
        body[10] = (byte) 0xff;

        ExampleUpload upload =
                ExampleUpload.read(new ByteArrayInputStream(body), Format.NDJSON, BOUNDS, check(Kind.CLASSIFICATION));

        assertThat(upload.accepted()).extracting(Accepted::index).containsExactly(1L);
    }

    @Test
    void csv_readsQuotedFieldsOverSeveralLines() throws IOException {
        ExampleUpload upload = read(Format.CSV, Kind.CLASSIFICATION, """
                \uFEFFtext,label,external_id,weight
                "one, ""two""
                three",x,,
                plain 5" pipe,y,e1,0.5
                """);

        assertThat(upload.rejected()).isEmpty();
        assertThat(upload.accepted().get(0).teaching().input().text().value()).isEqualTo("one, \"two\"\nthree");
        assertThat(upload.accepted().get(1).teaching().input().text().value()).isEqualTo("plain 5\" pipe");
        assertThat(upload.accepted().get(1).teaching().weight()).isEqualTo(0.5);
    }

    @Test
    void csv_ofAHundredThousandRowsLosesOnlyTheBrokenOnes() throws IOException {
        StringBuilder csv = new StringBuilder("text,label\n");
        for (int i = 0; i < 100_000; i++) {
            csv.append(
                    switch (i) {
                        case 500 -> "\"never closed " + i + ",x\n";
                        case 70_000 -> "\"closed\" too early,x\n";
                        case 70_001 -> "a,b,c\n";
                        case 99_999 -> "\"open to the end,x\n";
                        default -> "\"text " + i + "\",label " + i % 10 + "\n";
                    });
        }

        ExampleUpload upload = read(Format.CSV, Kind.CLASSIFICATION, csv.toString());

        assertThat(upload.rejected()).extracting(Rejected::index).containsExactly(500L, 70_000L, 70_001L, 99_999L);
        assertThat(upload.rejected().get(1).detail()).contains("line 70002");
        assertThat(upload.accepted()).hasSize(99_996);
        assertThat(upload.accepted())
                .allMatch(row -> row.teaching().input().text().value().equals("text " + row.index()));
    }

    @Test
    void csv_ofUnclosedQuotesOnlyEndsSoon() throws IOException {
        String csv = "text,label\n" + "\"open,x\n\n".repeat(1) + "\"open \" x,y\n".repeat(2_000);

        assertThat(read(Format.CSV, Kind.CLASSIFICATION, csv).accepted()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"text,lable\na,x\n", "label\nx\n", "text,text\na,b\n"})
    void csv_withAnotherHeaderIsRefused(String body) {
        assertThatThrownBy(() -> read(Format.CSV, Kind.CLASSIFICATION, body)).isInstanceOf(Refusal.Invalid.class);
    }

    @Test
    void csv_readsLabelSetsAndScores() throws IOException {
        ExampleUpload sets = read(Format.CSV, Kind.MULTILABEL, "text,labels\na,y|x\nb,\nc,x||y\n");
        ExampleUpload scores = read(Format.CSV, Kind.REGRESSION, "text,score\na,1.5\nb,NaN\nc,9\nd,\ne,1d\n");

        assertThat(sets.accepted())
                .extracting(row -> row.teaching().answer())
                .containsExactly(new Answer.Labels(List.of("x", "y")), new Answer.Labels(List.of()));
        assertThat(sets.rejected()).extracting(Rejected::index).containsExactly(2L);
        assertThat(scores.accepted()).extracting(Accepted::index).containsExactly(0L);
        assertThat(scores.rejected()).extracting(Rejected::index).containsExactly(1L, 2L, 3L, 4L);
    }

    @Test
    void json_thatIsNotUtf8_isRefusedAsAWhole() {
        byte[] body = {'t', 'e', 'x', 't', '\n', (byte) 0xc0, (byte) 0x80};

        assertThatThrownBy(() -> ExampleUpload.read(
                        new ByteArrayInputStream(body), Format.JSON, BOUNDS, check(Kind.CLASSIFICATION)))
                .isInstanceOf(Refusal.Unparsable.class);
    }

    @Test
    void csv_rejectsOnlyTheRowThatIsNotUtf8() throws IOException {
        byte[] body = "text,label\ngood,a\nbad ?,a\n?,b\ngood2,a\n".getBytes(StandardCharsets.US_ASCII);
        body[22] = (byte) 0xff;
        body[26] = (byte) 0xc0;

        ExampleUpload upload =
                ExampleUpload.read(new ByteArrayInputStream(body), Format.CSV, BOUNDS, check(Kind.CLASSIFICATION));

        assertThat(upload.accepted()).extracting(Accepted::index).containsExactly(0L, 3L);
        assertThat(upload.rejected()).extracting(Rejected::index).containsExactly(1L, 2L);
        assertThat(upload.rejected())
                .extracting(Rejected::detail)
                .containsExactly("This row is not UTF-8 (line 3).", "This row is not UTF-8 (line 4).");
    }

    @Test
    void bounds_areKeptForRowsAndBytes() {
        ExampleUpload.Bounds two = new ExampleUpload.Bounds(2, 50);

        assertThatThrownBy(() -> read(Format.CSV, two, "text,label\na,x\nb,x\nc,x\n"))
                .isInstanceOfSatisfying(
                        Refusal.TooLarge.class,
                        large -> assertThat(large.limit()).isEqualTo(2));
        assertThatThrownBy(() -> read(Format.CSV, two, "text,label\n" + "a".repeat(60)))
                .isInstanceOfSatisfying(
                        Refusal.TooLarge.class,
                        large -> assertThat(large.limit()).isEqualTo(50));
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '`', textBlock = """
            CLASSIFICATION | {"text": "a", "label": "x", "text_pair": "b"}
            CLASSIFICATION | {"text": "a", "label": "x", "score": 1}
            CLASSIFICATION | {"text": "a", "label": "x", "labels": ["y"]}
            CLASSIFICATION | {"text": "a", "label": " "}
            CLASSIFICATION | {"text": "a", "label": "x", "weight": 0}
            CLASSIFICATION | {"text": "a", "label": "x", "weight": 1e999}
            CLASSIFICATION | {"text": "a", "label": "123456789012345678901"}
            CLASSIFICATION | {"text": "a\\u0000", "label": "x"}
            MULTILABEL | {"text": "a", "label": "x"}
            MULTILABEL | {"text": "a", "labels": ["a", "b", "c", "d"]}
            MULTILABEL | {"text": "a", "labels": ["a", 4]}
            REGRESSION | {"text": "a", "label": "x"}
            REGRESSION | {"text": "a", "score": 5.5}
            REGRESSION | {"text": "a", "score": "1"}""", delimiter = '|')
    void rows_thatDoNotFitTheTaskAreRejected(Kind kind, String row) throws IOException {
        assertThat(read(Format.NDJSON, kind, row).rejected()).hasSize(1);
    }

    private static ExampleUpload read(Format format, Kind kind, String body) throws IOException {
        return ExampleUpload.read(bytes(body), format, BOUNDS, check(kind));
    }

    private static ExampleUpload read(Format format, ExampleUpload.Bounds bounds, String body) throws IOException {
        return ExampleUpload.read(bytes(body), format, bounds, check(Kind.CLASSIFICATION));
    }

    private static ByteArrayInputStream bytes(String body) {
        return new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8));
    }

    private static ExampleUpload.RowCheck check(Kind kind) {
        Optional<ScoreRange> range = kind == Kind.REGRESSION ? Optional.of(new ScoreRange(0, 5)) : Optional.empty();
        return new ExampleUpload.RowCheck(
                ROWS, new Task(new TaskId("t"), kind, InputKind.TEXT, "", List.of(), range, Policy.DEFAULT));
    }
}
