// SPDX-License-Identifier: Apache-2.0
package dev.perennial.ensemble;

import dev.perennial.encode.Encoded;
import dev.perennial.encode.Encoder;
import dev.perennial.encode.Encoders;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.Input;
import dev.perennial.task.InputKind;
import dev.perennial.task.TaskId;
import dev.perennial.text.Text;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/**
 * Finds the task that each of some inputs is about, by how it resembles what the tasks were taught, or that it is about
 * none. Of each task one member reads, the first that reads words in context. Safe for concurrent use.
 */
public final class TextRouter {
    /**
     * How surely an input is one for a task.
     *
     * @param probability in [0, 1]; those of all tasks and of none add up to 1
     */
    public record Claim(TaskId task, double probability) {}

    /**
     * Where an input goes.
     *
     * @param ensemble the one to answer; empty when it is more probable that the input is about none than about any one
     * @param first the task it resembles most
     * @param second the task it resembles most but for that; empty where there is no other
     * @param none how probable it is that it is about none of the tasks
     */
    public record Route(Optional<Ensemble> ensemble, Claim first, Optional<Claim> second, double none) {}

    private record Reading(String digest, InputKind kind) {}

    /** Inputs times tasks that may be compared for one request, some seconds of work at most. */
    public static final int MOST_ROUTES = 65_536;

    /** What is added to the log odds of a task that was taught exactly this input. */
    private static final double REMEMBERED = 5;

    /** Backgrounds that are remembered, those of adapted members among them, which come and go. */
    private static final int MOST_READINGS = 100;

    private final Encoders encoders;
    private final List<String> sentences;
    private final Map<Reading, List<float[]>> backgrounds = new ConcurrentHashMap<>();

    /** @param sentences that are about nothing in particular, two or more */
    public TextRouter(Encoders encoders, List<String> sentences) {
        this.encoders = encoders;
        this.sentences = List.copyOf(sentences);
    }

    /**
     * Finds the task of each input, in their order.
     *
     * @param inputs of one kind, at least one
     * @param among the tasks that may be meant; of these, those that ask about such inputs and were taught something
     * @throws Refusal.Invalid when there is no such task
     * @throws Refusal.TooLarge when inputs times tasks are more than {@link #MOST_ROUTES}
     * @throws Refusal.Saturated when the encoders have too much to do, or the time of whoever asks is over
     */
    public List<Route> route(List<Input> inputs, Collection<Ensemble> among) {
        InputKind kind = inputs.get(0).kind();
        List<Ensemble> candidates = among.stream()
                .filter(ensemble -> ensemble.task().input() == kind)
                .filter(ensemble -> ensemble.examples() >= Resemblance.FEWEST)
                .sorted(Comparator.comparing(ensemble -> ensemble.task().id()))
                .toList();
        if (candidates.isEmpty()) {
            throw new Refusal.Invalid(
                    "/inputs",
                    "cannot be told apart: no task about such inputs has been taught two examples; teach one, or send"
                            + " instruction or tasks");
        }
        long compared = (long) inputs.size() * candidates.size();
        if (compared > MOST_ROUTES) {
            throw new Refusal.TooLarge("text_routes", MOST_ROUTES, compared);
        }
        Map<Encoder, List<Encoded>> read = new HashMap<>();
        double[][] logOdds = new double[inputs.size()][candidates.size()];
        for (int c = 0; c < candidates.size(); c++) {
            Ensemble candidate = candidates.get(c);
            Encoder looker = candidate.looker();
            List<Encoded> seen = read.computeIfAbsent(looker, any -> Predictor.encode(encoders, List.of(any), inputs));
            encoders.pool().requireWanted();
            for (int i = 0; i < inputs.size(); i++) {
                float[] vector = seen.get(i).vectors().get(0);
                double odds = candidate.resemblance(vector, () -> background(looker, kind));
                logOdds[i][c] = candidate.remembers(inputs.get(i)) ? Math.max(0, odds) + REMEMBERED : odds;
            }
        }
        return IntStream.range(0, inputs.size())
                .mapToObj(i -> route(candidates, logOdds[i]))
                .toList();
    }

    private static Route route(List<Ensemble> candidates, double[] logOdds) {
        // Odds are against none, whose own are even.
        double largest = 0;
        for (double each : logOdds) {
            largest = Math.max(largest, each);
        }
        double none = Math.exp(-largest);
        double sum = none;
        for (double each : logOdds) {
            sum += Math.exp(each - largest);
        }
        int first = best(logOdds, -1);
        int second = best(logOdds, first);
        List<Claim> claims = new ArrayList<>();
        for (int c : new int[] {first, second}) {
            if (c >= 0) {
                claims.add(new Claim(candidates.get(c).task().id(), Math.exp(logOdds[c] - largest) / sum));
            }
        }
        return new Route(
                logOdds[first] >= 0 ? Optional.of(candidates.get(first)) : Optional.empty(),
                claims.get(0),
                claims.stream().skip(1).findFirst(),
                none / sum);
    }

    /** Position of the largest number but for one of them, the first of equal ones; -1 where there is none. */
    private static int best(double[] numbers, int but) {
        int best = -1;
        for (int c = 0; c < numbers.length; c++) {
            if (c != but && (best < 0 || numbers[c] > numbers[best])) {
                best = c;
            }
        }
        return best;
    }

    private List<float[]> background(Encoder looker, InputKind kind) {
        Reading reading = new Reading(looker.info().digest(), kind);
        List<float[]> known = backgrounds.get(reading);
        if (known == null) {
            known = Predictor.encode(encoders, List.of(looker), sentences(kind)).stream()
                    .map(encoded -> encoded.vectors().get(0))
                    .toList();
            if (backgrounds.size() >= MOST_READINGS) {
                backgrounds.clear();
            }
            backgrounds.put(reading, known);
        }
        return known;
    }

    private List<Input> sentences(InputKind kind) {
        return IntStream.range(0, sentences.size())
                .mapToObj(i -> kind == InputKind.TEXT
                        ? Input.of(new Text(sentences.get(i)))
                        : Input.of(new Text(sentences.get(i)), new Text(sentences.get((i + 1) % sentences.size()))))
                .toList();
    }
}
