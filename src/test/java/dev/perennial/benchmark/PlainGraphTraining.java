// SPDX-License-Identifier: Apache-2.0
package dev.perennial.benchmark;

import dev.perennial.kge.TrainingSettings;
import dev.perennial.kge.Triples;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * The steps that ComplEx learns by, as one would write them down: loops over questions, objects and numbers, on one
 * thread and with no library. What the training of the product is compared with.
 */
final class PlainGraphTraining {
    private static final int MOST_ANSWERS = 16;

    private final TrainingSettings settings;
    private final Random random;
    private final List<Question> questions = new ArrayList<>();
    private final float[][] entities;
    private final float[][] relations;
    private final float[][] entitySquares;
    private final float[][] relationSquares;
    private int next;

    /** A subject and a relation with some of their answers. */
    private record Question(int subject, int relation, List<Integer> answers) {}

    PlainGraphTraining(Triples train, TrainingSettings settings) {
        this.settings = settings;
        this.random = new Random(settings.seed());
        this.entities = scattered(train.entities());
        this.relations = scattered(2 * train.relations());
        this.entitySquares = new float[entities.length][2 * settings.rank()];
        this.relationSquares = new float[relations.length][2 * settings.rank()];
        Map<Long, Set<Integer>> answers = new HashMap<>();
        for (int i = 0; i < train.size(); i++) {
            put(answers, train.head(i), train.relation(i), train.tail(i));
            put(answers, train.tail(i), train.relation(i) + train.relations(), train.head(i));
        }
        answers.forEach((question, all) -> {
            List<Integer> some = new ArrayList<>(all);
            for (int from = 0; from < some.size(); from += MOST_ANSWERS) {
                questions.add(new Question(
                        (int) (question / relations.length),
                        (int) (question % relations.length),
                        some.subList(from, Math.min(some.size(), from + MOST_ANSWERS))));
            }
        });
        Collections.shuffle(questions, random);
    }

    private void put(Map<Long, Set<Integer>> answers, long subject, int relation, int answer) {
        answers.computeIfAbsent(subject * relations.length + relation, unseen -> new LinkedHashSet<>())
                .add(answer);
    }

    private float[][] scattered(int rows) {
        float[][] matrix = new float[rows][2 * settings.rank()];
        for (float[] row : matrix) {
            for (int k = 0; k < row.length; k++) {
                row[k] = (float) (settings.initialScale() * random.nextGaussian());
            }
        }
        return matrix;
    }

    /** One step; returns how many answers it learnt from. */
    int step() {
        List<Question> batch = questions.subList(next, Math.min(questions.size(), next + settings.batch()));
        next = next + batch.size() == questions.size() ? 0 : next + batch.size();
        Set<Integer> named = new LinkedHashSet<>();
        for (Question question : batch) {
            named.add(question.subject);
            named.addAll(question.answers);
        }
        Set<Integer> objects = new LinkedHashSet<>(named);
        int drawn = settings.negatives() == 0 ? entities.length : settings.negatives();
        while (objects.size() < Math.min(entities.length, named.size() + drawn)) {
            objects.add(random.nextInt(entities.length));
        }
        float weight = (entities.length - named.size()) / (float) Math.max(1, objects.size() - named.size());
        int answers =
                batch.stream().mapToInt(question -> question.answers.size()).sum();
        Map<Integer, float[]> entityGradients = new LinkedHashMap<>();
        objects.forEach(object -> entityGradients.put(object, new float[2 * settings.rank()]));
        float[][] relationGradients = new float[relations.length][2 * settings.rank()];
        for (Question question : batch) {
            learn(question, named, (float) Math.log(weight), answers, entityGradients, relationGradients);
        }
        entityGradients.forEach((entity, gradient) -> adagrad(entities[entity], entitySquares[entity], gradient));
        for (int r = 0; r < relations.length; r++) {
            adagrad(relations[r], relationSquares[r], relationGradients[r]);
        }
        return answers;
    }

