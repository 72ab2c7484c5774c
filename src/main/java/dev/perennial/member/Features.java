// SPDX-License-Identifier: Apache-2.0
package dev.perennial.member;

import java.util.List;

/**
 * What heads see of one input: per member a block in which the mean squared distance between unrelated inputs is 1.
 *
 * @param byMember one block per member, in the order of the ensemble's members; owned by the reader, who must not
 *     change them
 */
public record Features(List<float[]> byMember) {
    public Features {
        byMember = List.copyOf(byMember);
    }

    /** Mean over the members of the squared distance to another input. */
    public double squaredDistance(Features other) {
        double sum = 0;
        for (int m = 0; m < byMember.size(); m++) {
            sum += squaredDistance(other, m);
        }
        return sum / byMember.size();
    }

    /** Squared distance to another input as one member sees it. */
    public double squaredDistance(Features other, int member) {
        float[] a = byMember.get(member);
        float[] b = other.byMember.get(member);
        double even = 0;
        double odd = 0;
        int last = a.length - 1;
        for (int k = 0; k < last; k += 2) {
            double x = (double) a[k] - b[k];
            double y = (double) a[k + 1] - b[k + 1];
            even += x * x;
            odd += y * y;
        }
        if ((a.length & 1) == 1) {
            double x = (double) a[last] - b[last];
            even += x * x;
        }
        return even + odd;
    }
}
