// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import dev.perennial.encode.Passage;
import dev.perennial.refresh.Folds.Labelled;
import dev.perennial.task.ContentKey;
import dev.perennial.task.Input;
import dev.perennial.text.Text;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Texts without labels that an encoder learns from besides examples. None of them is the text of an example: that one
 * is learnt from where it is not held out, and else would be no judge.
 *
 * @param passages as an encoder reads them, in an order that is not that of the request
 * @param inputs keys, in hex; whoever has one of these texts erased from a task ends what learnt from it
 */
record UnlabelledTexts(List<Passage> passages, Set<String> inputs) {
    UnlabelledTexts {
        passages = List.copyOf(passages);
        inputs = Set.copyOf(inputs);
    }

    /** Those of an order, each once. */
    static UnlabelledTexts of(List<Text> texts, List<Labelled> examples) {
        Set<String> known = examples.stream().flatMap(UnlabelledTexts::texts).collect(Collectors.toSet());
        Map<String, Text> textByInput =
                texts.stream().collect(Collectors.toMap(UnlabelledTexts::key, Function.identity(), (one, same) -> one));
        textByInput.keySet().removeAll(known);
        return new UnlabelledTexts(
                textByInput.entrySet().stream()
                        .sorted(Map.Entry.comparingByKey())
                        .map(entry -> Passage.of(entry.getValue().value()))
                        .toList(),
                textByInput.keySet());
    }

    /** Of an example, or of both parts of a pair. */
    private static Stream<String> texts(Labelled example) {
        Input input = example.example().teaching().input();
        return Stream.concat(Stream.of(input.text()), input.textPair().stream()).map(UnlabelledTexts::key);
    }

    private static String key(Text text) {
        return ContentKey.of(Input.of(text)).hex();
    }
}
