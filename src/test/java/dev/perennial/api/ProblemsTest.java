// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perennial.refusal.Fault;
import dev.perennial.refusal.Refusal;
import jakarta.ws.rs.NotSupportedException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every refusal is a problem, and every problem has a page. */
final class ProblemsTest {
    private static final Problems.Origin ORIGIN = new Problems.Origin("/v1/x", "0123");

    static Stream<Class<?>> refusals() {
        return Arrays.stream(Refusal.class.getPermittedSubclasses());
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void everyRefusal_hasAProblemOfItsOwn(Class<?> type) throws ReflectiveOperationException {
        Problem problem = Problems.of(instance(type), ORIGIN);

        assertThat(problem.status()).isBetween(400, 503).isNotEqualTo(500);
        assertThat(problem.type()).startsWith("/problems/");
        assertThat(problem.title()).isNotBlank();
        assertThat(problem.detail()).isNotBlank();
        assertThat(problem.instance()).isEqualTo("/v1/x");
        assertThat(problem.traceId()).isEqualTo("0123");
        assertThat(problem.retryAfterSeconds() != null).isEqualTo(problem.retryable());
        assertThat(Path.of("docs" + problem.type() + ".md")).exists();
    }

    @Test
    void refusals_areToldApart() throws ReflectiveOperationException {
        List<String> types = new java.util.ArrayList<>();
        for (Class<?> type : refusals().toList()) {
            types.add(Problems.of(instance(type), ORIGIN).type());
        }

        assertThat(types).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @EnumSource(ProblemType.class)
    void everyType_hasAPageThatNamesIt(ProblemType type) throws java.io.IOException {
        String page = Files.readString(Path.of("docs/problems", type.slug() + ".md"));

        assertThat(page)
                .contains("/problems/" + type.slug())
                .contains(type.title())
                .contains("" + type.status());
    }

    @Test
    void pages_areOfTypesThatExist() throws java.io.IOException {
        try (Stream<Path> pages = Files.list(Path.of("docs/problems"))) {
            assertThat(pages.map(page -> page.getFileName().toString().replace(".md", "")))
                    .containsExactlyInAnyOrderElementsOf(Arrays.stream(ProblemType.values())
                            .map(ProblemType::slug)
                            .toList());
        }
    }

    @Test
    void invalid_listsItsFaultsUpToABound() {
        List<Fault> faults =
                Stream.generate(() -> new Fault("/a", "is wrong")).limit(500).toList();

        assertThat(Problems.of(new Refusal.Invalid(faults), ORIGIN).errors()).hasSize(100);
    }

    @Test
    void tooLarge_saysHowMuchIsAllowed() {
        Problem problem = Problems.of(new Refusal.TooLarge("inputs", 256, 300), ORIGIN);

        assertThat(problem.limit()).isEqualTo(256);
        assertThat(problem.actual()).isEqualTo(300);
        assertThat(problem.detail()).contains("inputs");
    }

    @Test
    void unexpectedFailure_saysNothingOfItself() {
        Problem problem = Problems.of(new IllegalStateException("secret"), ORIGIN);

        assertThat(problem.status()).isEqualTo(500);
        assertThat(problem.toString()).doesNotContain("secret").doesNotContain("IllegalState");
        assertThat(Silenced.of(new IllegalStateException("secret", new RuntimeException("deep")))
                        .toString())
                .doesNotContain("secret")
                .doesNotContain("deep");
    }

    @Test
    void httpFailure_keepsItsStatus() {
        assertThat(Problems.of(new NotSupportedException(), ORIGIN).status()).isEqualTo(415);
        assertThat(Problems.ofStatus(414, ORIGIN).status()).isEqualTo(414);
        assertThat(Problems.ofStatus(501, ORIGIN).status()).isEqualTo(501);
    }

    private static Refusal instance(Class<?> type) throws ReflectiveOperationException {
        Constructor<?> constructor = type.getConstructors()[0];
        Object[] arguments = Arrays.stream(constructor.getParameterTypes())
                .map(ProblemsTest::argument)
                .toArray();
        try {
            return (Refusal) constructor.newInstance(arguments);
        } catch (InvocationTargetException failure) {
            throw new IllegalStateException(failure.getCause());
        }
    }

    private static Object argument(Class<?> type) {
        if (type == List.class) {
            return List.of(new Fault("/x", "is wrong"));
        }
        if (type == int.class) {
            return 1;
        }
        if (type == Duration.class) {
            return Duration.ofSeconds(1);
        }
        return type == long.class ? (Object) 1L : "x";
    }
}
