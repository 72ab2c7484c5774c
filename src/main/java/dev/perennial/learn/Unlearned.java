// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.task.RevisionId;

/**
 * Receipt of an exact unlearning.
 *
 * @param revision the revision that no longer knows the example
 * @param exampleId the example that was erased
 * @param headDigestBefore digest of everything that decided answers before
 * @param headDigestAfter digest of the same afterwards; equals that of a task that never saw the example
 */
public record Unlearned(RevisionId revision, String exampleId, String headDigestBefore, String headDigestAfter) {}
