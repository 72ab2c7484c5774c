// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import java.util.function.Function;
import java.util.function.Predicate;
import org.eclipse.microprofile.config.spi.Converter;

/** Configured numbers that are refused, with the key, when they make no sense as an amount. */
public final class Amount {
    private Amount() {}

    /** At least one. */
    public static final class PositiveInteger implements Converter<Integer> {
        @Override
        public Integer convert(String value) {
            return parsed(value, Integer::valueOf, number -> number > 0, "a whole number above 0");
        }
    }

    /** At least one. */
    public static final class PositiveLong implements Converter<Long> {
        @Override
        public Long convert(String value) {
            return parsed(value, Long::valueOf, number -> number > 0, "a whole number above 0");
        }
    }

    /** Above zero. */
    public static final class PositiveDouble implements Converter<Double> {
        @Override
        public Double convert(String value) {
            return parsed(value, Double::valueOf, number -> number > 0, "a number above 0");
        }
    }

    /** From 0 to 1. */
    public static final class Share implements Converter<Double> {
        @Override
        public Double convert(String value) {
            return parsed(value, Double::valueOf, number -> number >= 0 && number <= 1, "a number from 0 to 1");
        }
    }

    /** At least two. */
    public static final class TwoOrMore implements Converter<Integer> {
        @Override
        public Integer convert(String value) {
            return parsed(value, Integer::valueOf, number -> number >= 2, "a whole number, 2 or above");
        }
    }

    /** Above 0, at most 1. */
    public static final class PositiveShare implements Converter<Double> {
        @Override
        public Double convert(String value) {
            return parsed(
                    value, Double::valueOf, number -> number > 0 && number <= 1, "a number above 0 and at most 1");
        }
    }

    /** At least zero. */
    public static final class NotNegativeInteger implements Converter<Integer> {
        @Override
        public Integer convert(String value) {
            return parsed(value, Integer::valueOf, number -> number >= 0, "a whole number, 0 or above");
        }
    }

    /** At least zero. */
    public static final class NotNegativeLong implements Converter<Long> {
        @Override
        public Long convert(String value) {
            return parsed(value, Long::valueOf, number -> number >= 0, "a whole number, 0 or above");
        }
    }

    private static <T extends Number> T parsed(
            String value, Function<String, T> parser, Predicate<T> sensible, String wanted) {
        try {
            T number = parser.apply(value.strip());
            if (sensible.test(number)) {
                return number;
            }
        } catch (NumberFormatException tooLargeOrNone) {
            // refused below
        }
        throw new IllegalArgumentException("must be " + wanted + ", and not too large");
    }
}
