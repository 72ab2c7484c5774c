// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import dev.perennial.adapt.RetainedShares;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Writes how much of an adapter was retained. */
public final class RetainedFormat {
    private RetainedFormat() {}

    public static void write(RetainedShares shares, DataOutputStream out) throws IOException {
        out.writeInt(shares.tensors().size());
        for (RetainedShares.OfTensor each : shares.tensors()) {
            out.writeUTF(each.tensor());
            out.writeInt(each.decisions());
            out.writeDouble(each.mean());
            out.writeDouble(each.least());
            out.writeDouble(each.most());
            out.writeDouble(each.last());
        }
        out.writeInt(shares.steps().size());
        for (double step : shares.steps()) {
            out.writeDouble(step);
        }
    }

    /** What was written. */
    public static RetainedShares read(DataInputStream in) throws IOException {
        List<RetainedShares.OfTensor> tensors = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            tensors.add(new RetainedShares.OfTensor(
                    in.readUTF(), in.readInt(), in.readDouble(), in.readDouble(), in.readDouble(), in.readDouble()));
        }
        List<Double> steps = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            steps.add(in.readDouble());
        }
        return new RetainedShares(tensors, steps);
    }
}
