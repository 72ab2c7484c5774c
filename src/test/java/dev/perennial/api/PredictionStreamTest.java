// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.perennial.ensemble.Mode;
import dev.perennial.ensemble.PredictionRequest;
import dev.perennial.ensemble.Predictions;
import dev.perennial.learn.School;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.Input;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.text.Text;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class PredictionStreamTest {
    private static final int BUFFER_BYTES = 8192;
    private static final int LINES = 5000;

    private final School school = School.open(School.SMALL);
    private final Json json = Json.within(new SmallRyeConfigBuilder()
            .withMapping(Limits.class, "perennial.limits")
            .build()
            .getConfigMapping(Limits.class, "perennial.limits"));
    private final PredictionStream stream = new PredictionStream(new Lines(), json);

    @BeforeEach
    void teach() {
        school.teacher().define(School.task(Kind.CLASSIFICATION, InputKind.TEXT));
        school.teach(School.teaching("a b", "x"), School.teaching("c d", "y"));
    }

    @AfterEach
    void close() {
        school.close();
    }

    @Test
    void everyLine_isAnsweredInItsPlace() throws IOException {
        String request =
                "\"a b\"\n\n{\"broken\n\"c d\"\r\n\"refused\"\n\"bug\"\n\"" + "x".repeat(1 << 20) + "\"\n\"a\"";

        List<JsonNode> lines = answers(request);

        assertThat(lines).extracting(line -> line.get("index").intValue()).containsExactly(0, 2, 3, 4, 5, 6, 7);
        assertThat(lines)
                .extracting(line -> line.get("status").intValue())
                .containsExactly(200, 400, 200, 422, 422, 422, 200);
        assertThat(lines.get(0).at("/prediction/label").textValue()).isEqualTo("x");
        assertThat(lines.get(2).at("/prediction/label").textValue()).isEqualTo("y");
        assertThat(lines.get(1).get("type").textValue()).isEqualTo("/problems/unparsable");
        assertThat(lines.get(3).at("/errors/0/pointer").textValue()).isEqualTo("/text");
    }

    @Test
    void failureOfTheService_isToldInTheLinesAndTheRestGoesOn() throws IOException {
        StringBuilder request = new StringBuilder();
        for (int i = 0; i < 2 * PredictionStream.LINES_AHEAD; i++) {
            request.append(i == 7 ? "\"failure\"\n" : "\"a b\"\n");
        }

        List<JsonNode> lines = answers(request.toString());

        assertThat(lines).hasSize(2 * PredictionStream.LINES_AHEAD);
        assertThat(lines.get(7).get("type").textValue()).isEqualTo("/problems/internal");
        assertThat(lines.get(lines.size() - 1).get("status").intValue()).isEqualTo(200);
    }

    @Test
    void reading_isNeverFarAheadOfWriting() throws IOException {
        Counted reply = new Counted(Integer.MAX_VALUE);
        Endless request = new Endless(reply, LINES);

        stream.answer(request, reply);

        assertThat(reply.lines).isEqualTo(LINES);
        assertThat(request.mostAhead)
                .isBetween(1, PredictionStream.LINES_AHEAD + BUFFER_BYTES / Endless.LINE.length + 1);
    }

    @Test
    void whatCannotBeInflatedToItsEnd_endsWithAProblem() throws IOException {
        byte[] lines = "\"a b\"\n\"c d\"\n\"a".getBytes(StandardCharsets.UTF_8);
        InputStream broken = new SequenceInputStream(new ByteArrayInputStream(lines), new InputStream() {
            @Override
            public int read() throws IOException {
                throw new ZipException("broken");
            }

            @Override
            public int available() {
                return 1;
            }
        });

        List<JsonNode> answers = answers(broken);

        assertThat(answers).extracting(line -> line.get("status").intValue()).containsExactly(200, 200, 400);
        assertThat(answers.get(2).get("index").intValue()).isEqualTo(2);
        assertThat(answers.get(2).get("detail").textValue()).contains("gzip");
    }

    @Test
    void clientThatLeaves_endsTheReading() {
        Counted reply = new Counted(1000);
        Endless request = new Endless(reply, Integer.MAX_VALUE);

        assertThatThrownBy(() -> stream.answer(request, reply)).isInstanceOf(IOException.class);
        assertThat(request.lines()).isLessThan(2000);
    }

    @Test
    void lineThatCameAlone_isAnsweredBeforeTheNext() throws IOException {
        ByteArrayOutputStream reply = new ByteArrayOutputStream();
        InputStream request = new InputStream() {
            private final byte[] lines = "\"a b\"\n\"c d\"\n".getBytes(StandardCharsets.UTF_8);
            private int at;

            @Override
            public int read() {
                throw new IllegalStateException("reading is buffered");
            }

            @Override
            public int read(byte[] bytes, int offset, int length) {
                assertThat(reply.toString(StandardCharsets.UTF_8).lines().count())
                        .isEqualTo(at / 6);
                if (at == lines.length) {
                    return -1;
                }
                System.arraycopy(lines, at, bytes, offset, 6);
                at += 6;
                return 6;
            }
        };

        stream.answer(request, reply);

        assertThat(reply.toString(StandardCharsets.UTF_8).lines()).hasSize(2);
    }

    private List<JsonNode> answers(String request) throws IOException {
        return answers(new ByteArrayInputStream(request.getBytes(StandardCharsets.UTF_8)));
    }

    private List<JsonNode> answers(InputStream request) throws IOException {
        ByteArrayOutputStream reply = new ByteArrayOutputStream();
        stream.answer(request, reply);
        List<JsonNode> lines = new ArrayList<>();
        for (String line : reply.toString(StandardCharsets.UTF_8).split("\n")) {
            lines.add(new ObjectMapper().readTree(line));
        }
        return lines;
    }

    /** Answers by a school; some words stand for trouble. */
    private final class Lines implements PredictionStream.Source {
        @Override
        public Input input(byte[] line) {
            String text = String.valueOf(json.read(line, InputBody.class).text());
            if (text.equals("refused") || text.equals("bug")) {
                throw new Refusal.Invalid("/text", "is refused");
            }
            return Input.of(new Text(text));
        }

        @Override
        public Predictions predictions(List<Input> inputs) {
            if (inputs.stream().anyMatch(input -> input.text().value().equals("failure"))) {
                throw new IllegalStateException("on purpose");
            }
            return school.predictor().predict(School.TASK, new PredictionRequest(inputs, 1, Mode.FAST, false));
        }

        @Override
        public List<PredictionView> views(List<Input> inputs, Predictions predictions) {
            return predictions.predictions().stream()
                    .map(prediction -> PredictionView.of("pr_1", prediction, new PredictionView.Manner(null, false)))
                    .toList();
        }

        @Override
        public Problem problem(RuntimeException failure) {
            return Problems.of(failure, new Problems.Origin("/v1/x", ""));
        }
    }

    /** Lines without end; notes how far its reader is ahead of the reply. */
    private static final class Endless extends InputStream {
        private static final byte[] LINE = ("\"" + "a b ".repeat(100) + "\"\n").getBytes(StandardCharsets.UTF_8);
        private final Counted reply;
        private final long bytes;
        private long read;
        private int mostAhead;

        Endless(Counted reply, int lines) {
            this.reply = reply;
            this.bytes = (long) lines * LINE.length;
        }

        int lines() {
            return (int) (read / LINE.length);
        }

        @Override
        public int read() {
            return read == bytes ? -1 : LINE[(int) (read++ % LINE.length)];
        }

        @Override
        public int read(byte[] into, int offset, int length) {
            int one = 0;
            int got = 0;
            while (got < length && one >= 0) {
                one = read();
                if (one >= 0) {
                    into[offset + got++] = (byte) one;
                }
            }
            mostAhead = Math.max(mostAhead, lines() - reply.lines);
            return got == 0 ? -1 : got;
        }

        @Override
        public int available() {
            return (int) Math.min(bytes - read, Integer.MAX_VALUE);
        }
    }

    /** Counts lines, and fails after some. */
    private static final class Counted extends OutputStream {
        private final int most;
        private int lines;

        Counted(int most) {
            this.most = most;
        }

        @Override
        public void write(int one) throws IOException {
            if (one == '\n' && ++lines > most) {
                throw new IOException("the client has left");
            }
        }
    }
}
