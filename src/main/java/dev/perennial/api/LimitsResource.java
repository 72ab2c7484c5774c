// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.ensemble.TextRouter;
import dev.perennial.text.Text;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Lists every limit, so that a client need not find out by trying. */
@Path("/v1/limits")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Operations")
public final class LimitsResource {
    private final Limits limits;
    private final Replies replies;

    public LimitsResource(Limits limits, Replies replies) {
        this.limits = limits;
        this.replies = replies;
    }

    /**
     * One limit.
     *
     * @param name as problems name it; {@code perennial.limits.*} sets it, with dashes for underscores
     * @param value the largest accepted value
     * @param unit what is counted
     */
    public record LimitView(String name, Number value, String unit) {}

    /** All limits. */
    public record LimitList(List<LimitView> items) {}

    @GET
    @RolesAllowed(Roles.READER)
    @Operation(summary = "The largest requests that the service takes")
    @APIResponseSchema(LimitList.class)
    public Response list() {
        return replies.ok(new LimitList(
                Stream.concat(ofRequests().stream(), ofTheService().stream()).toList()));
    }

    private List<LimitView> ofRequests() {
        return List.of(
                new LimitView("teaching_body_bytes", limits.teachingBodyBytes(), "bytes"),
                new LimitView("prediction_body_bytes", limits.predictionBodyBytes(), "bytes"),
                new LimitView("body_bytes", limits.bodyBytes(), "bytes"),
                new LimitView("member_archive_bytes", limits.memberArchiveBytes(), "bytes"),
                new LimitView("json_depth", limits.jsonDepth(), "levels"),
                new LimitView("json_tokens", limits.jsonTokens(), "tokens"),
                new LimitView("sync_examples", limits.syncExamples(), "examples"),
                new LimitView("examples", limits.examples(), "examples"),
                new LimitView("inputs", limits.inputs(), "inputs"),
                new LimitView("answers", limits.answers(), "answers"),
                new LimitView("text_routes", TextRouter.MOST_ROUTES, "inputs times tasks"),
                new LimitView("request_examples", limits.requestExamples(), "examples"),
                new LimitView("text_chars", limits.textChars(), "characters"),
                new LimitView("combining_marks", Text.MOST_MARKS, "characters"),
                new LimitView("labels", limits.labels(), "labels"),
                new LimitView("label_name_chars", limits.labelNameChars(), "characters"),
                new LimitView("label_description_chars", limits.labelDescriptionChars(), "characters"),
                new LimitView("instruction_chars", limits.instructionChars(), "characters"),
                new LimitView("external_id_chars", limits.externalIdChars(), "characters"),
                new LimitView("idempotency_key_chars", limits.idempotencyKeyChars(), "characters"),
                new LimitView("weight", limits.weight(), "examples"),
                new LimitView("refresh_texts", RefreshesResource.MOST_TEXTS, "texts"),
                new LimitView("import_bytes", limits.importBytes(), "bytes"),
                new LimitView("graph_description_chars", limits.graphDescriptionChars(), "characters"),
                new LimitView("graph_import_bytes", limits.graphImportBytes(), "bytes"),
                new LimitView("json_ld_bytes", limits.jsonLdBytes(), "bytes"),
                new LimitView("entity_statements", limits.entityStatements(), "statements"),
                new LimitView("entity_id_chars", limits.entityIdChars(), "characters"),
                new LimitView("entity_id_bytes", EntityDefinitions.MOST_ID_BYTES, "bytes"),
                new LimitView("literal_bytes", limits.literalBytes(), "bytes"),
                new LimitView("request_documents", limits.requestDocuments(), "documents"),
                new LimitView("document_chars", limits.documentChars(), "characters"),
                new LimitView("origin_chars", limits.originChars(), "characters"),
                new LimitView("evaluation_rows", limits.evaluationRows(), "rows"),
                new LimitView("evaluation_answers", limits.evaluationAnswers(), "answers"),
                new LimitView("sync_evaluation_rows", limits.syncEvaluationRows(), "rows"));
    }

    private List<LimitView> ofTheService() {
        return List.of(
                new LimitView("tenants", limits.tenants(), "tenants"),
                new LimitView("tasks", limits.tasks(), "tasks"),
                new LimitView("graphs", limits.graphs(), "graphs"),
                new LimitView("graph_statements", limits.graphStatements(), "statements"),
                new LimitView("page_items", limits.pageItems(), "items"),
                new LimitView("connections", limits.connections(), "connections"),
                new LimitView("concurrent_predictions", limits.concurrentPredictions(), "requests"),
                new LimitView("prediction_seconds", limits.predictionSeconds(), "seconds"),
                new LimitView("concurrent_prediction_streams", limits.concurrentPredictionStreams(), "requests"),
                new LimitView("concurrent_teachings", limits.concurrentTeachings(), "requests"),
                new LimitView("aliases", limits.aliases(), "aliases"),
                new LimitView("sources", limits.sources(), "sources"),
                new LimitView("documents", limits.documents(), "documents"),
                new LimitView("evaluation_reports", limits.evaluationReports(), "reports"),
                new LimitView("gate_reports", limits.gateReports(), "reports"),
                new LimitView("shadows", limits.shadows(), "candidates"),
                new LimitView("api_keys", limits.apiKeys(), "keys"),
                new LimitView("evaluation_windows", limits.evaluationWindows(), "windows"));
    }
}
