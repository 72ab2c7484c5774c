// SPDX-License-Identifier: Apache-2.0
package dev.perennial.math;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class FixedPointTest {

    @Test
    void sums_haveTheSameBitsInAnyOrder_andReturnToZero() {
        Random random = new Random(4);
        List<Double> products = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            double a = FixedPoint.round(3 * random.nextGaussian());
            double b = FixedPoint.round(3 * random.nextGaussian());
            products.add(a * b * FixedPoint.roundWeight(random.nextDouble() * 4));
        }
        double sum = sum(products);
        for (int round = 0; round < 5; round++) {
            Collections.shuffle(products, random);
            assertThat(sum(products)).isEqualTo(sum);
        }
        Collections.shuffle(products, random);
        double left = sum;
        for (double product : products) {
            left -= product;
        }
        assertThat(left).isZero();
    }

    @ParameterizedTest
    @CsvSource({"0x1p21, 0.25", "0x1p17, 0x1p-6"})
    void sumsOfTheLargestProducts_areExact_upToTheLargestTotalWeight(double total, double unit) {
        double feature = FixedPoint.round(1e9);
        double heavy = total / 2 - unit;
        double sum = heavy * feature * feature;
        sum += unit * feature * feature;
        sum += heavy * feature * feature;
        double other = heavy * feature * feature;
        other += heavy * feature * feature;
        other += unit * feature * feature;
        BigDecimal exact = new BigDecimal(feature).pow(2).multiply(new BigDecimal(2 * heavy + unit));
        assertThat(new BigDecimal(sum)).isEqualByComparingTo(exact);
        assertThat(new BigDecimal(other)).isEqualByComparingTo(exact);
    }

    @Test
    void round_isNearAndBounded() {
        for (double value : new double[] {0, 1, -1, 0.1, -0.7, Math.sqrt(2), 7.99}) {
            assertThat(FixedPoint.round(value)).isCloseTo(value, within(0x1p-13));
            assertThat(FixedPoint.round(FixedPoint.round(value))).isEqualTo(FixedPoint.round(value));
        }
        for (float value : new float[] {0, 1, -1, 0.1f, -0.7f, 1.4142135f, 7.99f, 0x1p-13f, 0x3p-13f, 9, -1e9f}) {
            assertThat((double) FixedPoint.round(value)).isEqualTo(FixedPoint.round((double) value));
        }
        assertThat(FixedPoint.round(1e9)).isLessThan(8);
        assertThat(FixedPoint.round(-1e9)).isGreaterThan(-8);
    }

    @Test
    void roundWeight_isNearAndPositive() {
        assertThat(FixedPoint.roundWeight(1)).isEqualTo(1);
        assertThat(FixedPoint.roundWeight(0.3)).isCloseTo(0.3, within(0x1p-7));
        assertThat(FixedPoint.roundWeight(1e-9)).isEqualTo(0x1p-6);
    }

    private static double sum(List<Double> numbers) {
        double sum = 0;
        for (double number : numbers) {
            sum += number;
        }
        return sum;
    }
}
