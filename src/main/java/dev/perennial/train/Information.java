// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import dev.perennial.math.FloatMatrix;
import dev.perennial.refusal.Refusal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What the numbers of an adapter are worth to examples: the diagonal of the empirical Fisher information, squared
 * derivatives of the {@link NeighbourLoss} of one example at a time, summed over the examples. The loss is the same one
 * whatever was learnt and however, so that tasks can be weighed against one another.
 */
final class Information {
    private static final String KIND = "kind";
    private static final String INFORMATION = "information 1";
    private static final long MOST_BYTES = 64L << 20;
    /** Further ones are taken for the same as these. */
    private static final int MOST_EXAMPLES = 128;

    private static final int MOST_NEIGHBOURS = 512;
    private static final int TEXTS_OF_A_RUN = 16;

    private final List<Parameter> parameters;
    private final List<double[]> squares;

    private Information(List<Parameter> parameters) {
        this.parameters = parameters;
        this.squares = parameters.stream()
                .map(parameter -> new double[parameter.size()])
                .toList();
    }

    /** Of a training as it is now. */
    static Information of(Training training, List<Objective.LabelledText> examples) {
        List<Objective.LabelledText> neighbours = some(examples, MOST_NEIGHBOURS);
        FloatMatrix embeddings = embeddings(training, neighbours);
        int[] labels =
                neighbours.stream().mapToInt(Objective.LabelledText::label).toArray();
        List<Integer> asked = some(
                IntStream.range(0, labels.length)
                        .filter(i -> NeighbourLoss.hasCompany(labels, i))
                        .boxed()
                        .toList(),
                MOST_EXAMPLES);
        Information information = new Information(training.tuned());
        for (int i : asked) {
            training.differentiate(
                    new Exercise(List.of(neighbours.get(i).text()), new NeighbourLoss(embeddings, labels, i)));
            information.add((double) examples.size() / asked.size());
        }
        return information;
    }

    /** So many of a list, or all, evenly spaced. */
    private static <T> List<T> some(List<T> all, int most) {
        int count = Math.min(most, all.size());
        return IntStream.range(0, count)
                .mapToObj(i -> all.get((int) ((long) i * all.size() / count)))
                .toList();
    }

    private static FloatMatrix embeddings(Training training, List<Objective.LabelledText> texts) {
        List<FloatMatrix> runs = new ArrayList<>();
        for (int from = 0; from < texts.size(); from += TEXTS_OF_A_RUN) {
            runs.add(training.embeddings(texts.subList(from, Math.min(texts.size(), from + TEXTS_OF_A_RUN)).stream()
                    .map(Objective.LabelledText::text)
                    .toList()));
        }
        FloatMatrix all = FloatMatrix.zeros(texts.size(), runs.get(0).columns());
        int at = 0;
        for (FloatMatrix run : runs) {
            System.arraycopy(run.data(), 0, all.data(), at, run.data().length);
            at += run.data().length;
        }
        return all;
    }

    /** Adds the squares of the present derivatives, as those of so many examples. */
    private void add(double examples) {
        for (int p = 0; p < parameters.size(); p++) {
            double[] square = squares.get(p);
            for (int i = 0; i < square.length; i++) {
                double gradient = parameters.get(p).gradient().get(i);
                square[i] += examples * gradient * gradient;
            }
        }
    }

    /** One array for each parameter of the training. */
    List<double[]> fishers() {
        return squares;
    }

    /** Adds what the same numbers are worth to other examples. */
    void add(List<double[]> others) {
        for (int p = 0; p < squares.size(); p++) {
            for (int i = 0; i < squares.get(p).length; i++) {
                squares.get(p)[i] += others.get(p)[i];
            }
        }
    }

    /** Writes it down for those who go on. */
    void write(Path file) throws IOException {
        List<StoredTensor> tensors = new ArrayList<>();
        for (int p = 0; p < parameters.size(); p++) {
            Parameter parameter = parameters.get(p);
            tensors.add(
                    new StoredTensor(parameter.name(), parameter.shape(), Optional.empty(), floats(squares.get(p))));
        }
        new TensorFile(Map.of(KIND, INFORMATION), tensors).write(file);
    }

    private static float[] floats(double[] numbers) {
        float[] floats = new float[numbers.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) Math.min(numbers[i], Float.MAX_VALUE);
        }
        return floats;
    }

    /**
     * What was written, one array for each parameter.
     *
     * @throws Refusal.Invalid when it is not of these parameters
     */
    static List<double[]> read(Path file, List<Parameter> parameters) throws IOException {
        TensorFile content = TensorFile.read(file, MOST_BYTES);
        Map<String, StoredTensor> tensors =
                content.tensors().stream().collect(Collectors.toMap(StoredTensor::name, tensor -> tensor));
        List<double[]> squares = new ArrayList<>();
        for (Parameter parameter : parameters) {
            StoredTensor tensor = tensors.get(parameter.name());
            if (!INFORMATION.equals(content.header().get(KIND))
                    || tensor == null
                    || tensor.values().length != parameter.size()) {
                throw new Refusal.Invalid("/information", "The information belongs to another adapter.");
            }
            squares.add(IntStream.range(0, parameter.size())
                    .mapToDouble(i -> tensor.values()[i])
                    .toArray());
        }
        return squares;
    }
}
