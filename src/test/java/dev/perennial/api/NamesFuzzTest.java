// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import static dev.perennial.fuzz.Parsing.require;
import static dev.perennial.fuzz.Parsing.requireSayable;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.perennial.fuzz.MutatedSeeds;
import dev.perennial.task.RevisionId;
import dev.perennial.task.SourceName;
import dev.perennial.task.TaskId;
import dev.perennial.text.Text;
import jakarta.ws.rs.NotFoundException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Names, ids and texts, two of them on two lines, as UTF-16 of whatever the bytes are. Normal forms are final, what can
 * be an id can be in a path, a header and a log, and no task has two names that look alike.
 */
final class NamesFuzzTest {
    private static final int LONGEST = 40;
    private static final Pattern HARMLESS = Pattern.compile("[A-Za-z0-9._-]{1,80}");
    private static final List<UnaryOperator<String>> IDS = List.of(
            value -> PathIds.task(value).value(),
            value -> PathIds.source(value).value(),
            value -> PathIds.evaluationSet(value).value(),
            value -> PathIds.opaque("ex_", value),
            MemberIds::inPath,
            value -> GraphIds.inPath(value).value(),
            GraphIds::sourceInPath);

    static Stream<byte[]> seeds() {
        return Stream.of(
                        "a\nb",
                        "Caf\u00e9\nCafe\u0301",
                        "\u202Ecod\n\uD800",
                        "a;b\na, b",
                        "\uFF21\na",
                        "ex_0A\nt-1",
                        "rev_0000000000000001\n..%2f",
                        "\u01C5\u1E9E\nDZ\u0130",
                        "\u0345\u03B1\n\u1F80",
                        "b\nB",
                        "\0\n\u200D")
                .map(text -> text.getBytes(StandardCharsets.UTF_16LE));
    }

    @MethodSource("seeds")
    @FuzzTest
    void names_areTakenOrRefused(byte[] input) {
        String[] two = new String(input, StandardCharsets.UTF_16LE).split("\n", 2);
        LabelBook book = new LabelBook(List.of(), 2);
        for (String value : two) {
            checkIds(value);
            checkText(value);
            checkLabel(value, book);
        }
    }

    private static void checkIds(String value) {
        for (UnaryOperator<String> id : IDS) {
            try {
                require(HARMLESS.matcher(id.apply(value)).matches(), "an id that cannot be in a path");
            } catch (NotFoundException none) {
                // what cannot be an id names nothing
            }
        }
        require(!TaskId.isValid(value) || new TaskId(value).value().equals(value), "a task's id is another");
        require(!SourceName.isValid(value) || HARMLESS.matcher(value).matches(), "a source that cannot be in a log");
        RevisionId.parse(value).ifPresent(id -> require(id.toString().equals(value), "a revision is another"));
    }

    private static void checkText(String value) {
        Text.flawIn(value, LONGEST).ifPresentOrElse(flaw -> requireSayable(flaw.detail()), () -> {
            Text text = new Text(value);
            require(new Text(text.value()).equals(text), "a normal form that is not final");
            require(new String(text.utf8(), StandardCharsets.UTF_8).equals(text.value()), "a text that is no Unicode");
        });
    }

    private static void checkLabel(String value, LabelBook book) {
        LabelName.flawIn(value, LONGEST).ifPresentOrElse(flaw -> requireSayable(flaw), () -> {
            LabelName name = LabelName.of(value);
            require(LabelName.of(name.value()).equals(name), "a name whose normal form is not final");
            require(new LabelName(name.fold()).fold().equals(name.fold()), "a name that is folded differently twice");
            if (book.flawIn(name.value()).isEmpty()) {
                book.add(name.value());
                require(
                        book.flawIn(name.fold()).isPresent() || name.fold().equals(name.value()),
                        "two names look alike");
            }
        });
    }

    @Test
    void someNames_areTakenOrRefused() {
        MutatedSeeds.check(getClass(), seeds(), this::names_areTakenOrRefused);
    }
}
