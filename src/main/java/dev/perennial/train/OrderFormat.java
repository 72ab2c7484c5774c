// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import dev.perennial.adapt.MergeKind;
import dev.perennial.encode.EncoderInfo.Pooling;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** Writes orders for another process of the same release, with tokens in the place of texts. */
final class OrderFormat {
    private static final byte TRAIN = 1;
    private static final byte MERGE = 2;
    private static final byte CONTINUE = 3;
    private static final byte LOW_RANK = 1;
    private static final byte BIASES = 2;
    private static final byte LAST = 3;
    private static final byte TOP = 4;

    private OrderFormat() {}

    static void write(WorkOrder order, DataOutputStream out) throws IOException {
        out.writeByte(kind(order));
        out.writeUTF(order.encoder().model().toString());
        out.writeUTF(order.encoder().sha256());
        out.writeUTF(order.encoder().pooling().name());
        if (order instanceof WorkOrder.Train train) {
            write(train, out);
        } else if (order instanceof WorkOrder.Continue going) {
            out.writeUTF(going.merge().name());
            write(going.train(), out);
        }
    }

    private static byte kind(WorkOrder order) {
        if (order instanceof WorkOrder.Continue) {
            return CONTINUE;
        }
        return order instanceof WorkOrder.Train ? TRAIN : MERGE;
    }

    private static void write(WorkOrder.Train train, DataOutputStream out) throws IOException {
        write(train.selection(), out);
        ObjectiveFormat.write(train.objective(), out);
        ObjectiveFormat.write(train.watched(), out);
        write(train.plan(), out);
        out.writeLong(train.bounds().parameters());
        out.writeLong(train.bounds().longest().toMillis());
    }

    static WorkOrder read(DataInputStream in) throws IOException {
        byte kind = in.readByte();
        EncoderFile encoder = new EncoderFile(Path.of(in.readUTF()), in.readUTF(), Pooling.valueOf(in.readUTF()));
        if (kind == MERGE) {
            return new WorkOrder.Merge(encoder);
        }
        if (kind == CONTINUE) {
            MergeKind merge = MergeKind.valueOf(in.readUTF());
            return new WorkOrder.Continue(train(encoder, in), merge);
        }
        return train(encoder, in);
    }

    private static WorkOrder.Train train(EncoderFile encoder, DataInputStream in) throws IOException {
        Selection selection = selection(in);
        Objective objective = ObjectiveFormat.read(in);
        Objective watched = ObjectiveFormat.read(in);
        TrainingPlan plan = plan(in);
        WorkOrder.Bounds bounds = new WorkOrder.Bounds(in.readLong(), Duration.ofMillis(in.readLong()));
        return new WorkOrder.Train(encoder, selection, objective, watched, plan, bounds);
    }

    private static void write(Selection selection, DataOutputStream out) throws IOException {
        if (selection instanceof Selection.LowRank low) {
            out.writeByte(LOW_RANK);
            out.writeUTF(low.places().name());
            out.writeInt(low.rank());
            out.writeFloat(low.alpha());
            out.writeBoolean(low.stabilised());
            out.writeFloat(low.rateRatio());
        } else if (selection instanceof Selection.LastLayers last) {
            out.writeByte(LAST);
            out.writeInt(last.layers());
        } else if (selection instanceof Selection.TopShare top) {
            out.writeByte(TOP);
            out.writeDouble(top.share());
            out.writeInt(top.batches());
        } else {
            out.writeByte(BIASES);
        }
    }

    private static Selection selection(DataInputStream in) throws IOException {
        return switch (in.readByte()) {
            case LOW_RANK ->
                new Selection.LowRank(
                        Selection.Places.valueOf(in.readUTF()),
                        in.readInt(),
                        in.readFloat(),
                        in.readBoolean(),
                        in.readFloat());
            case LAST -> new Selection.LastLayers(in.readInt());
            case TOP -> new Selection.TopShare(in.readDouble(), in.readInt());
            default -> new Selection.BiasesAndNorms();
        };
    }

    private static void write(TrainingPlan plan, DataOutputStream out) throws IOException {
        out.writeInt(plan.steps());
        out.writeDouble(plan.rate());
        out.writeDouble(plan.warmUp());
        out.writeFloat(plan.decay());
        out.writeFloat(plan.pull());
        out.writeFloat(plan.mixout());
        out.writeFloat(plan.clip());
        out.writeLong(plan.seed());
    }

    private static TrainingPlan plan(DataInputStream in) throws IOException {
        return new TrainingPlan(
                in.readInt(),
                in.readDouble(),
                in.readDouble(),
                in.readFloat(),
                in.readFloat(),
                in.readFloat(),
                in.readFloat(),
                in.readLong());
    }
}
