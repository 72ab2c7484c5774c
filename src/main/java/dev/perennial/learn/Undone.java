// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.task.RevisionId;

/**
 * Receipt of taking back all that a source taught.
 *
 * @param revision the revision that no longer knows the source; the present one when there was nothing to take back
 * @param removed how many examples the task held of it
 * @param headDigestBefore digest of everything that decided answers before
 * @param headDigestAfter digest of the same afterwards; equals that of a task that the source never taught
 */
public record Undone(RevisionId revision, int removed, String headDigestBefore, String headDigestAfter) {}
