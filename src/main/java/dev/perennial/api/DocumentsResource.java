// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.perennial.document.Document;
import dev.perennial.document.DocumentStore.Fate;
import dev.perennial.document.DocumentStore.Row;
import dev.perennial.document.EvaluationSetId;
import dev.perennial.document.Library;
import dev.perennial.document.SourceId;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.Idempotency;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** The documents of a source: added, listed, removed. */
@Path("/v1/sources/{source}/documents")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Documents")
public final class DocumentsResource {
    private static final int OK = 200;

    private final ServingGate gate;
    private final Limits limits;
    private final Bodies bodies;
    private final Replies replies;
    private final IdempotentRequests idempotentRequests;
    private final Admission admission;

    public DocumentsResource(
            ServingGate gate, Limits limits, Bodies bodies, Replies replies, IdempotentRequests idempotentRequests) {
        this.gate = gate;
        this.limits = limits;
        this.bodies = bodies;
        this.replies = replies;
        this.idempotentRequests = idempotentRequests;
        this.admission = new Admission(gate, "uploads of documents", limits.concurrentTeachings());
    }

    /** Documents to add. */
    @Schema(name = "DocumentUpload")
    public record DocumentsBody(
            @Schema(required = true, implementation = DocumentBody[].class) @Nullable
            List<@Nullable JsonNode> documents) {}

    /**
     * A document to add.
     *
     * @param text what it says
     * @param title its title, which is searched too
     * @param externalId the client's own name of it, under which a later one replaces it
     * @param language as in BCP 47
     * @param origin where it was found, when that is more than its source says
     */
    @Schema(name = "DocumentDraft")
    public record DocumentBody(
            @Schema(required = true) String text,
            @Nullable String title,
            @Nullable String externalId,
            @Nullable String language,
            @Nullable String origin) {}

    /**
     * What adding did.
     *
     * @param revision the revision that it produced; the present one when nothing changed
     * @param added documents that are new, or took the place of another
     * @param duplicates rows that the source held already
     * @param rejected rows that were not acceptable, and why
     * @param documentIds the documents of the accepted rows, in order, duplicates included
     */
    @Schema(name = "AddedDocuments")
    public record AddedView(
            String revision,
            int added,
            int duplicates,
            List<ExampleUpload.Rejected> rejected,
            List<String> documentIds) {}

    /** One page of documents. */
    @Schema(name = "DocumentPage")
    public record DocumentPage(
            List<DocumentItem> items, @Nullable String nextCursor) {}

    /** What a removal did. */
    @Schema(name = "RemovedDocument")
    public record RemovedDocument(String revision, String removed) {}

    @POST
    @RolesAllowed(Roles.OPERATOR)
    @Consumes({MediaType.APPLICATION_JSON, TeachingRequests.NDJSON})
    @Operation(
            summary = "Adds documents to a source",
            description = "Durable before it is acknowledged, and the next search finds them. Rows that are not "
                    + "acceptable, and those that hold a text of an evaluation set, are listed in rejected with their "
                    + "index; the others are added. The same external_id replaces, an exact duplicate is reported.")
    @Parameter(name = "Idempotency-Key", in = ParameterIn.HEADER, description = "Repeats the reply, not the upload")
    @Parameter(
            name = "Content-Encoding",
            in = ParameterIn.HEADER,
            description = "The body may be compressed",
            schema = @Schema(enumeration = "gzip"))
    @RequestBody(
            content = {
                @Content(
                        mediaType = MediaType.APPLICATION_JSON,
                        schema = @Schema(implementation = DocumentsBody.class),
                        examples = @ExampleObject(name = "two documents", value = DocumentExamples.DOCUMENTS)),
                @Content(
                        mediaType = TeachingRequests.NDJSON,
                        schema = @Schema(implementation = String.class),
                        examples = @ExampleObject(name = "one per line", value = DocumentExamples.DOCUMENTS_NDJSON))
            })
    @APIResponseSchema(AddedView.class)
    public Response add(@PathParam("source") String source, @Context HttpHeaders headers, InputStream body) {
        Serving serving = gate.serving();
        SourceId id =
                SourcesResource.existing(serving.library(), source).source().id();
        byte[] bytes = bodies.bytes(headers, body, new Bodies.Limit("teaching_body_bytes", limits.teachingBodyBytes()));
        IdempotentRequests.Call call = new IdempotentRequests.Call(
                headers.getHeaderString("Idempotency-Key"), "POST /v1/sources/" + id + "/documents", bytes);
        return replies.of(admission.admit(() -> idempotentRequests.once(serving.store(), call, idempotency -> {
            DocumentUpload upload = isNdjson(headers)
                    ? DocumentUpload.ofNdjson(bytes, limits)
                    : DocumentUpload.ofJson(
                            bodies.json(bytes, DocumentsBody.class).documents(), limits);
            return added(serving.library(), id, upload, idempotency);
        })));
    }

