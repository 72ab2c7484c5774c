// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import java.util.HashMap;
import java.util.Map;

/** Which troubles are worth a line of the log that come again and again. Thread-safe. */
final class Troubles {
    /** Hourly, where something is tried every ten seconds. */
    private static final int RAREST = 360;

    /** How much is said of a trouble. */
    enum Line {
        /** With all that is known: it is new. */
        WHOLE,
        /** That it lasts. */
        SHORT,
        NONE
    }

    private record Seen(String cause, int times) {}

    private final Map<String, Seen> seenBySubject = new HashMap<>();

    /** Notes that something has failed: each cause is told once as a whole, and that it lasts ever more rarely. */
    synchronized Line of(String subject, Throwable failure) {
        String cause = failure.getClass().getName() + ": " + failure.getMessage();
        Seen before = seenBySubject.get(subject);
        int times = before != null && before.cause().equals(cause) ? before.times() + 1 : 1;
        seenBySubject.put(subject, new Seen(cause, times));
        if (times == 1) {
            return Line.WHOLE;
        }
        boolean isTold = (Integer.bitCount(times) == 1 && times < RAREST) || times % RAREST == 0;
        return isTold ? Line.SHORT : Line.NONE;
    }

    /** Notes that something has succeeded, or is not tried any more. */
    synchronized void over(String subject) {
        seenBySubject.remove(subject);
    }
}
