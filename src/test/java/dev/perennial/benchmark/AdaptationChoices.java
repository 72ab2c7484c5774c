// SPDX-License-Identifier: Apache-2.0
package dev.perennial.benchmark;

import dev.perennial.encode.Passage;
import dev.perennial.encode.TokenSequence;
import dev.perennial.onnx.EncoderTokenizer;
import dev.perennial.onnx.ModelFolder;
import dev.perennial.task.Answer;
import dev.perennial.task.Input;
import dev.perennial.task.Teaching;
import dev.perennial.train.Objective;
import dev.perennial.train.Selection;
import dev.perennial.train.TrainingPlan;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * How {@link AdaptationBenchmark} trains, by system properties {@code perennial.*}: {@code objective} (contrast,
 * classification, self-contrast), {@code unlabelled} texts of the training split besides and {@code left-out} for the
 * last, {@code selection} (lora, lora-all, bitfit, last-layers, all), {@code rank}, {@code rate}, {@code temperature},
 * {@code texts} a step, {@code window} in tokens, {@code readings} of a pair (joined, all), {@code pull},
 * {@code mixout}.
 */
final class AdaptationChoices {
    private static final int LAYERS_OF_ANY = 1000;

    private AdaptationChoices() {}

    static String of(String name, String otherwise) {
        return System.getProperty("perennial." + name, otherwise);
    }

    static double number(String name, String otherwise) {
        return Double.parseDouble(of(name, otherwise));
    }

    static Selection selection() {
        int rank = Integer.parseInt(of("rank", "8"));
        return switch (of("selection", "lora")) {
            case "lora" -> new Selection.LowRank(Selection.Places.QUERIES_AND_VALUES, rank, 2 * rank, false, ratio());
            case "lora-all" -> new Selection.LowRank(Selection.Places.ALL_PRODUCTS, rank, 2 * rank, false, ratio());
            case "bitfit" -> new Selection.BiasesAndNorms();
            case "last-layers" -> new Selection.LastLayers(1);
            case "all" -> new Selection.LastLayers(LAYERS_OF_ANY);
            default -> throw new IllegalArgumentException("unknown selection");
        };
    }

    private static float ratio() {
        return (float) number("ratio", "1");
    }

    static TrainingPlan plan(long seed, int steps) {
        return new TrainingPlan(
                steps,
                number("rate", "1e-3"),
                0.1,
                0,
                (float) number("pull", "0"),
                (float) number("mixout", "0"),
                1,
                seed);
    }

    static int batch() {
        return Integer.parseInt(of("texts", "32"));
    }

    static Objective objective(List<Objective.LabelledText> texts) {
        boolean binary =
                texts.stream().mapToInt(Objective.LabelledText::label).max().orElse(0) == 1;
        return of("objective", "contrast").equals("contrast")
                ? new Objective.Contrast(texts, number("temperature", binary ? "0.1" : "0.05"), batch())
                : new Objective.Classification(texts, batch());
    }

    static boolean isSelfContrast() {
        return of("objective", "contrast").equals("self-contrast");
    }

    /** Some of a training split, to be read without their labels. */
    static List<Teaching> unlabelled(List<Teaching> train, long seed) {
        List<Teaching> shuffled = new ArrayList<>(train);
        Collections.shuffle(shuffled, new Random(~seed));
        return shuffled.subList(0, Math.min(shuffled.size(), Integer.parseInt(of("unlabelled", "0"))));
    }

    static Objective selfContrast(List<Objective.LabelledText> learnt, List<Objective.LabelledText> besides) {
        List<TokenSequence> texts = Stream.concat(learnt.stream(), besides.stream())
                .map(Objective.LabelledText::text)
                .toList();
        return new Objective.SelfContrast(texts, number("temperature", "0.05"), batch(), number("left-out", "0.2"));
    }

    static List<Objective.LabelledText> texts(ModelFolder folder, List<Teaching> teachings) {
        int window = Math.min(folder.maxTokens(), Integer.parseInt(of("window", "128")));
        List<Objective.LabelledText> texts = new ArrayList<>();
        Map<String, Integer> numbers = new HashMap<>();
        teachings.stream()
                .map(AdaptationChoices::label)
                .sorted()
                .forEach(label -> numbers.putIfAbsent(label, numbers.size()));
        try (EncoderTokenizer tokenizer = EncoderTokenizer.open(folder, window)) {
            for (Teaching each : teachings) {
                List<TokenSequence> readings =
                        readings(each.input()).stream().map(tokenizer::tokens).toList();
                texts.add(new Objective.LabelledText(readings, numbers.get(label(each))));
            }
        }
        return texts;
    }

    private static List<Passage> readings(Input input) {
        String text = input.text().value();
        return input.textPair()
                .map(pair -> of("readings", "joined").equals("joined")
                        ? List.of(Passage.joined(text, pair.value()))
                        : List.of(Passage.of(text), Passage.of(pair.value()), Passage.joined(text, pair.value())))
                .orElseGet(() -> List.of(Passage.of(text)));
    }

    static String label(Teaching teaching) {
        return ((Answer.OneLabel) teaching.answer()).label();
    }

    /** Each so manyth of a list, or all others. */
    static <T> List<T> each(int nth, List<T> all, boolean others) {
        return IntStream.range(0, all.size())
                .filter(i -> i % nth == 0 != others)
                .mapToObj(all::get)
                .toList();
    }
}
