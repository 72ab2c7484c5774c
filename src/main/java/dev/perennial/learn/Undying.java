// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

/**
 * Work that is repeated in the background and goes on being repeated when it fails; an executor that repeats does so no
 * more after what it has thrown at it, and tells nobody.
 *
 * @param name what the work is, for the log
 */
record Undying(String name, Runnable work) implements Runnable {
    private static final System.Logger LOG = System.getLogger(Undying.class.getName());

    @Override
    public void run() {
        try {
            work.run();
        } catch (RuntimeException | Error failure) {
            LOG.log(
                    System.Logger.Level.ERROR,
                    "What is done in the background failed, and is done again later: {0}, by {1}",
                    name,
                    failure.getClass().getName());
        }
    }
}
