// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.member.Query;

/**
 * How much of what the head over all members says of an example is that example's own doing: its leverage {@code h},
 * from the scores with it and without it, {@code 1 - h = (y - f) / (y - f without it)}. 0 where nothing would change
 * without it, 1 where nothing else has a say. The leverages of a head add up to its effective number of parameters.
 */
final class Leverages {
    private Leverages() {}

    /** That of a held-out row of a fit. */
    static double of(Fitting.Fit fit, int at) {
        FittedHead joint = fit.headByView().get(Fitting.whole(fit.rows().lesson()));
        if (joint == null) {
            return 0;
        }
        Row row = fit.heldOut().rows().get(at);
        double[] with = joint.head().scores(new Query(row.features()));
        double[] without = joint.heldOutScores().row(at);
        double left = 0;
        double all = 0;
        for (int c = 0; c < without.length; c++) {
            double gap = row.target()[c] - without[c];
            left += gap * (row.target()[c] - with[c]);
            all += gap * gap;
        }
        return all == 0 ? 0 : Math.max(0, Math.min(1, 1 - left / all));
    }
}