    private void learn(
            Question question,
            Set<Integer> named,
            float logWeight,
            int all,
            Map<Integer, float[]> entityGradients,
            float[][] relationGradients) {
        float[] subject = entities[question.subject];
        float[] relation = relations[question.relation];
        float[] query = new float[subject.length];
        addProduct(subject, relation, query);
        float[] shares = new float[entityGradients.size()];
        int at = 0;
        for (int object : entityGradients.keySet()) {
            shares[at++] = dot(query, entities[object]) + (named.contains(object) ? 0 : logWeight);
        }
        softmax(shares);
        float[] queryGradient = new float[subject.length];
        at = 0;
        for (Map.Entry<Integer, float[]> object : entityGradients.entrySet()) {
            float gradient = question.answers.size() * shares[at++];
            gradient -= question.answers.contains(object.getKey()) ? 1 : 0;
            for (int k = 0; k < query.length; k++) {
                queryGradient[k] += gradient / all * entities[object.getKey()][k];
                object.getValue()[k] += gradient / all * query[k];
            }
        }
        addConjugateProduct(relation, queryGradient, entityGradients.get(question.subject));
        addConjugateProduct(subject, queryGradient, relationGradients[question.relation]);
        for (int answer : question.answers) {
            guess(question, answer, all, entityGradients, relationGradients);
            addCube(subject, all, entityGradients.get(question.subject));
            addCube(relation, all, relationGradients[question.relation]);
            addCube(entities[answer], all, entityGradients.get(answer));
        }
    }

    private void guess(
            Question question,
            int answer,
            int all,
            Map<Integer, float[]> entityGradients,
            float[][] relationGradients) {
        float[] pair = new float[2 * settings.rank()];
        addConjugateProduct(entities[question.subject], entities[answer], pair);
        float[] shares = new float[relations.length];
        for (int r = 0; r < shares.length; r++) {
            shares[r] = dot(pair, relations[r]);
        }
        softmax(shares);
        float[] pairGradient = new float[pair.length];
        for (int r = 0; r < shares.length; r++) {
            float gradient = settings.relationWeight() * (shares[r] - (r == question.relation ? 1 : 0)) / all;
            for (int k = 0; k < pair.length; k++) {
                pairGradient[k] += gradient * relations[r][k];
                relationGradients[r][k] += gradient * pair[k];
            }
        }
        addConjugateProduct(pairGradient, entities[answer], entityGradients.get(question.subject));
        addProduct(pairGradient, entities[question.subject], entityGradients.get(answer));
    }

    private void addCube(float[] row, int all, float[] sum) {
        int rank = settings.rank();
        for (int k = 0; k < rank; k++) {
            float modulus = (float) Math.sqrt(row[k] * row[k] + row[k + rank] * row[k + rank]);
            sum[k] += 3 * settings.regularization() / all * modulus * row[k];
            sum[k + rank] += 3 * settings.regularization() / all * modulus * row[k + rank];
        }
    }

    private void addProduct(float[] a, float[] b, float[] sum) {
        int rank = settings.rank();
        for (int k = 0; k < rank; k++) {
            sum[k] += a[k] * b[k] - a[k + rank] * b[k + rank];
            sum[k + rank] += a[k] * b[k + rank] + a[k + rank] * b[k];
        }
    }

    private void addConjugateProduct(float[] a, float[] b, float[] sum) {
        int rank = settings.rank();
        for (int k = 0; k < rank; k++) {
            sum[k] += a[k] * b[k] + a[k + rank] * b[k + rank];
            sum[k + rank] += a[k] * b[k + rank] - a[k + rank] * b[k];
        }
    }

    private static float dot(float[] a, float[] b) {
        float sum = 0;
        for (int k = 0; k < a.length; k++) {
            sum += a[k] * b[k];
        }
        return sum;
    }

    private static void softmax(float[] scores) {
        double max = Double.NEGATIVE_INFINITY;
        for (float score : scores) {
            max = Math.max(max, score);
        }
        double sum = 0;
        for (float score : scores) {
            sum += Math.exp(score - max);
        }
        for (int i = 0; i < scores.length; i++) {
            scores[i] = (float) (Math.exp(scores[i] - max) / sum);
        }
    }

    private void adagrad(float[] row, float[] squares, float[] gradient) {
        for (int k = 0; k < row.length; k++) {
            squares[k] += gradient[k] * gradient[k];
            row[k] -= settings.learningRate() * gradient[k] / ((float) Math.sqrt(squares[k]) + 1e-10f);
        }
    }
}