    @GET
    @RolesAllowed(Roles.READER)
    @Operation(summary = "Lists the documents of a source, in the order of adding")
    @APIResponseSchema(DocumentPage.class)
    public Response list(
            @PathParam("source") String source,
            @QueryParam("limit") @Nullable String limit,
            @QueryParam("cursor") @Nullable String cursor) {
        Library library = gate.serving().library();
        SourceId id = SourcesResource.existing(library, source).source().id();
        Page<Document> page = Page.of(
                new Page.Asked(limit, cursor),
                limits.pageItems(),
                (after, items) -> library.store().documents(id, after, items),
                Document::id);
        return replies.ok(page.map(DocumentItem::of));
    }

    @GET
    @RolesAllowed(Roles.READER)
    @Path("/{document}")
    @Operation(summary = "One document")
    @APIResponseSchema(DocumentItem.class)
    public Response get(@PathParam("source") String source, @PathParam("document") String document) {
        Library library = gate.serving().library();
        SourceId id = SourcesResource.existing(library, source).source().id();
        String documentId = PathIds.opaque("doc_", document);
        return replies.ok(DocumentItem.of(
                Optional.ofNullable(library.store().find(List.of(documentId)).get(documentId))
                        .filter(found -> found.source().equals(id))
                        .orElseThrow(() -> new Refusal.NotFound("document", documentId))));
    }

    @DELETE
    @RolesAllowed(Roles.OPERATOR)
    @Path("/{document}")
    @Operation(
            summary = "Removes a document for good",
            description = "Afterwards nothing of its text is in the store or in the index.")
    @APIResponseSchema(RemovedDocument.class)
    public Response remove(@PathParam("source") String source, @PathParam("document") String document) {
        Library library = gate.serving().library();
        SourceId id = SourcesResource.existing(library, source).source().id();
        String documentId = PathIds.opaque("doc_", document);
        return replies.ok(new RemovedDocument(library.remove(id, documentId).toString(), documentId));
    }

    private Idempotency.Reply added(
            Library library, SourceId id, DocumentUpload upload, Optional<Idempotency> idempotency) {
        return reply(library.add(id, upload.drafts(), idempotency, receipt -> reply(receipt, upload)), upload);
    }

    private Idempotency.Reply reply(Library.Receipt receipt, DocumentUpload upload) {
        List<Row> rows = receipt.added().rows();
        int duplicates =
                (int) rows.stream().filter(row -> row.fate() == Fate.DUPLICATE).count();
        return replies.keepable(
                OK,
                new AddedView(
                        receipt.added().revision().toString(),
                        rows.size() - duplicates,
                        duplicates,
                        rejected(receipt, upload),
                        rows.stream().map(Row::documentId).toList()));
    }

    private static List<ExampleUpload.Rejected> rejected(Library.Receipt receipt, DocumentUpload upload) {
        List<ExampleUpload.Rejected> rejected = new ArrayList<>(upload.rejected());
        receipt.leaks()
                .forEach((position, sets) -> rejected.add(new ExampleUpload.Rejected(
                        upload.accepted().get(position).index(),
                        "It holds a text of the evaluation set "
                                + sets.stream().map(EvaluationSetId::value).collect(Collectors.joining(", ")) + ".")));
        rejected.sort(Comparator.comparingLong(ExampleUpload.Rejected::index));
        return rejected;
    }

    static boolean isNdjson(HttpHeaders headers) {
        MediaType type = headers.getMediaType();
        return type != null && type.getSubtype().equals("x-ndjson");
    }
}
