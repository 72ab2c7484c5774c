// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

/**
 * Bodies of the reference that run as they stand, about trying candidates of the task that {@link Examples} defines.
 */
final class ShadowExamples {
    static final String SHADOW = """
            {"revision": "candidate", "share": 1.0, "canary": 0.1,
             "promote": {"answers": 500, "feedback": 50}}""";
    static final String APPRENTICESHIP = """
            {"accuracy": 0.9, "feedback": 30, "gate": true}""";

    private ShadowExamples() {}
}
