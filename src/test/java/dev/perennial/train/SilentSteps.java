// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import static org.assertj.core.api.Assertions.assertThat;

/** Goes on, and looks at nothing but that losses are numbers. */
class SilentSteps implements StepListener {
    @Override
    public boolean goesOn() {
        return true;
    }

    @Override
    public void stepped(int step, double loss) {
        assertThat(loss).isFinite();
    }
}
