// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Amounts that make no sense are refused by their key. */
final class AmountTest {

    @Test
    void limits_areReadAsConfigured() {
        Limits limits = limits("inputs", " 12 ");

        assertThat(limits.inputs()).isEqualTo(12);
        assertThat(limits.weight()).isEqualTo(100);
        assertThat(limits.memberArchiveBytes()).isEqualTo(536_870_912L);
    }

    @ParameterizedTest
    @CsvSource({"inputs,0", "inputs,-1", "inputs,many", "inputs,3000000000", "json-tokens,0", "weight,0", "weight,NaN"})
    void limits_outOfRangeAreRefusedByTheirKey(String key, String value) {
        assertThatThrownBy(() -> limits(key, value))
                .hasMessageContaining("perennial.limits." + key)
                .hasMessageContaining("must be a");
    }

    @Test
    void nothing_isAnAmountWhereItMeansTheDefault() {
        assertThat(new Amount.NotNegativeInteger().convert("0")).isZero();
        assertThatThrownBy(() -> new Amount.NotNegativeLong().convert("-1")).hasMessageContaining("0 or above");
    }

    private static Limits limits(String key, String value) {
        return new SmallRyeConfigBuilder()
                .withMapping(Limits.class, "perennial.limits")
                .withSources(new PropertiesConfigSource(Map.of("perennial.limits." + key, value), "test", 100))
                .build()
                .getConfigMapping(Limits.class, "perennial.limits");
    }
}
