// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import dev.perennial.encode.Encoder;
import dev.perennial.encode.Passage;
import java.util.Arrays;
import java.util.List;

/**
 * What serving by an adapted encoder takes beside serving by the one that it was made of.
 *
 * @param before median wall time in milliseconds of reading one text by itself, by the one that ships
 * @param after the same by the adapted one, on the same texts
 * @param servingBytes memory that it takes besides
 */
record ServingCost(double before, double after, long servingBytes) {
    private static final int TEXTS = 24;
    private static final int WARMING = 4;
    private static final double NANOS_OF_A_MILLI = 1e6;

    /** Reads some texts by both in turns, so that whatever else the machine does falls on both. */
    static ServingCost of(Encoder base, Encoder adapted, List<Passage> passages) {
        List<Passage> some = passages.subList(0, Math.min(TEXTS, passages.size()));
        for (Passage each : some.subList(0, Math.min(WARMING, some.size()))) {
            millis(base, each);
            millis(adapted, each);
        }
        double[] before = new double[some.size()];
        double[] after = new double[some.size()];
        for (int i = 0; i < before.length; i++) {
            before[i] = millis(base, some.get(i));
            after[i] = millis(adapted, some.get(i));
        }
        return new ServingCost(median(before), median(after), adapted.info().bytes());
    }

    private static double millis(Encoder encoder, Passage passage) {
        long began = System.nanoTime();
        encoder.encode(List.of(passage));
        return (System.nanoTime() - began) / NANOS_OF_A_MILLI;
    }

    private static double median(double[] numbers) {
        Arrays.sort(numbers);
        return numbers.length == 0 ? 0 : numbers[numbers.length / 2];
    }
}
