// SPDX-License-Identifier: Apache-2.0
package dev.perennial.benchmark;

import dev.perennial.task.Answer;
import dev.perennial.task.Input;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.ScoreRange;
import dev.perennial.task.Teaching;
import dev.perennial.text.Text;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** A labelled set in the evaluation data: where its rows are, and what they are. */
record DataSet(String name, Kind kind, InputKind input, Split train, Split test) {

    /** One file and the columns of the text, the second text (-1: none) and the answer. */
    record Split(String file, int text, int textPair, int answer) {
        List<Teaching> read(Path data, Kind kind) {
            try (var lines = Files.lines(data.resolve(file))) {
                return lines.skip(1)
                        .map(line -> teaching(line.split("\t", -1), kind))
                        .collect(Collectors.toList());
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }

        private Teaching teaching(String[] fields, Kind kind) {
            Text first = new Text(fields[text]);
            Input input = textPair < 0 ? Input.of(first) : Input.of(first, new Text(fields[textPair]));
            Answer answer = kind == Kind.REGRESSION
                    ? new Answer.Score(Double.parseDouble(fields[this.answer]))
                    : new Answer.OneLabel(fields[this.answer]);
            return Teaching.of(input, answer);
        }
    }

    Optional<ScoreRange> scoreRange() {
        return kind == Kind.REGRESSION ? Optional.of(new ScoreRange(0, 5)) : Optional.empty();
    }

    static DataSet of(String name) {
        return switch (name) {
            case "banking77" -> text(name, "banking77/train.tsv", "banking77/dev.tsv");
            case "clinc150" -> text(name, "clinc150/train.tsv", "clinc150/test.tsv");
            case "sst2" -> text(name, "sst2/train.tsv", "sst2/dev.tsv");
            case "trec6" -> text(name, "trec6/train.tsv", "trec6/test.tsv");
            case "agnews" -> text(name, "agnews/train.tsv", "agnews/test.tsv");
            case "cola" -> text(name, "cola/train.tsv", "cola/dev.tsv");
            case "snips" -> text(name, "snips/train.tsv", "snips/test.tsv");
            case "atis" -> text(name, "atis/train.tsv", "atis/test.tsv");
            case "mrpc" -> pair(name, "mrpc/train.tsv", "mrpc/test.tsv");
            case "rte" -> pair(name, "rte/train.tsv", "rte/dev.tsv");
            case "boolq" -> pair(name, "boolq/train.tsv", "boolq/test.tsv");
            case "stsb" ->
                new DataSet(
                        name,
                        Kind.REGRESSION,
                        InputKind.PAIR,
                        new Split("stsb/en.train.tsv", 1, 2, 3),
                        new Split("stsb/en.dev.tsv", 1, 2, 3));
            default -> throw new IllegalArgumentException("unknown set " + name);
        };
    }

    private static DataSet text(String name, String train, String test) {
        return new DataSet(
                name, Kind.CLASSIFICATION, InputKind.TEXT, new Split(train, 0, -1, 1), new Split(test, 0, -1, 1));
    }

    private static DataSet pair(String name, String train, String test) {
        return new DataSet(
                name, Kind.CLASSIFICATION, InputKind.PAIR, new Split(train, 0, 1, 2), new Split(test, 0, 1, 2));
    }
}
