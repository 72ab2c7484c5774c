// SPDX-License-Identifier: Apache-2.0
package dev.perennial.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perennial.architecture.SourceTree.SourceFile;
import dev.perennial.architecture.SourceTree.SourceMethod;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Keeps files and methods small enough to be read at one sitting. Prints the largest ones. */
final class SizeBudgetTest {
    private static final int FILE_MEDIAN = 100;
    private static final int FILE_P95 = 320;
    private static final int FILE_LIMIT = 500;
    private static final int METHOD_P95 = 22;
    private static final int METHOD_LIMIT = 60;
    private static final int PARAMETERS = 4;

    /** Whatever is assembled from parts names them all. */
    private static final int PARAMETERS_OF_CONSTRUCTORS = 6;

    /** Kernels take sizes and strides beside their arrays. */
    private static final Map<String, Integer> PARAMETERS_BY_PACKAGE = Map.of("math", 6, "blas", 6);

    /** Files over the limit, by name, each with its reason. */
    private static final Map<String, String> LONG_FILES = Map.of();

    /** Methods over the limit, by {@code Type.method}, each with its reason. */
    private static final Map<String, String> LONG_METHODS = Map.of();

    /** Methods with more parameters than the limit, by {@code Type.method}, each with its reason. */
    private static final Map<String, String> MANY_PARAMETERS =
            Map.of("UnitVector.pool", "a kernel: an array with its shape, what to do with it and where to put it");

    private final SourceTree sources = SourceTree.parse();

    @Test
    @SuppressWarnings("SystemOut")
    void largest_arePrinted() {
        sources.files().stream()
                .sorted(Comparator.comparingInt(SourceFile::lines).reversed())
                .limit(5)
                .forEach(file -> System.out.println("file   " + file.lines() + " " + file.name()));
        sources.methods().stream()
                .sorted(Comparator.comparingInt(SourceMethod::lines).reversed())
                .limit(5)
                .forEach(method -> System.out.println("method " + method.lines() + " " + method.typeAndName()));

        assertThat(sources.files()).isNotEmpty();
    }

    @Test
    void files_areShort() {
        List<Integer> lines =
                sorted(sources.files().stream().map(SourceFile::lines).toList());

        assertThat(quantile(lines, 0.5)).as("median lines of a file").isLessThanOrEqualTo(FILE_MEDIAN);
        assertThat(quantile(lines, 0.95))
                .as("95th percentile of lines of a file")
                .isLessThanOrEqualTo(FILE_P95);
        assertThat(sources.files())
                .filteredOn(file -> !LONG_FILES.containsKey(file.name()))
                .filteredOn(file -> file.lines() > FILE_LIMIT)
                .isEmpty();
    }

    @Test
    void methods_areShort() {
        List<Integer> lines =
                sorted(sources.methods().stream().map(SourceMethod::lines).toList());

        assertThat(quantile(lines, 0.95))
                .as("95th percentile of lines of a method")
                .isLessThanOrEqualTo(METHOD_P95);
        assertThat(sources.methods())
                .filteredOn(method -> !LONG_METHODS.containsKey(method.typeAndName()))
                .filteredOn(method -> method.lines() > METHOD_LIMIT)
                .isEmpty();
    }

    @Test
    void methods_takeFewParameters() {
        assertThat(sources.methods())
                .filteredOn(method -> !method.canonicalConstructor())
                .filteredOn(method -> !MANY_PARAMETERS.containsKey(method.typeAndName()))
                .filteredOn(method -> method.parameters() > mostParameters(method))
                .isEmpty();
    }

    private static int mostParameters(SourceMethod method) {
        int most = method.constructor() ? PARAMETERS_OF_CONSTRUCTORS : PARAMETERS;
        return Math.max(most, PARAMETERS_BY_PACKAGE.getOrDefault(method.topPackage(), 0));
    }

    private static List<Integer> sorted(List<Integer> values) {
        return values.stream().sorted().toList();
    }

    private static int quantile(List<Integer> sorted, double share) {
        return sorted.get((int) Math.min(sorted.size() - 1L, (long) Math.floor(share * sorted.size())));
    }
}
