// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.ensemble.Agreement;
import dev.perennial.ensemble.Combination;
import dev.perennial.ensemble.Ensemble;
import dev.perennial.ensemble.Part;
import dev.perennial.math.Matrix;
import dev.perennial.math.Platt;
import dev.perennial.member.Features;
import dev.perennial.member.Head;
import dev.perennial.member.KernelHead;
import dev.perennial.member.RandomFeatureHead;
import dev.perennial.member.RandomFeatures;
import dev.perennial.member.View;
import dev.perennial.task.Kind;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The fitted numbers of an ensemble as bytes, and back to the same bits. What is not fitted is not kept: neither fixed
 * features nor, of heads in kernel form, the examples' vectors.
 *
 * <p>The bytes begin with the basis of the fit (see {@link LessonRows#basis}) and are of use for no other.
 */
final class FitFormat {
    private static final byte FEATURES = 0;
    private static final byte KERNEL = 1;

    private final Kind kind;
    private final List<String> labels;
    private final String basis;

    FitFormat(Kind kind, List<String> labels, String basis) {
        this.kind = kind;
        this.labels = labels;
        this.basis = basis;
    }

    /** @param graphs which knowledge graphs the voices listen to */
    byte[] write(Ensemble.Voices voices, List<GraphChoice.Chosen> graphs) {
        List<Part> parts = distinct(voices);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeUTF(basis);
            out.writeInt(graphs.size());
            for (GraphChoice.Chosen graph : graphs) {
                out.writeUTF(graph.graph());
                out.writeDouble(graph.scale());
            }
            out.writeInt(parts.size());
            for (Part part : parts) {
                write(part, out);
            }
            write(voices.full(), parts, out);
            out.writeInt(voices.firsts().size());
            for (Combination first : voices.firsts()) {
                write(first, parts, out);
            }
            write(voices.agreement(), out);
        } catch (IOException impossible) {
            throw new IllegalStateException("memory can be written", impossible);
        }
        return bytes.toByteArray();
    }

    /** One part for each view; in which combination a part is decides nothing but its weight. */
    private static List<Part> distinct(Ensemble.Voices voices) {
        Map<View, Part> partByView = new LinkedHashMap<>();
        Stream.concat(Stream.of(voices.full()), voices.firsts().stream())
                .flatMap(combination -> combination.parts().stream())
                .forEach(part -> partByView.putIfAbsent(part.view(), part));
        return List.copyOf(partByView.values());
    }

    private static void write(Part part, DataOutputStream out) throws IOException {
        out.writeUTF(part.name());
        out.writeInt(part.view().first());
        out.writeInt(part.view().end());
        out.writeDouble(part.link().slope());
        out.writeDouble(part.link().offset());
        if (part.head() instanceof KernelHead kernel) {
            out.writeByte(KERNEL);
            out.writeDouble(kernel.width());
            out.writeDouble(kernel.ridge());
            write(kernel.coefficients(), out);
        } else if (part.head() instanceof RandomFeatureHead head) {
            out.writeByte(FEATURES);
            out.writeDouble(head.ridge());
            write(head.weights(), out);
        }
    }

    private static void write(Matrix matrix, DataOutputStream out) throws IOException {
        out.writeInt(matrix.rows());
        out.writeInt(matrix.columns());
        write(matrix.data(), out);
    }

    private static void write(Combination combination, List<Part> parts, DataOutputStream out) throws IOException {
        List<View> views = parts.stream().map(Part::view).toList();
        out.writeInt(combination.parts().size());
        for (Part part : combination.parts()) {
            out.writeInt(views.indexOf(part.view()));
            out.writeDouble(part.weight());
        }
        out.writeDouble(combination.power());
        writeAll(combination.strangeness(), out);
    }

    private static void write(Agreement agreement, DataOutputStream out) throws IOException {
        writeAll(agreement.probability(), out);
        out.writeInt(agreement.stages().size());
        for (Agreement.ByExample stage : agreement.stages()) {
            writeAll(stage.margin(), out);
            writeAll(stage.probability(), out);
            for (boolean same : stage.same()) {
                out.writeBoolean(same);
            }
        }
    }

    private static void writeAll(double[] numbers, DataOutputStream out) throws IOException {
        out.writeInt(numbers.length);
        write(numbers, out);
    }

    private static void write(double[] numbers, DataOutputStream out) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(Math.multiplyExact(numbers.length, Double.BYTES));
        buffer.asDoubleBuffer().put(numbers);
        out.write(buffer.array());
    }

    /**
     * What is not kept.
     *
     * @param support the features of the rows, in order
     * @param features the fixed features of a view
     */
    record Given(List<Features> support, Function<View, RandomFeatures> features) {}

    /** The knowledge graphs that the voices listen to; empty when the bytes are of another fit. */
    Optional<List<GraphChoice.Chosen>> graphs(byte[] bytes) {
        return read(bytes, in -> Optional.of(graphs(in)));
    }

    /** Empty when the bytes are of another fit. */
    Optional<Ensemble.Voices> read(byte[] bytes, Given given) {
        return read(bytes, in -> {
            graphs(in);
            List<Part> parts = new ArrayList<>();
            for (int count = in.getInt(); count > 0; count--) {
                parts.add(part(in, given));
            }
            Combination full = combination(in, parts);
            List<Combination> firsts = new ArrayList<>();
            for (int count = in.getInt(); count > 0; count--) {
                firsts.add(combination(in, parts));
            }
            return Optional.of(new Ensemble.Voices(full, firsts, agreement(in)));
        });
    }

    private <T> Optional<T> read(byte[] bytes, Function<ByteBuffer, Optional<T>> reader) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        try {
            return string(in).equals(basis) ? reader.apply(in) : Optional.empty();
        } catch (BufferUnderflowException
                | IllegalArgumentException
                | IndexOutOfBoundsException
                | ArithmeticException
                | NegativeArraySizeException foreign) {
            return Optional.empty();
        }
    }

    private static List<GraphChoice.Chosen> graphs(ByteBuffer in) {
        List<GraphChoice.Chosen> graphs = new ArrayList<>();
        for (int count = in.getInt(); count > 0; count--) {
            graphs.add(new GraphChoice.Chosen(string(in), in.getDouble()));
        }
        return graphs;
    }

    private static Part part(ByteBuffer in, Given given) {
        String name = string(in);
        View view = new View(in.getInt(), in.getInt());
        Platt link = new Platt(in.getDouble(), in.getDouble());
        Head head = in.get() == KERNEL ? kernelHead(in, view, given.support()) : featureHead(in, view, given);
        return new Part(name, view, head, link, 0);
    }

    private static Head kernelHead(ByteBuffer in, View view, List<Features> support) {
        double width = in.getDouble();
        double ridge = in.getDouble();
        Matrix coefficients = matrix(in);
        List<Features> rows = coefficients.rows() == 0 ? List.of() : support;
        requireRows(coefficients, rows.size());
        return new KernelHead(view, width, ridge, rows, coefficients);
    }

    private static Head featureHead(ByteBuffer in, View view, Given given) {
        double ridge = in.getDouble();
        Matrix weights = matrix(in);
        RandomFeatures features = given.features().apply(view);
        requireRows(weights, features.size());
        return new RandomFeatureHead(features, ridge, weights);
    }

    private static void requireRows(Matrix matrix, int rows) {
        if (matrix.rows() != rows) {
            throw new IllegalArgumentException("a head of other rows");
        }
    }

    private static Matrix matrix(ByteBuffer in) {
        int rows = in.getInt();
        int columns = in.getInt();
        return new Matrix(rows, columns, numbers(in, Math.multiplyExact(rows, columns)));
    }

    private Combination combination(ByteBuffer in, List<Part> parts) {
        List<Part> weighted = new ArrayList<>();
        for (int count = in.getInt(); count > 0; count--) {
            Part part = parts.get(in.getInt());
            weighted.add(new Part(part.name(), part.view(), part.head(), part.link(), in.getDouble()));
        }
        double power = in.getDouble();
        return new Combination(kind, labels, weighted, power, numbers(in, in.getInt()));
    }

    private static Agreement agreement(ByteBuffer in) {
        double[] probability = numbers(in, in.getInt());
        List<Agreement.ByExample> stages = new ArrayList<>();
        for (int count = in.getInt(); count > 0; count--) {
            double[] margin = numbers(in, in.getInt());
            double[] ofStage = numbers(in, in.getInt());
            boolean[] same = new boolean[margin.length];
            for (int i = 0; i < same.length; i++) {
                same[i] = in.get() != 0;
            }
            stages.add(new Agreement.ByExample(margin, ofStage, same));
        }
        return new Agreement(stages, probability);
    }

    private static double[] numbers(ByteBuffer in, int count) {
        if (count > in.remaining() / Double.BYTES) {
            throw new BufferUnderflowException();
        }
        double[] numbers = new double[count];
        in.asDoubleBuffer().get(numbers);
        in.position(in.position() + count * Double.BYTES);
        return numbers;
    }

    private static String string(ByteBuffer in) {
        byte[] bytes = new byte[Short.toUnsignedInt(in.getShort())];
        in.get(bytes);
        return new String(bytes, java.nio.charset.StandardCharsets.UTF_8);
    }
}
