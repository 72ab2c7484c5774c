// SPDX-License-Identifier: Apache-2.0
package dev.perennial.adapt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.perennial.encode.Encoder;
import dev.perennial.encode.EncoderPool;
import dev.perennial.encode.Encoders;
import dev.perennial.ensemble.InstructionVectors;
import dev.perennial.learn.ReferenceSentences;
import dev.perennial.learn.Spreads;
import dev.perennial.onnx.BundledModels;
import dev.perennial.onnx.ExecutionProvider;
import dev.perennial.onnx.OnnxRuntime;
import dev.perennial.onnx.OnnxSettings;
import dev.perennial.task.InputKind;
import dev.perennial.task.MemoryDerivedCache;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * The thresholds of the matchers on instructions that were written for this: tasks each in two wordings, and pairs of
 * tasks that ask different things, most of them about the same thing or in nearly the same words. One file chooses, the
 * other one checks.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class InstructionThresholdIT {
    /** The published threshold where all tasks word their instructions after one template. */
    private static final double SAME_TEMPLATE = 0.9;

    private static final Path MODELS = Path.of(System.getProperty("perennial.test.models", "target/models"));

    private record Pair(boolean isSame, String one, String other) {}

    /**
     * What goes wrong when each task of a file comes, in its second wording, to the groups of all of them in the first.
     *
     * @param missed share of the tasks that do not come to their own group
     * @param strangers share of the tasks that come to another one when theirs is not there
     * @param kin share of the pairs of tasks that ask different things of the same that would share
     */
    private record Errors(double missed, double strangers, double kin) {

        static Errors of(GroupMatcher matcher, List<Pair> pairs) {
            List<Pair> tasks = pairs.stream().filter(Pair::isSame).toList();
            List<Codebook> groups =
                    tasks.stream().map(InstructionThresholdIT::codebook).toList();
            int missed = 0;
            int strangers = 0;
            for (int i = 0; i < tasks.size(); i++) {
                List<String> wording = List.of(tasks.get(i).other());
                Codebook own = groups.get(i);
                List<Codebook> others =
                        groups.stream().filter(group -> !group.equals(own)).toList();
                missed += found(matcher, wording, groups).filter(own::equals).isPresent() ? 0 : 1;
                strangers += found(matcher, wording, others).isPresent() ? 1 : 0;
            }
            List<Pair> different = pairs.stream().filter(pair -> !pair.isSame()).toList();
            long kin = different.stream()
                    .filter(pair -> found(matcher, List.of(pair.other()), List.of(codebook(pair)))
                            .isPresent())
                    .count();
            return new Errors(
                    (double) missed / tasks.size(), (double) strangers / tasks.size(), (double) kin / different.size());
        }

        private static Optional<Codebook> found(GroupMatcher matcher, List<String> wording, List<Codebook> groups) {
            return matcher.closest(wording, groups)
                    .filter(GroupMatcher.Closest::isAlike)
                    .map(GroupMatcher.Closest::codebook);
        }

        double sum() {
            return missed + strangers;
        }
    }

    private final List<Pair> toChooseBy = pairs("instruction-pairs-to-choose-by.tsv");
    private final List<Pair> toCheckBy = pairs("instruction-pairs-to-check-by.tsv");
    private final EncoderPool pool = new EncoderPool(1, 10_000_000);
    private List<Encoder> encoders = List.of();
    private InstructionSimilarity meaning = (one, other) -> 0;

    @BeforeAll
    void read() {
        encoders = new BundledModels(MODELS)
                .open(
                        OnnxRuntime.start(OnnxSettings.defaults()
                                .on(ExecutionProvider.CPU, true)
                                .packing(MODELS)),
                        List.of("all-minilm-l6-v2", "bge-small-en-v1.5", "e5-small-v2"));
        Spreads spreads = new Spreads(ReferenceSentences.read(), new MemoryDerivedCache());
        InstructionVectors vectors = new InstructionVectors(
                new Encoders(pool, encoders), members -> spreads.featureMap(InputKind.TEXT, members));
        Set<String> instructions = new LinkedHashSet<>();
        for (Pair pair : all()) {
            instructions.add(pair.one());
            instructions.add(pair.other());
        }
        meaning = new EmbeddingSimilarity(vectors.read(instructions));
    }

    @AfterAll
    void close() {
        encoders.forEach(Encoder::close);
        pool.close();
    }

    @Test
    void nearInMeaning_isWhereErrorsAreFewest() {
        assertThat(GroupMatcher.NEAR_IN_MEANING).isCloseTo(fewestErrors(), within(0.01));
    }

    @Test
    void errors_areThoseThatAreStated() {
        GroupMatcher byMeaning = new GroupMatcher(meaning, GroupMatcher.NEAR_IN_MEANING);

        assertThat(percent(Errors.of(byMeaning, toChooseBy))).containsExactly(23, 43, 60);
        assertThat(percent(Errors.of(byMeaning, toCheckBy))).containsExactly(17, 21, 75);
    }

    @Test
    void words_tellTasksApartOnlyWhereTheyShareATemplate() {
        GroupMatcher freely = new GroupMatcher(new TfIdfSimilarity(), GroupMatcher.FREE_WORDING);
        GroupMatcher template = new GroupMatcher(new TfIdfSimilarity(), SAME_TEMPLATE);

        assertThat(percent(Errors.of(freely, toChooseBy))).containsExactly(97, 7, 27);
        assertThat(percent(Errors.of(freely, toCheckBy))).containsExactly(100, 8, 42);
        assertThat(percent(Errors.of(template, all()))).containsExactly(100, 0, 0);
    }

    private static List<Integer> percent(Errors errors) {
        return Stream.of(errors.missed(), errors.strangers(), errors.kin())
                .map(share -> (int) Math.round(100 * share))
                .toList();
    }

    private List<Pair> all() {
        List<Pair> all = new ArrayList<>(toChooseBy);
        all.addAll(toCheckBy);
        return all;
    }

    /** The middle of the widest range of thresholds with the fewest errors on the file that chooses. */
    private double fewestErrors() {
        double[] sorted = similarities();
        double best = 0;
        double lowest = Double.POSITIVE_INFINITY;
        double widest = 0;
        for (int i = 1; i < sorted.length; i++) {
            double middle = (sorted[i - 1] + sorted[i]) / 2;
            double errors =
                    Errors.of(new GroupMatcher(meaning, middle), toChooseBy).sum();
            double range = sorted[i] - sorted[i - 1];
            if (errors < lowest - 1e-9 || errors < lowest + 1e-9 && range > widest) {
                best = middle;
                lowest = errors;
                widest = range;
            }
        }
        return best;
    }

    /** All that can be compared there, in order: between two of them no threshold changes anything. */
    private double[] similarities() {
        List<Pair> tasks = toChooseBy.stream().filter(Pair::isSame).toList();
        return tasks.stream()
                .flatMapToDouble(task ->
                        tasks.stream().mapToDouble(other -> meaning.of(List.of(task.other()), List.of(other.one()))))
                .sorted()
                .toArray();
    }

    private static Codebook codebook(Pair pair) {
        return new Codebook(pair.one(), List.of(pair.one()));
    }

    private static List<Pair> pairs(String name) {
        try (InputStream stream = InstructionThresholdIT.class.getResourceAsStream(name)) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(line -> line.split("\t"))
                    .map(cells -> new Pair(cells[0].equals("same"), cells[1], cells[2]))
                    .toList();
        } catch (IOException unreadable) {
            throw new IllegalStateException(unreadable);
        }
    }
}
