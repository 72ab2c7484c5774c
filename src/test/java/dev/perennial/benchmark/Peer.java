// SPDX-License-Identifier: Apache-2.0
package dev.perennial.benchmark;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

/** One way to embed texts, which counts the processor time that it takes. */
interface Peer {

    /**
     * Texts as vectors.
     *
     * @param cpuSeconds processor time of the whole process, with all threads that it computes on
     */
    record Embedded(List<float[]> vectors, double cpuSeconds) {}

    /** Embeds texts, so many at once. */
    Embedded embed(List<String> texts, int size) throws Exception;

    /** Embeds some texts in one call. */
    interface Call {
        List<float[]> of(List<String> texts) throws Exception;
    }

    /** One that runs in this process, whose whole processor time it is given. */
    static Peer here(Call call) {
        OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        return (texts, size) -> {
            List<float[]> vectors = new ArrayList<>();
            long began = system.getProcessCpuTime();
            for (int from = 0; from < texts.size(); from += size) {
                vectors.addAll(call.of(texts.subList(from, Math.min(texts.size(), from + size))));
            }
            return new Embedded(vectors, (system.getProcessCpuTime() - began) / 1e9);
        };
    }
}
