// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.refusal.Fault;
import java.util.stream.Collectors;

/** A problem in one sentence, for protocols that have room for no more. */
public final class FailureWords {
    private static final int MOST = 5;

    private FailureWords() {}

    /** What is wrong, with the members at fault, at most five of them. */
    public static String of(Problem problem) {
        if (problem.errors() == null || problem.errors().isEmpty()) {
            return problem.detail();
        }
        String named =
                problem.errors().stream().limit(MOST).map(FailureWords::of).collect(Collectors.joining("; "));
        int more = problem.errors().size() - MOST;
        return more > 0 ? named + "; and " + more + " more" : named;
    }

    private static String of(Fault fault) {
        return fault.pointer().isEmpty() ? fault.detail() : fault.pointer() + " " + fault.detail();
    }
}
