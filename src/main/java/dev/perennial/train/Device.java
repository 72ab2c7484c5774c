// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;

/** What a training computes with. */
public enum Device {
    CPU {
        @Override
        void addTo(SessionOptions options) {
            // is there always
        }
    },
    /** The first GPU; sums come in no fixed order, so that a seed does not give the same bytes again. */
    CUDA {
        @Override
        void addTo(SessionOptions options) throws OrtException {
            try (OrtCUDAProviderOptions cuda = new OrtCUDAProviderOptions(0)) {
                // Ten-bit products would be further from what is served than an adapted encoder may be.
                cuda.add("use_tf32", "0");
                options.addCUDA(cuda);
            }
        }
    };

    /** @throws OrtException when the runtime of this process has no such device */
    abstract void addTo(SessionOptions options) throws OrtException;
}
