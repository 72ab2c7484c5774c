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
                "/v1/graphs/g/entities/p;q=1?limit=1",
                "/v1/tasks/t/aliases/a;b=c",
                "/v1/tasks;x=1/t/examples",
                "/v1/jobs/job_1;?limit=1",
                "/v1/graphs/g/entities/x/",
                "/v1/graphs/g/entities/a/b/?limit=1",
                "/v1/graphs/g/entities/%ff",
                "/v1/graphs/g/entities/%C3x",
                "/v1/graphs/g/entities/%c3%28",
                "/v1/graphs/g/entities/%ED%A0%80",
                "/v1/tasks/%c0%ae"
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
                "/v1/graphs/g/entities/x%2F",
                "/v1/tasks/t/confusions/a%3Bb/c",
                "/v1/graphs/g/entities/%C3%98deg%c3%a5rd%F0%9F%98%80",
                "/v1/graphs/g/entities/a%20b?query=%ff",
                "/v1/graphs/g/",
                "/v1/graphs/g/imports?origin=http://a.example/../x;y",
                "http://localhost:8080/v1/tasks",
                "/"
            })
    void otherPaths_nameWhatTheySay(String uri) {
        assertThat(RouterProblems.namesAnother(uri)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "/", ";", "a", "text", "text/", "/plain", "text/turtle, text/csv", "text/csv; x=\"", "a/b;x"
            })
    void whatIsNoMediaType_isMistyped(String contentType) {
        assertThat(RouterProblems.isMistyped(contentType)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json",
                "application/json; charset=utf-8",
                "application/ld+json;profile=\"http://a.example/x y\"",
                "text/csv;header=present;",
                "application/x-ndjson ; charset=\"UTF-8\" ",
                "multipart/form-data; boundary=----a"
            })
    void mediaTypes_areNotMistyped(String contentType) {
        assertThat(RouterProblems.isMistyped(contentType)).isFalse();
        assertThat(RouterProblems.isMistyped(null)).isFalse();
    }
}
