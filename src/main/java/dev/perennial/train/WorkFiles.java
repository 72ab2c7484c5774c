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

    /** Where a training was when that was last written down; there from the beginning where one goes on. */
    public Path checkpoint() {
        return directory.resolve("checkpoint");
    }

    /** The adapter that is to go on and its information; nothing where none is. */
    List<byte[]> beside() throws IOException {
        return Files.exists(oldAdapter())
                ? List.of(Files.readAllBytes(oldAdapter()), Files.readAllBytes(oldInformation()))
                : List.of();
    }

    private Path retainedFile() {
        return directory.resolve("retained");
    }

    void retained(RetainedShares shares) throws IOException {
        try (DataOutputStream out =
                new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(retainedFile())))) {
            RetainedFormat.write(shares, out);
        }
    }

    /** How much of an adapter that went on was retained. */
    public RetainedShares retained() throws IOException {
        if (!Files.exists(retainedFile())) {
            return RetainedShares.NONE;
        }
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(retainedFile())))) {
            return RetainedFormat.read(in);
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
