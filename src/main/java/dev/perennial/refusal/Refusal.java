// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refusal;

import java.time.Duration;
import java.util.List;

/**
 * An expected "no": the request was understood as far as it goes, and this is why nothing was done.
 *
 * <p>Refusals are thrown by every package and mapped to RFC 9457 problems in exactly one place. They carry no stack
 * trace, because they describe the request and not the code. They never carry client text.
 */
public abstract sealed class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private Refusal(String message) {
        super(message, null, false, false);
    }

    /** The body could not be parsed at all. */
    public static final class Unparsable extends Refusal {
        private static final long serialVersionUID = 1L;

        public Unparsable(String detail) {
            super(detail);
        }
    }

    /** Well-formed, but some members are wrong. */
    public static final class Invalid extends Refusal {
        private static final long serialVersionUID = 1L;
        private final transient List<Fault> faults;

        public Invalid(List<Fault> faults) {
            super(faults.size() == 1 ? faults.get(0).detail() : faults.size() + " members are not acceptable");
            this.faults = List.copyOf(faults);
        }

        public Invalid(String pointer, String detail) {
            this(List.of(new Fault(pointer, detail)));
        }

        public List<Fault> faults() {
            return faults;
        }
    }

    /** Who asks is known and may not do this. */
    public static final class Forbidden extends Refusal {
        private static final long serialVersionUID = 1L;

        public Forbidden(String detail) {
            super(detail);
        }
    }

    /** The thing that was named does not exist. */
    public static final class NotFound extends Refusal {
        private static final long serialVersionUID = 1L;
        private final String noun;
        private final String id;

        /**
         * @param noun kind of the thing: {@code task}, {@code example}, {@code job}, {@code member}, ...
         * @param id the identifier that was asked for; never text of a client that could be private
         */
        public NotFound(String noun, String id) {
            super("There is no " + noun + " '" + id + "'.");
            this.noun = noun;
            this.id = id;
        }

        public String noun() {
            return noun;
        }

        public String id() {
            return id;
        }
    }

    /** The request contradicts the present state; {@code detail} says how to get out. */
    public static final class Conflict extends Refusal {
        private static final long serialVersionUID = 1L;

        public Conflict(String detail) {
            super(detail);
        }
    }

    /** The same request is being worked on, or has just been; a repetition will be answered. */
    public static final class InProgress extends Refusal {
        private static final long serialVersionUID = 1L;
        private final int retryAfterSeconds;

        public InProgress(String detail, int retryAfterSeconds) {
            super(detail);
            this.retryAfterSeconds = retryAfterSeconds;
        }

        public int retryAfterSeconds() {
            return retryAfterSeconds;
        }
    }

    /** {@code If-Match} named another revision than the current one. */
    public static final class PreconditionFailed extends Refusal {
        private static final long serialVersionUID = 1L;

        public PreconditionFailed(String detail) {
            super(detail);
        }
    }

    /** The same idempotency key came with another body. */
    public static final class IdempotencyMismatch extends Refusal {
        private static final long serialVersionUID = 1L;

        public IdempotencyMismatch() {
            super("This Idempotency-Key was used with a different request. Use a new key for a new request.");
        }
    }

    /** Something is larger than its documented limit. */
    public static final class TooLarge extends Refusal {
        private static final long serialVersionUID = 1L;
        private final String what;
        private final long limit;
        private final long actual;

        /**
         * @param what name of the limit as listed by {@code GET /v1/limits}
         * @param limit largest accepted value
         * @param actual value that came, or the amount seen when reading stopped
         */
        public TooLarge(String what, long limit, long actual) {
            super("The request exceeds the limit '" + what + "': at most " + limit + ", got " + actual + ".");
            this.what = what;
            this.limit = limit;
            this.actual = actual;
        }

        public String what() {
            return what;
        }

        public long limit() {
            return limit;
        }

        public long actual() {
            return actual;
        }
    }

    /** All places in the bounded queue are taken; our fault, not the caller's. */
    public static final class Saturated extends Refusal {
        private static final long serialVersionUID = 1L;
        private final int retryAfterSeconds;

        public Saturated(String detail, int retryAfterSeconds) {
            super(detail);
            this.retryAfterSeconds = retryAfterSeconds;
        }

        public int retryAfterSeconds() {
            return retryAfterSeconds;
        }
    }

    /** Who asks has asked for all that they may for now; the caller's fault, not ours. */
    public static final class QuotaExceeded extends Refusal {
        private static final long serialVersionUID = 1L;
        private final long limit;
        private final int retryAfterSeconds;

        /** @param limit how much may be asked for */
        public QuotaExceeded(String detail, long limit, int retryAfterSeconds) {
            super(detail);
            this.limit = limit;
            this.retryAfterSeconds = retryAfterSeconds;
        }

        /** Of requests in a minute. */
        public static QuotaExceeded ofRequests(int perMinute, int retryAfterSeconds) {
            return new QuotaExceeded(
                    "At most " + perMinute + " requests a minute may be made with this key (requests_per_minute); the"
                            + " next one in " + retryAfterSeconds + " s. Nothing was done.",
                    perMinute,
                    retryAfterSeconds);
        }

        /**
         * Of examples in a day.
         *
         * @param left how many are left
         * @param wanted how many were sent
         * @param untilMidnight when all are left again
         */
        public static QuotaExceeded ofExamples(int perDay, long left, long wanted, Duration untilMidnight) {
            return new QuotaExceeded(
                    "At most " + perDay + " examples a day may be taught with this key (examples_per_day); " + left
                            + " are left until midnight UTC, and the request has " + wanted + ". Nothing was taught.",
                    perDay,
                    (int) untilMidnight.toSeconds());
        }

        /** What may be asked for. */
        public long limit() {
            return limit;
        }

        public int retryAfterSeconds() {
            return retryAfterSeconds;
        }
    }

    /** The service is starting, stopping, or behind the revision that was asked for. */
    public static final class NotReady extends Refusal {
        private static final long serialVersionUID = 1L;
        private final int retryAfterSeconds;

        public NotReady(String detail, int retryAfterSeconds) {
            super(detail);
            this.retryAfterSeconds = retryAfterSeconds;
        }

        public int retryAfterSeconds() {
            return retryAfterSeconds;
        }
    }

    /** Work in the background gave no sign of itself for too long, and was ended; our fault, not the caller's. */
    public static final class Stalled extends Refusal {
        private static final long serialVersionUID = 1L;

        /** @param longest how long it may give none */
        public Stalled(Duration longest) {
            super("The work stood still for " + longest.toSeconds() + " s (perennial.jobs.stall) and was ended. Ask for"
                    + " it again; if it stands still again, the log of the service says more.");
        }
    }

    /** The store cannot take the write now (disk full, read-only, locked); nothing was changed. */
    public static final class StoreUnavailable extends Refusal {
        private static final long serialVersionUID = 1L;
        private final int retryAfterSeconds;

        public StoreUnavailable(String detail, int retryAfterSeconds) {
            super(detail);
            this.retryAfterSeconds = retryAfterSeconds;
        }

        public int retryAfterSeconds() {
            return retryAfterSeconds;
        }
    }
}
