// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PostgresSettingsTest {

    @ParameterizedTest
    @CsvSource({
        "jdbc:postgresql://h/d, jdbc:postgresql://h/d?currentSchema=%22x_Y%22",
        "jdbc:postgresql://h/d?ssl=true, jdbc:postgresql://h/d?ssl=true&currentSchema=%22x_Y%22",
        "jdbc:postgresql://h/d?currentSchema=a, jdbc:postgresql://h/d?currentSchema=%22x_Y%22",
        "'jdbc:postgresql://h/d?a=b&currentSchema=a,b&c=d', jdbc:postgresql://h/d?a=b&currentSchema=%22x_Y%22&c=d"
    })
    void otherSchema_takesThePlaceOfTheOneOfTheAddress(String url, String expected) {
        PostgresSettings settings = new PostgresSettings(
                url,
                Optional.of("u"),
                Optional.of("p"),
                5,
                Duration.ofSeconds(15),
                Duration.ofSeconds(7),
                Optional.of("here"));

        assertThat(settings.inSchema("x_Y", 3))
                .isEqualTo(new PostgresSettings(
                        expected,
                        Optional.of("u"),
                        Optional.of("p"),
                        3,
                        Duration.ofSeconds(15),
                        Duration.ofSeconds(7),
                        Optional.of("here")));
    }
}
