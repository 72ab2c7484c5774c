// SPDX-License-Identifier: Apache-2.0
package dev.perennial.feedback;

import dev.perennial.task.Answer;
import dev.perennial.task.Example;
import dev.perennial.task.Input;
import dev.perennial.task.TaskId;
import dev.perennial.task.TaskStore;
import dev.perennial.text.Text;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Groups the mistakes of a task by what had been asked, so that a person can read them. The same mistakes and examples
 * give the same groups. Thread-safe.
 *
 * <p>Mistakes are grouped by {@link AverageLinkage} over cosines of what the cheapest member read, up to a share of the
 * distance that examples of the task have from one another on average: what is far apart differs among encoders.
 */
public final class MistakeClusters {
    /** The latest ones; grouping takes time with the square of their number, a second or two for these. */
    private static final int MOST_MISTAKES = 2_000;

    /** Of the mean distance of two examples. */
    private static final double SHARE_OF_DISTANCE = 0.7;

    /** Examples by which that distance is told. */
    private static final int EXAMPLES_COMPARED = 300;

    /** Examples by which it is told which words are rare. */
    private static final int EXAMPLES_READ = 20_000;

    private static final int ANSWERS_COMPARED = 10_000;
    private static final int MOST_WORDS = 8;
    private static final int MOST_CONFUSIONS = 5;

    private final TaskStore tasks;
    private final FeedbackBook book;
    private final PredictionLog log;

    public MistakeClusters(TaskStore tasks, FeedbackBook book, PredictionLog log) {
        this.tasks = tasks;
        this.book = book;
        this.log = log;
    }

    /**
     * The mistakes of a task in groups.
     *
     * @param mistakes how many are kept
     * @param grouped how many of the latest are in the groups: those that one encoder has read
     * @param clusters largest first
     */
    public record Report(long mistakes, int grouped, List<Group> clusters) {}

    /**
     * Mistakes about the like.
     *
     * @param mistakes latest first
     * @param share of all that are grouped
     * @param confusions what was said instead of what, most frequent first; none of scores
     * @param medoid the mistake that is nearest to all others
     * @param example by which that was corrected, if it is still taught
     * @param words typical of their texts, most typical first
     * @param asked share of the latest kept answers whose inputs are like the medoid's; empty when none compare
     */
    public record Group(
            List<Mistake> mistakes,
            double share,
            List<Swap> confusions,
            Mistake medoid,
            Optional<Example> example,
            List<String> words,
            OptionalDouble asked) {}

    /** How often something was said instead of the right answer; empty where the task had abstained. */
    public record Swap(Answer right, Optional<Answer> answered, long count) {}

    /** Groups the mistakes of a task. */
    public Report of(TaskId task) {
        List<Mistake> comparable = comparable(book.mistakes(Optional.of(task), "", MOST_MISTAKES));
        if (comparable.isEmpty()) {
            return new Report(book.mistakes(task), 0, List.of());
        }
        List<ByteVector> vectors = comparable.stream()
                .map(mistake -> mistake.vector().orElseThrow())
                .toList();
        double farthest =
                SHARE_OF_DISTANCE * distance(examples(task, vectors.get(0)).orElse(vectors));
        List<List<Integer>> groups = AverageLinkage.groups(
                vectors.size(), (i, j) -> 1 - vectors.get(i).cosine(vectors.get(j)), farthest);
        int[] medoids =
                groups.stream().mapToInt(group -> medoid(group, vectors)).toArray();
        List<ByteVector> middles = Arrays.stream(medoids).mapToObj(vectors::get).toList();
        double[] asked = asked(log.vectors(task, vectors.get(0).member(), ANSWERS_COMPARED), middles, farthest);
        Texts texts = new Texts(tasks.examples(task));
        List<Group> read = new ArrayList<>();
        for (int g = 0; g < medoids.length; g++) {
            List<Mistake> members = groups.get(g).stream().map(comparable::get).toList();
            Mistake medoid = comparable.get(medoids[g]);
            read.add(new Group(
                    members,
                    (double) members.size() / comparable.size(),
                    confusions(members),
                    medoid,
                    texts.example(medoid),
                    texts.words(members),
                    asked.length == 0 ? OptionalDouble.empty() : OptionalDouble.of(asked[g])));
        }
        return new Report(book.mistakes(task), comparable.size(), List.copyOf(read));
    }

    /** Those that were read by the encoder that has read the latest one. */
    private static List<Mistake> comparable(List<Mistake> mistakes) {
        List<Mistake> read = mistakes.stream()
                .filter(mistake -> mistake.vector().isPresent())
                .toList();
        if (read.isEmpty()) {
            return read;
        }
        ByteVector first = read.get(0).vector().orElseThrow();
        return read.stream()
                .filter(mistake -> mistake.vector().orElseThrow().comparesWith(first))
                .toList();
    }

