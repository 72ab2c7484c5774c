// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.encode.Passage;
import dev.perennial.knowledge.GraphId;
import dev.perennial.knowledge.LinkedEntity;
import dev.perennial.knowledge.LiveGraph;
import dev.perennial.refusal.Refusal;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Which entities of a graph texts name. */
@Path("/v1/graphs/{graph}/links")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@Tag(name = "Knowledge")
public final class GraphLinksResource {
    private final ServingGate gate;
    private final Limits limits;
    private final Asking asking;

    public GraphLinksResource(ServingGate gate, Limits limits, Asking asking) {
        this.gate = gate;
        this.limits = limits;
        this.asking = asking;
    }

    /** Texts to search for names. */
    @Schema(name = "LinkRequest")
    public record LinkBody(@Nullable List<@Nullable String> texts) {}

    /**
     * An entity that a text names.
     *
     * @param start position of the mention in the text, in UTF-16 code units
     * @param end position after the mention
     * @param weight its share in what the graph says of the text
     */
    @Schema(name = "Link")
    public record LinkView(String entity, String label, String mention, int start, int end, double weight) {

        static LinkView of(LinkedEntity link) {
            return new LinkView(link.entity(), link.label(), link.mention(), link.start(), link.end(), link.weight());
        }
    }

    /** What one text names, in the order of the mentions. */
    @Schema(name = "TextLinks")
    public record TextLinksView(int index, List<LinkView> entities) {}

    /** What each text names. */
    @Schema(name = "Links")
    public record LinksView(String graph, List<TextLinksView> links) {}

    @POST
    @Operation(
            summary = "Finds the entities that texts name",
            description = "The longest names are taken, from left to right. Of several meanings the one is taken that "
                    + "the name most often has and whose description is nearest to the text.")
    @RequestBody(
            content =
                    @Content(
                            schema = @Schema(implementation = LinkBody.class),
                            examples =
                                    @ExampleObject(
                                            name = "a text",
                                            value = "{\"texts\": [\"Which city is the capital of Bhutan?\"]}")))
    @APIResponseSchema(LinksView.class)
    public Response link(@PathParam("graph") String graph, @Context HttpHeaders headers, InputStream body) {
        Serving serving = gate.serving();
        GraphId id = GraphIds.inPath(graph);
        LiveGraph live = serving.live(id);
        List<String> texts = texts(asking.read(headers, body, LinkBody.class).texts());
        return asking.admit(() -> new LinksView(
                id.value(),
                IntStream.range(0, texts.size())
                        .mapToObj(i -> new TextLinksView(
                                i,
                                live.links(Passage.of(texts.get(i))).stream()
                                        .map(LinkView::of)
                                        .toList()))
                        .toList()));
    }

    private List<String> texts(@Nullable List<@Nullable String> sent) {
        if (sent == null || sent.isEmpty()) {
            throw new Refusal.Invalid("/texts", "must be an array of at least one text");
        }
        EmbeddingsResource.requireCount("inputs", limits.inputs(), sent.size());
        TextChecks checks = new TextChecks(limits.textChars());
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < sent.size(); i++) {
            texts.add(checks.text("/texts/" + i, sent.get(i)));
        }
        checks.requireNone();
        return texts;
    }
}
