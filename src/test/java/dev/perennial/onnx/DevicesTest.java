// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perennial.refusal.Refusal;
import org.junit.jupiter.api.Test;

final class DevicesTest {
    private static final Devices.Found CPU_BUILD = new Devices.Found(false, false, 0);
    private static final Devices.Found NO_GPU = new Devices.Found(true, false, 0);
    private static final Devices.Found GPU = new Devices.Found(true, true, 1);

    private static Devices choose(ExecutionProvider wished, boolean required, Devices.Found found) {
        return Devices.choose(OnnxSettings.defaults().on(wished, required), found);
    }

    @Test
    void auto_takesWhatIsThere() {
        assertThat(choose(ExecutionProvider.AUTO, false, GPU).provider()).isEqualTo("cuda");
        assertThat(choose(ExecutionProvider.AUTO, false, NO_GPU).provider()).isEqualTo("cpu");
        assertThat(choose(ExecutionProvider.CPU, true, GPU).provider()).isEqualTo("cpu");
    }

    @Test
    void cuda_whereThereIsNone_servesOnTheCpuAndSaysWhy() {
        assertThat(choose(ExecutionProvider.CUDA, false, NO_GPU).provider()).isEqualTo("cpu");
        assertThat(choose(ExecutionProvider.CUDA, false, NO_GPU).reason())
                .hasValueSatisfying(reason -> assertThat(reason).contains("no CUDA device"));
        assertThat(choose(ExecutionProvider.CUDA, false, CPU_BUILD).reason())
                .hasValueSatisfying(reason -> assertThat(reason).contains("profile 'cuda'"));
        assertThat(choose(ExecutionProvider.CUDA, false, GPU).reason()).isEmpty();
    }

    @Test
    void cuda_thatIsRequiredAndAbsent_isRefused() {
        assertThatThrownBy(() -> choose(ExecutionProvider.CUDA, true, NO_GPU))
                .isInstanceOf(Refusal.Invalid.class)
                .hasMessageContaining("no CUDA device");
    }
}
