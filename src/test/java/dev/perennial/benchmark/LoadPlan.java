// SPDX-License-Identifier: Apache-2.0
package dev.perennial.benchmark;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a benchmark over HTTP is asked to measure.
 *
 * @param data the data folder
 * @param output where the table and the plot go
 * @param quick whether little is taught and asked, for a trial
 * @param service a running service; without one, the packaged one is started
 * @param pid the process of that service, to read what it uses; 0: not known
 * @param rest what else was asked for
 */
record LoadPlan(Path data, Path output, boolean quick, Optional<URI> service, long pid, List<String> rest) {

    /** From the data folder, the output folder, and any of {@code quick}, {@code service=}, {@code pid=}. */
    static LoadPlan of(String[] arguments) {
        List<String> rest = List.of(arguments).subList(2, arguments.length);
        return new LoadPlan(
                Path.of(arguments[0]),
                Path.of(arguments[1]),
                rest.contains("quick"),
                value(rest, "service=").map(URI::create),
                value(rest, "pid=").map(Long::parseLong).orElse(0L),
                rest);
    }

    private static Optional<String> value(List<String> arguments, String name) {
        return values(arguments, name).findFirst();
    }

    private static Stream<String> values(List<String> arguments, String name) {
        return arguments.stream()
                .filter(argument -> argument.startsWith(name))
                .map(argument -> argument.substring(name.length()));
    }

    /** All that was said behind a name, such as {@code service=}. */
    Stream<String> values(String name) {
        return values(rest, name);
    }

    int rounds() {
        return quick ? 1 : 3;
    }

    double warmUpSeconds() {
        return quick ? 0.5 : 1;
    }

    double seconds() {
        return quick ? 1 : 5;
    }

    double kneeSeconds() {
        return quick ? 2 : 10;
    }

    double steadySeconds() {
        return quick ? 4 : 30;
    }

    double overloadSeconds() {
        return quick ? 5 : 60;
    }

    /** How many examples of a label are taught. */
    int examplesOfALabel() {
        return quick ? 10 : Integer.MAX_VALUE;
    }
}
