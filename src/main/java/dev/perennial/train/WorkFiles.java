// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import dev.perennial.adapt.RetainedShares;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/**
 * The files by which a service and its training process talk.
 *
 * @param directory private to one order
 */
public record WorkFiles(Path directory) {
    private static final String OUTCOME = "outcome.properties";

    /** What was or is to be learnt. */
    public Path adapter() {
        return directory.resolve("adapter");
    }

    /** The encoder's file with the adapter in it. */
    public Path merged() {
        return directory.resolve("adapted.onnx");
    }

    /** The adapter that is to go on learning. */
    public Path oldAdapter() {
        return directory.resolve("old-adapter");
    }

    /** What the numbers of that one are worth to what it has learnt. */
    public Path oldInformation() {
        return directory.resolve("old-information");
    }

    /** What the numbers that were learnt are worth; not there where the selection cannot go on. */
    public Path information() {
        return directory.resolve("information");
    }

    private Path retainedFile() {
        return directory.resolve("retained");
    }

    void retained(RetainedShares shares) throws IOException {
        try (DataOutputStream out =
                new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(retainedFile())))) {
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
    }

    /** How much of an adapter that went on was retained. */
    public RetainedShares retained() throws IOException {
        if (!Files.exists(retainedFile())) {
            return RetainedShares.NONE;
        }
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(retainedFile())))) {
            List<RetainedShares.OfTensor> tensors = new ArrayList<>();
            for (int left = in.readInt(); left > 0; left--) {
                tensors.add(new RetainedShares.OfTensor(
                        in.readUTF(),
                        in.readInt(),
                        in.readDouble(),
                        in.readDouble(),
                        in.readDouble(),
                        in.readDouble()));
            }
            List<Double> steps = new ArrayList<>();
            for (int left = in.readInt(); left > 0; left--) {
                steps.add(in.readDouble());
            }
            return new RetainedShares(tensors, steps);
        }
    }

    private Path file() {
        return directory.resolve("order");
    }

    public void ask(WorkOrder order) throws IOException {
        try (DataOutputStream out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file())))) {
            OrderFormat.write(order, out);
        }
    }

    WorkOrder order() throws IOException {
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file())))) {
            return OrderFormat.read(in);
        }
    }

    void answer(WorkOutcome outcome) throws IOException {
        Properties properties = new Properties();
        properties.putAll(entries(outcome));
        try (OutputStream out = Files.newOutputStream(directory.resolve(OUTCOME))) {
            properties.store(out, null);
        }
    }

    private static Map<String, String> entries(WorkOutcome outcome) {
        if (outcome instanceof WorkOutcome.Refused refused) {
            return Map.of("pointer", refused.pointer(), "reason", refused.reason());
        }
        if (outcome instanceof WorkOutcome.Trained trained) {
            return Map.of(
                    "parameters", Long.toString(trained.parameters()),
                    "steps", Integer.toString(trained.steps()),
                    "stopped", Boolean.toString(trained.wasStopped()),
                    "difference", Double.toString(trained.difference()),
                    "seconds", Double.toString(trained.cost().cpuSeconds()),
                    "bytes", Long.toString(trained.cost().peakBytes()));
        }
        return Map.of();
    }

    /** How the order ended, if the process lived to tell. */
    public Optional<WorkOutcome> outcome() throws IOException {
        if (!Files.exists(directory.resolve(OUTCOME))) {
            return Optional.empty();
        }
        Properties told = new Properties();
        try (InputStream in = Files.newInputStream(directory.resolve(OUTCOME))) {
            told.load(in);
        }
        if (told.containsKey("reason")) {
            return Optional.of(new WorkOutcome.Refused(told.getProperty("pointer"), told.getProperty("reason")));
        }
        if (!told.containsKey("steps")) {
            return Optional.of(new WorkOutcome.Merged());
        }
        return Optional.of(new WorkOutcome.Trained(
                Long.parseLong(told.getProperty("parameters")),
                Integer.parseInt(told.getProperty("steps")),
                Boolean.parseBoolean(told.getProperty("stopped")),
                Double.parseDouble(told.getProperty("difference")),
                new WorkOutcome.Cost(
                        Double.parseDouble(told.getProperty("seconds")), Long.parseLong(told.getProperty("bytes")))));
    }
}
