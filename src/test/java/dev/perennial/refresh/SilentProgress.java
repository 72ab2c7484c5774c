// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import java.time.Duration;

/** The progress of a job that nobody follows and nobody cancels. */
public class SilentProgress implements JobProgress {
    @Override
    public void report(long done, long total, String message) {}

    @Override
    public void log(String message) {}

    @Override
    public boolean mayGoOn() {
        return true;
    }

    @Override
    public void pause(Duration duration) {}
}
