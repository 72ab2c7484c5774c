// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.ensemble.Predictions;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.Input;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.ZipException;

/**
 * Answers inputs that come line by line: one line of the reply for each, in order. Not thread-safe.
 *
 * <p>One thread reads some lines, answers them together, writes the answers and only then reads on. So a client that
 * stops reading stops the work as soon as the buffers of its connection are full, one that leaves ends it, and memory
 * does not depend on the number of lines. Lines that are sent one by one are answered one by one, unless compressed:
 * then as many as a block of the compression holds, or as are read at once.
 */
final class PredictionStream {
    /** As many lines are read before their answers are written, at most: enough to fill the encoders' runs. */
    static final int LINES_AHEAD = 64;

    private static final int BYTES_AHEAD = 1 << 20;

    /** Where answers come from. */
    interface Source {

        /**
         * One input.
         *
         * @throws Refusal when it cannot be answered
         */
        Input input(byte[] line);

        /**
         * The answers to inputs, in their order.
         *
         * @throws RuntimeException when there are none
         */
        Predictions predictions(List<Input> inputs);

        /** The answers as replies show them. */
        List<PredictionView> views(List<Input> inputs, Predictions predictions);

        /** The problem that a failure is. */
        Problem problem(RuntimeException failure);
    }

    private final Source source;
    private final Json json;

    PredictionStream(Source source, Json json) {
        this.source = source;
        this.json = json;
    }

    /** Answers all lines, to the end of the request. */
    void answer(InputStream request, OutputStream reply) throws IOException {
        NdjsonLines lines = new NdjsonLines(request);
        boolean more = true;
        while (more) {
            List<NdjsonLines.Line> some = new ArrayList<>();
            Optional<Refusal> broken = read(lines, some);
            for (Object line : answers(some).values()) {
                write(line, reply);
            }
            if (broken.isPresent()) {
                write(PredictionLines.refused(lines.count(), source.problem(broken.get())), reply);
            }
            reply.flush();
            more = !some.isEmpty() && broken.isEmpty();
        }
    }

    private void write(Object line, OutputStream reply) throws IOException {
        reply.write((json.write(line) + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /** Waits for a line, and adds those that have arrived with it. Not empty when no more can be read. */
    private static Optional<Refusal> read(NdjsonLines lines, List<NdjsonLines.Line> some) throws IOException {
        try {
            long bytes = 0;
            Optional<NdjsonLines.Line> next = lines.next();
            while (next.isPresent()) {
                some.add(next.get());
                bytes += next.get().bytes().length;
                boolean enough = some.size() == LINES_AHEAD || bytes > BYTES_AHEAD;
                next = enough ? Optional.empty() : lines.nextArrived();
            }
            return Optional.empty();
        } catch (ZipException | EOFException broken) {
            return Optional.of(Bodies.notGzip());
        }
    }

    private SortedMap<Long, Object> answers(List<NdjsonLines.Line> lines) {
        SortedMap<Long, Object> answers = new TreeMap<>();
        List<Long> numbers = new ArrayList<>();
        List<Input> inputs = new ArrayList<>();
        for (NdjsonLines.Line line : lines) {
            try {
                inputs.add(input(line));
                numbers.add(line.number());
            } catch (Refusal refusal) {
                answers.put(line.number(), PredictionLines.refused(line.number(), source.problem(refusal)));
            }
        }
        if (!inputs.isEmpty()) {
            answer(numbers, inputs, answers);
        }
        return answers;
    }

    private Input input(NdjsonLines.Line line) {
        if (line.tooLong()) {
            throw new Refusal.Invalid("", "The line is longer than " + NdjsonLines.MAX_LINE_BYTES + " bytes.");
        }
        return source.input(line.bytes());
    }

    /** Once the reply has begun, no failure can become its status: it is told in the lines. */
    private void answer(List<Long> numbers, List<Input> inputs, Map<Long, Object> answers) {
        try {
            Predictions predictions = source.predictions(inputs);
            List<PredictionView> views = source.views(inputs, predictions);
            for (int i = 0; i < numbers.size(); i++) {
                String revision = predictions.by().get(i).toString();
                answers.put(numbers.get(i), PredictionLines.answered(numbers.get(i), revision, views.get(i)));
            }
        } catch (RuntimeException failure) {
            Problem problem = source.problem(failure);
            numbers.forEach(number -> answers.put(number, PredictionLines.refused(number, problem)));
        }
    }
}
