// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perennial.refusal.Refusal;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class KnownQueryTest {
    private static final Set<String> NAMES = Set.of("limit", "source");

    @Test
    void names_areThoseOfParameters_andThoseThatAMethodReadsItself() {
        assertThat(KnownQuery.names(method(ExamplesResource.class, "list")))
                .containsExactly("cursor", "limit", "source");
        assertThat(KnownQuery.names(method(CandidatesResource.class, "stage"))).containsExactly("onward", "source");
        assertThat(KnownQuery.names(method(PredictionsResource.class, "predictLines")))
                .containsExactly("explain", "min_revision", "mode", "top_k");
        assertThat(KnownQuery.names(method(PredictionsResource.class, "predict")))
                .isEmpty();
    }

    @Test
    void knownParameters_areTaken() {
        assertThatCode(() -> KnownQuery.check(NAMES, Map.of("limit", List.of("1"), "source", List.of("crowd"))))
                .doesNotThrowAnyException();
        assertThatCode(() -> KnownQuery.check(Set.of(), Map.of())).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sources| the query parameter sources is not known here; known ones are limit, source",
                "Limit| the query parameter Limit is not known here; known ones are limit, source",
                "two words| a query parameter is not known here; known ones are limit, source"
            })
    void otherParameters_areRefused_withThoseThatAreKnown(String name, String detail) {
        assertThatThrownBy(() -> KnownQuery.check(new TreeSet<>(NAMES), Map.of(name, List.of("1"))))
                .isInstanceOf(Refusal.Invalid.class)
                .hasMessageContaining(detail);
    }

    @Test
    void routeWithoutParameters_saysSo() {
        assertThatThrownBy(() -> KnownQuery.check(Set.of(), Map.of("limit", List.of("1"))))
                .isInstanceOf(Refusal.Invalid.class)
                .hasMessageContaining("no query parameters are");
    }

    @Test
    void emptyParameter_isRefusedWhereItWouldWidenWhatIsMeant_andNowhereElse() {
        assertThatThrownBy(() -> KnownQuery.check(NAMES, Map.of("source", List.of(""))))
                .isInstanceOf(Refusal.Invalid.class)
                .hasMessageContaining("source is empty");
        assertThatCode(() -> KnownQuery.check(NAMES, Map.of("limit", List.of(""))))
                .doesNotThrowAnyException();
    }

    private static Method method(Class<?> resource, String name) {
        return Arrays.stream(resource.getMethods())
                .filter(method -> method.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void parameterThatIsGivenTwice_isRefused() {
        assertThatThrownBy(() -> KnownQuery.check(Set.of("limit"), Map.of("limit", List.of("1", "2"))))
                .isInstanceOf(Refusal.Invalid.class)
                .hasMessageContaining("given twice");
    }
}
