// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.document.DocumentIndex;
import dev.perennial.document.DocumentIndex.Mode;
import dev.perennial.document.Library;
import dev.perennial.document.SourceId;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.Set;
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

/** Finds documents by words and by meaning. */
@Path("/v1/documents/search")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@Tag(name = "Documents")
public final class DocumentSearchResource {
    private static final int DEFAULT_RESULTS = 10;

    private final ServingGate gate;
    private final Limits limits;
    private final Asking asking;

    public DocumentSearchResource(ServingGate gate, Limits limits, Asking asking) {
        this.gate = gate;
        this.limits = limits;
        this.asking = asking;
    }

    /**
     * What is looked for.
     *
     * @param query the text that documents are compared with; words, not commands
     * @param sources where to look; everywhere when left out
     * @param mode by words (BM25), by vectors, or by both (reciprocal rank fusion), which is the default
     * @param topN how many documents to give; 10 when left out
     */
    @Schema(name = "DocumentSearch")
    public record SearchBody(
            @Schema(required = true) @Nullable String query,
            @Nullable List<@Nullable String> sources,

            @Schema(
                    enumeration = {"text", "vector", "hybrid"},
                    defaultValue = "hybrid")
            @Nullable
            String mode,

            @Schema(minimum = "1", defaultValue = "10") @Nullable
            Integer topN) {}

    /** What was found, best first. */
    @Schema(name = "DocumentSearchResults")
    public record ResultsView(List<ResultView> results) {}

    /**
     * A document that was found.
     *
     * @param id {@code doc_...}
     * @param source where it comes from
     * @param title its title
     * @param text the part of it that fits best
     * @param start where that part begins in the document's text, in UTF-16 code units
     * @param score by which results fall: BM25, the cosine, or the sum of 1/(60 + rank) over both orders
     * @param textScore BM25, when words were looked for and found
     * @param vectorScore the cosine, when vectors were compared and it came near enough
     * @param origin where the document was found
     * @param licence on which terms
     * @param trust how far its source is believed
     */
    @Schema(name = "DocumentSearchResult")
    public record ResultView(
            String id,
            String source,
            @Nullable String title,
            String text,
            int start,
            double score,
            @Nullable Double textScore,
            @Nullable Double vectorScore,
            @Nullable String origin,
            @Nullable String licence,
            double trust) {}

    @POST
    @RolesAllowed(Roles.READER)
    @Operation(
            summary = "Finds documents by words, by meaning, or by both",
            description =
                    "Documents that hold a text of an evaluation set are left out. Each document comes once, with "
                            + "its best part of at most 1,000 characters.")
    @RequestBody(
            content =
                    @Content(
                            schema = @Schema(implementation = SearchBody.class),
                            examples = @ExampleObject(name = "by both", value = DocumentExamples.SEARCH)))
    @APIResponseSchema(ResultsView.class)
    @Parameter(name = ClientWatch.TIMEOUT, in = ParameterIn.HEADER, description = ClientWatch.TIMEOUT_MEANS)
    public Response search(@Context HttpHeaders headers, InputStream body) {
        Library library = gate.serving().library();
        SearchBody request = asking.read(headers, body, SearchBody.class);
        DocumentIndex.Query query = query(library, request);
        return asking.admit(() -> new ResultsView(
                library.search(query).stream().map(DocumentSearchResource::view).toList()));
    }

    private DocumentIndex.Query query(Library library, SearchBody request) {
        TextChecks checks = new TextChecks(limits.textChars());
        String text = checks.text("/query", request.query());
        Mode mode = Choice.of(request.mode(), Mode.HYBRID, "/mode");
        int results = Objects.requireNonNullElse(request.topN(), DEFAULT_RESULTS);
        if (results < 1 || results > limits.pageItems()) {
            checks.fault("/top_n", "must be a whole number from 1 to " + limits.pageItems());
        }
        Set<SourceId> sources = sources(library, request.sources(), checks);
        checks.requireNone();
        return new DocumentIndex.Query(text, sources, mode, results);
    }

    private static Set<SourceId> sources(Library library, @Nullable List<@Nullable String> names, TextChecks checks) {
        Set<SourceId> sources = new LinkedHashSet<>();
        if (names != null && names.isEmpty()) {
            checks.fault("/sources", "must name a source, or be left out to look everywhere");
        }
        for (int i = 0; names != null && i < names.size(); i++) {
            String name = names.get(i);
            if (name == null
                    || !SourceId.isValid(name)
                    || library.store().source(new SourceId(name)).isEmpty()) {
                checks.fault("/sources/" + i, "is not the id of a source");
            } else {
                sources.add(new SourceId(name));
            }
        }
        return sources;
    }

    private static ResultView view(Library.Finding found) {
        DocumentIndex.Hit hit = found.hit();
        String own = found.document().draft().origin();
        return new ResultView(
                hit.documentId(),
                found.source().id().value(),
                DocumentItem.orNull(found.document().draft().title()),
                found.document().draft().text().value().substring(hit.start(), hit.end()),
                hit.start(),
                hit.score(),
                boxed(hit.textScore()),
                boxed(hit.vectorScore()),
                DocumentItem.orNull(own.isEmpty() ? found.source().origin() : own),
                DocumentItem.orNull(found.source().licence()),
                found.source().trust());
    }

    private static @Nullable Double boxed(OptionalDouble score) {
        return score.isPresent() ? (Double) score.getAsDouble() : null;
    }
}
