// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import static dev.perennial.fuzz.Parsing.require;
import static dev.perennial.fuzz.Parsing.requireSayable;
import static dev.perennial.fuzz.Parsing.valueOrRefusal;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.perennial.fuzz.MutatedSeeds;
import dev.perennial.fuzz.Parsing;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.Policy;
import dev.perennial.task.ScoreRange;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Examples as JSON, NDJSON and CSV. The first byte says how they are written and for what task. Rows come in order, are
 * refused in words without theirs, and those that are taken are read again as the same.
 */
final class ExampleRowsFuzzTest {
    private static final List<ExampleUpload.Format> FORMATS = List.of(ExampleUpload.Format.values());
    private static final List<Task> TASKS = Stream.of(Kind.values())
            .map(kind -> new Task(
                    new TaskId("t"),
                    kind,
                    kind == Kind.MULTILABEL ? InputKind.PAIR : InputKind.TEXT,
                    "",
                    List.of(),
                    kind == Kind.REGRESSION ? Optional.of(new ScoreRange(0, 5)) : Optional.empty(),
                    Policy.DEFAULT))
            .toList();

    private final Limits limits = Parsing.smallLimits();
    private final Json json = Json.within(limits);

    static Stream<byte[]> seeds() {
        return MutatedSeeds.numbered(
                FORMATS.size() * TASKS.size(),
                "{\"examples\":[{\"text\":\"a\",\"label\":\"b\",\"weight\":2},{\"text\":\"c\",\"score\":1.5}]}",
                """
                {"text":"a","text_pair":"b","labels":["x","y"],"external_id":"1","source":"me"}

                {"text":"caf\\u00e9","label":"z","weight":0.5}
                """,
                "text,label,labels,score,weight\na,b,,1,\n\"c \"\"d\"\"\ne\",,x|y,4.5e0,2\n");
    }

    @MethodSource("seeds")
    @FuzzTest
    void rows_areReadOrRefused(byte[] input) throws Exception {
        if (input.length == 0) {
            return;
        }
        int way = Byte.toUnsignedInt(input[0]) % (FORMATS.size() * TASKS.size());
        Task task = TASKS.get(way / FORMATS.size());
        byte[] body = Arrays.copyOfRange(input, 1, input.length);
        Optional<ExampleUpload> read = valueOrRefusal(() -> read(body, FORMATS.get(way % FORMATS.size()), task));
        if (read.isPresent()) {
            check(read.get(), task);
        }
    }

    private ExampleUpload read(byte[] body, ExampleUpload.Format format, Task task) throws Exception {
        ExampleUpload.Bounds bounds = new ExampleUpload.Bounds(1_000, limits.teachingBodyBytes());
        TeachingRows rows = new TeachingRows(TeachingRows.Bounds.of(limits));
        return ExampleUpload.read(
                new ByteArrayInputStream(body), format, bounds, new ExampleUpload.RowCheck(rows, task));
    }

    private void check(ExampleUpload upload, Task task) throws Exception {
        upload.rejected().forEach(row -> requireSayable(row.detail()));
        long[] order = upload.accepted().stream()
                .mapToLong(ExampleUpload.Accepted::index)
                .toArray();
        require(Arrays.equals(order, Arrays.stream(order).distinct().sorted().toArray()), "rows in another order");
        StringBuilder again = new StringBuilder();
        upload.teachings()
                .forEach(row -> again.append(json.write(ExportRows.row(row))).append('\n'));
        ExampleUpload second =
                read(again.toString().getBytes(StandardCharsets.UTF_8), ExampleUpload.Format.NDJSON, task);
        require(second.teachings().equals(upload.teachings()), "an example that is read again as another");
        ExampleUpload admitted = upload.admitting(new LabelBook(List.of(), limits.labels()));
        require(admitted.rows() == upload.rows(), "a row that got lost");
    }

    @Test
    void someRows_areReadOrRefused() {
        MutatedSeeds.check(getClass(), seeds(), this::rows_areReadOrRefused);
    }
}
