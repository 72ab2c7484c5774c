// SPDX-License-Identifier: Apache-2.0
package dev.perennial.ensemble;

import dev.perennial.task.Task;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The digests that were computed last of ensembles that share heads and examples: computing one reads every number of
 * the heads, and those that go back to an earlier revision ask for it again and again. Thread-safe.
 */
final class KnownDigests {
    private Optional<Known<List<String>>> heads = Optional.empty();
    private Optional<Known<Whole>> whole = Optional.empty();

    /**
     * What a digest of everything is of, beside the examples.
     *
     * @param task with its policy
     * @param heads their digest
     */
    record Whole(Task task, String heads) {}

    private record Known<T>(T of, String hex) {}

    /** @param members digests of those that read for the heads */
    synchronized String heads(List<String> members, Supplier<String> computed) {
        Known<List<String>> known = known(heads, members, computed);
        heads = Optional.of(known);
        return known.hex();
    }

    synchronized String whole(Whole of, Supplier<String> computed) {
        Known<Whole> known = known(whole, of, computed);
        whole = Optional.of(known);
        return known.hex();
    }

    private static <T> Known<T> known(Optional<Known<T>> last, T of, Supplier<String> computed) {
        return last.filter(known -> known.of().equals(of)).orElseGet(() -> new Known<>(of, computed.get()));
    }
}
