// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import dev.perennial.encode.TableEncoder;
import dev.perennial.math.FloatMatrix;
import dev.perennial.math.RowRegression;
import dev.perennial.refresh.AskedQuestions.Question;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/**
 * Learns rows of a table anew from a sample of questions: the rows that come nearest to the teacher's vectors, held
 * back towards those that are served (see {@link RowRegression}). A tenth of the questions is held out and says whether
 * the table has come nearer to its teacher on questions that it has not seen.
 */
final class TableRefit {
    /** Below so many, what is held out says nothing. */
    static final int FEWEST = 200;

    private static final int HELD_OUT_OF = 10;

    /**
     * How much a row is held back: as if it had come so many times as the only piece of a text and its vector had been
     * right.
     */
    private static final double RIDGE = 0.2;

    private static final int ITERATIONS = 25;

    private TableRefit() {}

    /**
     * A table beside the one that is served.
     *
     * @param candidate the same encoder with other rows
     * @param learntFrom number of questions that it was learnt from
     * @param heldOut number of other questions
     * @param rows number of rows that are others
     * @param cosineBefore of the held-out questions, the mean cosine of the served table's vectors and the teacher's
     * @param cosineAfter the same of the candidate's
     */
    record Refitted(
            TableEncoder candidate, int learntFrom, int heldOut, int rows, double cosineBefore, double cosineAfter) {
        boolean isNearer() {
            return cosineAfter > cosineBefore;
        }
    }

    /**
     * Learns.
     *
     * @param questions in random order, at least {@link #FEWEST}
     * @param seed its last decimal digit says which tenth of them is held out
     */
    static Refitted refit(TableEncoder serving, List<Question> questions, long seed) {
        int tenth = questions.size() / HELD_OUT_OF;
        int from = Math.floorMod(seed, HELD_OUT_OF) * tenth;
        List<Question> heldOut = questions.subList(from, from + tenth);
        List<Question> learnt = new ArrayList<>(questions.subList(0, from));
        learnt.addAll(questions.subList(from + tenth, questions.size()));
        Map<Integer, float[]> rows = rows(serving, learnt);
        return new Refitted(
                serving.with(rows),
                learnt.size(),
                heldOut.size(),
                rows.size(),
                cosine(heldOut, serving, Map.of()),
                cosine(heldOut, serving, rows));
    }

    /** Of the pieces in questions; those of all others stay as they are, so they are left out of the equations. */
    private static Map<Integer, float[]> rows(TableEncoder serving, List<Question> questions) {
        int[] pieces = questions.stream()
                .flatMapToInt(question -> Arrays.stream(question.pieces()))
                .distinct()
                .sorted()
                .toArray();
        Map<Integer, Integer> positionByPiece = new HashMap<>();
        for (int i = 0; i < pieces.length; i++) {
            positionByPiece.put(pieces[i], i);
        }
        List<int[]> means = questions.stream()
                .map(question -> Arrays.stream(question.pieces())
                        .map(piece -> positionByPiece.getOrDefault(piece, 0))
                        .toArray())
                .toList();
        FloatMatrix present =
                matrix(Arrays.stream(pieces).mapToObj(serving::row).toList());
        FloatMatrix targets = matrix(questions.stream().map(Question::vector).toList());
        FloatMatrix fitted = new RowRegression(means, pieces.length, targets, RIDGE).fit(present, ITERATIONS);
        Map<Integer, float[]> rowByPiece = new HashMap<>();
        for (int i = 0; i < pieces.length; i++) {
            rowByPiece.put(
                    pieces[i], Arrays.copyOfRange(fitted.data(), i * fitted.columns(), (i + 1) * fitted.columns()));
        }
        return rowByPiece;
    }

    private static FloatMatrix matrix(List<float[]> rows) {
        int columns = rows.get(0).length;
        FloatMatrix matrix = FloatMatrix.zeros(rows.size(), columns);
        for (int i = 0; i < rows.size(); i++) {
            System.arraycopy(rows.get(i), 0, matrix.data(), i * columns, columns);
        }
        return matrix;
    }

    private static double cosine(List<Question> questions, TableEncoder serving, Map<Integer, float[]> other) {
        return questions.stream()
                .mapToDouble(question -> cosine(question, piece -> {
                    float[] row = other.get(piece);
                    return row == null ? serving.row(piece) : row;
                }))
                .average()
                .orElse(0);
    }

    private static double cosine(Question question, IntFunction<float[]> rowOf) {
        double[] sum = new double[question.vector().length];
        for (int piece : question.pieces()) {
            float[] row = rowOf.apply(piece);
            for (int k = 0; k < sum.length; k++) {
                sum[k] += row[k];
            }
        }
        double product = 0;
        double squares = 0;
        for (int k = 0; k < sum.length; k++) {
            product += sum[k] * question.vector()[k];
            squares += sum[k] * sum[k];
        }
        return squares == 0 ? 0 : product / Math.sqrt(squares);
    }
}
