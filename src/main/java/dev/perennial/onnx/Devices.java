// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import dev.perennial.refusal.Refusal;
import java.util.Optional;

/**
 * The hardware that encoders run on.
 *
 * @param provider what is used: {@code cpu} or {@code cuda}
 * @param reason why it is not what was wished, if it is not
 */
public record Devices(String provider, Optional<String> reason) {
    private static final String CPU_NAME = "cpu";
    private static final String CUDA_NAME = "cuda";

    /**
     * What was found in this process.
     *
     * @param cudaBuild whether the runtime's library was built for CUDA
     * @param cudaLoads whether CUDA's own libraries could be loaded
     * @param gpus number of GPUs that the driver shows
     */
    record Found(boolean cudaBuild, boolean cudaLoads, int gpus) {
        Optional<String> obstacle() {
            if (!cudaBuild) {
                return Optional.of("this build contains the CPU runtime; build with the Maven profile 'cuda'");
            }
            if (gpus == 0) {
                return Optional.of("no CUDA device was found");
            }
            return cudaLoads ? Optional.empty() : Optional.of("the CUDA libraries could not be loaded");
        }
    }

    /** @throws Refusal.Invalid when CUDA is required and cannot be had */
    static Devices choose(OnnxSettings settings, Found found) {
        Optional<String> obstacle = found.obstacle();
        if (settings.provider() == ExecutionProvider.CPU) {
            return new Devices(CPU_NAME, Optional.empty());
        }
        if (obstacle.isEmpty()) {
            return new Devices(CUDA_NAME, Optional.empty());
        }
        if (settings.provider() == ExecutionProvider.AUTO) {
            return new Devices(CPU_NAME, Optional.empty());
        }
        if (settings.required()) {
            throw new Refusal.Invalid("/execution_provider", "CUDA is required, but " + obstacle.get() + ".");
        }
        return new Devices(CPU_NAME, Optional.of("CUDA was asked for, but " + obstacle.get() + "; serving on the CPU"));
    }

    public boolean isCuda() {
        return provider.equals(CUDA_NAME);
    }

    /** The CPU instead, because of {@code obstacle}. */
    Devices fallback(String obstacle) {
        return new Devices(CPU_NAME, Optional.of(obstacle));
    }
}