    /** Vectors of the task's examples by the same encoder; empty when there are hardly any. */
    private Optional<List<ByteVector>> examples(TaskId task, ByteVector like) {
        List<ByteVector> some =
                thinned(List.copyOf(tasks.vectors(task, like.member()).values()), EXAMPLES_COMPARED).stream()
                        .map(vector -> ByteVector.of(like.member(), vector))
                        .filter(like::comparesWith)
                        .toList();
        return some.size() < 2 ? Optional.empty() : Optional.of(some);
    }

    /** The mean distance of two of them. */
    private static double distance(List<ByteVector> vectors) {
        List<ByteVector> some = thinned(vectors, EXAMPLES_COMPARED);
        double sum = 0;
        long pairs = 0;
        for (int i = 0; i < some.size(); i++) {
            for (int j = 0; j < i; j++) {
                sum += 1 - some.get(i).cosine(some.get(j));
                pairs++;
            }
        }
        return pairs == 0 ? 1 : sum / pairs;
    }

    /** At most so many, from all over the list. */
    private static <T> List<T> thinned(List<T> all, int most) {
        if (all.size() <= most) {
            return all;
        }
        List<T> some = new ArrayList<>(most);
        for (int i = 0; i < most; i++) {
            some.add(all.get((int) ((long) i * all.size() / most)));
        }
        return some;
    }

    private static int medoid(List<Integer> group, List<ByteVector> vectors) {
        int medoid = group.get(0);
        double best = Double.NEGATIVE_INFINITY;
        for (int i : group) {
            double nearness = 0;
            for (int j : group) {
                nearness += vectors.get(i).cosine(vectors.get(j));
            }
            if (nearness > best) {
                best = nearness;
                medoid = i;
            }
        }
        return medoid;
    }

    /** The share of answers that are within the distance of each middle, counted for the nearest; empty without any. */
    private static double[] asked(List<ByteVector> answers, List<ByteVector> middles, double farthest) {
        List<ByteVector> comparable =
                answers.stream().filter(middles.get(0)::comparesWith).toList();
        double[] shares = new double[comparable.isEmpty() ? 0 : middles.size()];
        for (ByteVector answer : comparable) {
            int nearest = 0;
            double best = Double.NEGATIVE_INFINITY;
            for (int m = 0; m < middles.size(); m++) {
                double cosine = answer.cosine(middles.get(m));
                if (cosine > best) {
                    best = cosine;
                    nearest = m;
                }
            }
            if (1 - best <= farthest) {
                shares[nearest] += 1.0 / comparable.size();
            }
        }
        return shares;
    }

    private static List<Swap> confusions(List<Mistake> mistakes) {
        Map<List<Object>, Swap> swaps = new LinkedHashMap<>();
        for (Mistake mistake : mistakes) {
            if (!(mistake.said().right() instanceof Answer.Score)) {
                Swap one = new Swap(mistake.said().right(), mistake.said().answered(), 1);
                swaps.merge(
                        List.of(one.right(), one.answered()),
                        one,
                        (before, more) -> new Swap(before.right(), before.answered(), before.count() + 1));
            }
        }
        return swaps.values().stream()
                .sorted(Comparator.comparing(Swap::count)
                        .reversed()
                        .thenComparing(swap -> swap.right().toString())
                        .thenComparing(swap -> swap.answered().toString()))
                .limit(MOST_CONFUSIONS)
                .toList();
    }

    /** What is taught, and its words. */
    private static final class Texts {
        private final Map<String, Example> exampleById;
        private final TypicalWords words;

        Texts(List<Example> examples) {
            this.exampleById = examples.stream().collect(Collectors.toMap(Example::id, example -> example));
            this.words = TypicalWords.against(
                    thinned(examples, EXAMPLES_READ).stream().map(Texts::text).toList());
        }

        Optional<Example> example(Mistake mistake) {
            return Optional.ofNullable(exampleById.get(mistake.exampleId()));
        }

        List<String> words(List<Mistake> mistakes) {
            List<String> texts = mistakes.stream()
                    .map(this::example)
                    .flatMap(Optional::stream)
                    .map(Texts::text)
                    .toList();
            return words.of(texts, MOST_WORDS);
        }

        private static String text(Example example) {
            Input input = example.teaching().input();
            return Stream.concat(Stream.of(input.text()), input.textPair().stream())
                    .map(Text::value)
                    .collect(Collectors.joining(" "));
        }
    }
}
