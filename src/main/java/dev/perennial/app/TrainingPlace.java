// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.train.Device;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** In which process encoders are adapted; the same training gives the same bytes in each. */
public enum TrainingPlace {
    /** One for each training, whose end is no end of the service. */
    SEPARATE {
        @Override
        TrainingRun in(Path directory, Device device, TrainingProcess.Bounds bounds) throws IOException {
            return TrainingProcess.in(directory, device, bounds);
        }
    },
    /** The service's own: the lite mode of {@link OwnTraining}, on the CPU only. */
    OWN {
        @Override
        TrainingRun in(Path directory, Device device, TrainingProcess.Bounds bounds) throws IOException {
            return OwnTraining.in(directory, bounds);
        }

        @Override
        Optional<String> objection(Device device, long memoryBytes, long heapBytes) {
            if (device != Device.CPU) {
                return Optional.of(
                        "perennial.adaptation.process=own is for the CPU: on a GPU a training would take the"
                                + " memory of what serves. Set perennial.execution-provider=cpu, or leave the process separate.");
            }
            long least = SERVING * WorkerTrainer.heapBytes(memoryBytes);
            return heapBytes >= least
                    ? Optional.empty()
                    : Optional.of("perennial.adaptation.process=own needs a heap (-Xmx) of " + (least >> 20)
                            + " MiB with perennial.adaptation.memory-bytes=" + memoryBytes + ", and it has "
                            + (heapBytes >> 20) + " MiB.");
        }
    };

    /** A training may take a part of the heap; serving has to have as much. */
    private static final int SERVING = 2;

    /**
     * Where one order is carried out.
     *
     * @param directory in which it gets one of its own
     */
    abstract TrainingRun in(Path directory, Device device, TrainingProcess.Bounds bounds) throws IOException;

    /**
     * Why encoders cannot be adapted there; empty when they can.
     *
     * @param device where encoders run
     * @param memoryBytes most memory of a training
     * @param heapBytes of the service
     */
    Optional<String> objection(Device device, long memoryBytes, long heapBytes) {
        return Optional.empty();
    }
}
