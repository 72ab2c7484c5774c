// SPDX-License-Identifier: Apache-2.0
package dev.perennial.member;

import java.util.List;

/**
 * What heads see of one input: per member a block in which the mean squared distance between unrelated inputs is 1.
 *
 * @param byMember one block per member, in the order of the ensemble's members, empty for those that have not read the
 *     input; owned by the reader, who must not change them
 */
public record Features(List<float[]> byMember) {
    public Features {
        byMember = List.copyOf(byMember);
    }

    /** Squared distance to another input as one member sees it. */
    public double squaredDistance(Features other, int member) {
        float[] a = byMember.get(member);
        float[] b = other.byMember.get(member);
        // Four sums, because one would wait for itself.
        double first = 0;
        double second = 0;
        double third = 0;
        double fourth = 0;
        int k = 0;
        for (; k + 3 < a.length; k += 4) {
            double w = (double) a[k] - b[k];
            double x = (double) a[k + 1] - b[k + 1];
            double y = (double) a[k + 2] - b[k + 2];
            double z = (double) a[k + 3] - b[k + 3];
            first += w * w;
            second += x * x;
            third += y * y;
            fourth += z * z;
        }
        for (; k < a.length; k++) {
            double w = (double) a[k] - b[k];
            first += w * w;
        }
        return first + second + (third + fourth);
    }
}
