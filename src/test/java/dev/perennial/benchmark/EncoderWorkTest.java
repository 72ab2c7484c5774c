// SPDX-License-Identifier: Apache-2.0
package dev.perennial.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

final class EncoderWorkTest {
    private long multiplyAdds;

    /** Counts the multiply-adds of a product of matrices of these sizes. */
    private void product(int rows, int inner, int columns) {
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                for (int k = 0; k < inner; k++) {
                    multiplyAdds++;
                }
            }
        }
    }

    @Test
    void operations_areTwoForEachMultiplyAddOfTheProductsOfEachLayer() {
        for (int layer = 0; layer < 3; layer++) {
            for (int tokens : List.of(5, 7)) {
                for (int matrix = 0; matrix < 4; matrix++) {
                    product(tokens, 8, 8);
                }
                product(tokens, 8, 32);
                product(tokens, 32, 8);
                product(tokens, 8, tokens);
                product(tokens, tokens, 8);
            }
        }
        assertThat(new EncoderWork(3, 8, 32).operations(List.of(5, 7))).isEqualTo(2.0 * multiplyAdds);
    }

    @Test
    void aTokenOfMiniLm_takesTwoOperationsForEachOfItsTenMillionWeightsInMatrices() {
        assertThat(EncoderWork.MINILM.operations(List.of(1))).isCloseTo(2 * 10.6e6, within(0.05e6));
    }
}
