// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RouterProblemsTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/graphs/g/entities/..",
                "/v1/graphs/g/entities/%2E%2e",
                "/v1/graphs/g/entities/.%2e/x",
                "/v1/tasks/./examples",
                "/v1/graphs/g/entities/http://a.example/x",
                "/v1/graphs/g/entities/p;q=1?limit=1"
            })
    void pathsThatWouldBeTidiedUp_nameAnotherThing(String uri) {
        assertThat(RouterProblems.namesAnother(uri)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/graphs/g/entities/http%3A%2F%2Fa.example%2Fx",
                "/v1/graphs/g/entities/a..b/.c",
                "/v1/graphs/g/entities/%2e%2e%2e",
                "/v1/graphs/g/imports?origin=http://a.example/../x;y",
                "http://localhost:8080/v1/tasks",
                "/"
            })
    void otherPaths_nameWhatTheySay(String uri) {
        assertThat(RouterProblems.namesAnother(uri)).isFalse();
    }
}
