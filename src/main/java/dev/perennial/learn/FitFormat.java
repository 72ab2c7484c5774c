// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.ensemble.Combination;
import dev.perennial.ensemble.Ensemble;
import dev.perennial.ensemble.Part;
import dev.perennial.math.Matrix;
import dev.perennial.math.Platt;
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
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The fitted numbers of an ensemble over fixed features as bytes, and back to the same bits. Heads in kernel form are
 * not kept: they hold the examples' vectors, and there are few enough to fit them anew.
 *
 * <p>The bytes begin with the basis of the fit (see {@link LessonRows#basis}) and are of use for no other.
 */
final class FitFormat {
    private final Kind kind;
    private final List<String> labels;
    private final String basis;

    FitFormat(Kind kind, List<String> labels, String basis) {
        this.kind = kind;
        this.labels = labels;
        this.basis = basis;
    }

    /** Empty when a head is in kernel form. */
    Optional<byte[]> write(Ensemble.Voices voices) {
        List<Part> parts = voices.all().parts();
        if (!parts.stream().allMatch(part -> part.head() instanceof RandomFeatureHead)) {
            return Optional.empty();
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeUTF(basis);
            out.writeInt(parts.size());
            for (Part part : parts) {
                write(part, (RandomFeatureHead) part.head(), out);
            }
            write(voices.all(), out);
            out.writeInt(parts.indexOf(voices.cheapest().parts().get(0)));
            write(voices.cheapest(), out);
        } catch (IOException impossible) {
            throw new IllegalStateException("memory can be written", impossible);
        }
        return Optional.of(bytes.toByteArray());
    }

    private static void write(Part part, RandomFeatureHead head, DataOutputStream out) throws IOException {
        out.writeUTF(part.name());
        out.writeInt(part.view().member());
        out.writeDouble(part.link().slope());
        out.writeDouble(part.link().offset());
        out.writeDouble(part.weight());
        out.writeDouble(head.ridge());
        out.writeInt(head.weights().rows());
        out.writeInt(head.weights().columns());
        write(head.weights().data(), out);
    }

    private static void write(Combination combination, DataOutputStream out) throws IOException {
        out.writeDouble(combination.power());
        out.writeInt(combination.strangeness().length);
        write(combination.strangeness(), out);
    }

    private static void write(double[] numbers, DataOutputStream out) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(Math.multiplyExact(numbers.length, Double.BYTES));
        buffer.asDoubleBuffer().put(numbers);
        out.write(buffer.array());
    }

    /**
     * Empty when the bytes are of another fit.
     *
     * @param features the fixed features of a view
     */
    Optional<Ensemble.Voices> read(byte[] bytes, Function<View, RandomFeatures> features) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        try {
            if (!string(in).equals(basis)) {
                return Optional.empty();
            }
            List<Part> parts = new ArrayList<>();
            for (int count = in.getInt(); count > 0; count--) {
                parts.add(part(in, features));
            }
            Combination all = combination(in, parts);
            Combination cheapest = combination(in, List.of(parts.get(in.getInt())));
            return Optional.of(new Ensemble.Voices(all, cheapest));
        } catch (BufferUnderflowException
                | IllegalArgumentException
                | IndexOutOfBoundsException
                | ArithmeticException
                | NegativeArraySizeException foreign) {
            return Optional.empty();
        }
    }

    private static Part part(ByteBuffer in, Function<View, RandomFeatures> features) {
        String name = string(in);
        View view = new View(in.getInt());
        Platt link = new Platt(in.getDouble(), in.getDouble());
        double weight = in.getDouble();
        double ridge = in.getDouble();
        int rows = in.getInt();
        int columns = in.getInt();
        Matrix weights = new Matrix(rows, columns, numbers(in, Math.multiplyExact(rows, columns)));
        return new Part(name, view, new RandomFeatureHead(features.apply(view), ridge, weights), link, weight);
    }

    private Combination combination(ByteBuffer in, List<Part> parts) {
        double power = in.getDouble();
        return new Combination(kind, labels, parts, power, numbers(in, in.getInt()));
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
