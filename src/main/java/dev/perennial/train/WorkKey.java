// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;

/**
 * SHA-256, in lower-case hex, of everything that a training depends on but for the time that it may take and the number
 * of steps that follows from it: what is left of that time is another one when it goes on.
 */
public final class WorkKey {
    /** Changes with all that is written down of trainings, so that what another release wrote is not gone on with. */
    private static final String FORMAT = "training 1";

    private WorkKey() {}

    /**
     * The key of an order to train.
     *
     * @param beside the adapter that goes on and its information, or nothing
     */
    public static String of(WorkOrder order, Device device, List<byte[]> beside) {
        MessageDigest digest = sha256();
        try (DataOutputStream out = new DataOutputStream(
                new BufferedOutputStream(new DigestOutputStream(OutputStream.nullOutputStream(), digest)))) {
            out.writeUTF(FORMAT);
            out.writeUTF(device.name());
            OrderFormat.write(timeless(order), out);
            for (byte[] file : beside) {
                out.writeInt(file.length);
                out.write(file);
            }
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Where the encoder's file is does not matter either. */
    private static WorkOrder timeless(WorkOrder order) {
        if (order instanceof WorkOrder.Continue going) {
            return new WorkOrder.Continue(timeless(going.train()), going.merge());
        }
        return order instanceof WorkOrder.Train train ? timeless(train) : order;
    }

    private static WorkOrder.Train timeless(WorkOrder.Train train) {
        EncoderFile encoder = train.encoder();
        return new WorkOrder.Train(
                        new EncoderFile(Path.of("model"), encoder.sha256(), encoder.pooling()),
                        train.selection(),
                        train.objective(),
                        train.watched(),
                        train.plan(),
                        train.bounds())
                .with(1, Duration.ZERO);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
