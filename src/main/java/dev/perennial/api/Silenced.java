// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

/** A failure without its messages, which might quote a client: types and places only, fit for the log. */
@SuppressWarnings(
        "OverrideThrowableToString") // a cause is printed by toString, and its class name is the message already
final class Silenced extends Exception {
    private static final long serialVersionUID = 1L;
    private static final int DEPTH = 8;

    private Silenced(Throwable failure, int depth) {
        super(failure.getClass().getName(), cause(failure, depth), false, true);
        setStackTrace(failure.getStackTrace());
    }

    static Silenced of(Throwable failure) {
        return new Silenced(failure, DEPTH);
    }

    @Override
    public String toString() {
        return String.valueOf(getMessage());
    }

    private static @org.jspecify.annotations.Nullable Throwable cause(Throwable failure, int depth) {
        return failure.getCause() == null || depth == 0 ? null : new Silenced(failure.getCause(), depth - 1);
    }
}
