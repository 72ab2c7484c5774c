// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.task.AuditEvent;
import java.time.Instant;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * One change. Ids and counts, never text.
 *
 * @param id {@code ev_...}, in the order of the changes
 * @param time when
 * @param actor {@code anonymous} of a request, {@code service} of work in the background
 * @param action what was done
 * @param subject to what
 * @param revision the one that the change produced; null when it produced none
 * @param taught examples or documents that came
 * @param removed examples or documents that went, replaced ones too
 * @param traceId of the request; null for work in the background
 */
@Schema(name = "AuditEvent")
public record AuditEventView(
        String id,
        Instant time,
        String actor,
        String action,
        SubjectView subject,
        @Nullable String revision,
        long taught,
        long removed,
        @Nullable String traceId) {

    /**
     * What was changed.
     *
     * @param kind {@code task}, {@code graph}, {@code sources}, {@code evaluation-texts}, {@code member} or {@code job}
     * @param id its name
     */
    @Schema(name = "AuditSubject")
    public record SubjectView(String kind, String id) {}

    static AuditEventView of(AuditEvent event) {
        return new AuditEventView(
                event.id(),
                event.at(),
                event.origin().actor(),
                event.action(),
                new SubjectView(event.subject().kind(), event.subject().id()),
                event.revision().map(Object::toString).orElse(null),
                event.counts().taught(),
                event.counts().removed(),
                event.origin().traceId().orElse(null));
    }
}
