// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.encode.Passage;
import dev.perennial.knowledge.GraphId;
import dev.perennial.knowledge.LinkedEntity;
import dev.perennial.knowledge.LiveGraph;
import dev.perennial.refusal.Refusal;
import jakarta.annotation.security.RolesAllowed;
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
import java.util.Objects;
import java.util.stream.IntStream;
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

    /** An entity that a text names; what each member is stands in its schema. */
    @Schema(name = "Link")
    public record LinkView(
            String entity,
            String label,

            @Schema(description = "The part of the text that names it, as it was sent")
            String mention,

            @Schema(
                    description = "Where the mention begins in the text as it was sent, in UTF-16 code units: as Java "
                            + "and JavaScript count, most emoji being two and a combining accent one of its own")
            int start,

            @Schema(description = "Where it ends: the position after its last code unit")
            int end,

            @Schema(description = "Its share in what the graph says of the text")
            double weight) {

        static LinkView of(LinkedEntity link, String sent, SentPositions positions) {
            int start = positions.start(link.start());
            int end = positions.end(link.end());
            return new LinkView(link.entity(), link.label(), sent.substring(start, end), start, end, link.weight());
        }
    }

    /** What one text names, in the order of the mentions. */
    @Schema(name = "TextLinks")
    public record TextLinksView(int index, List<LinkView> entities) {}

    /** What each text names. */
    @Schema(name = "Links")
    public record LinksView(String graph, List<TextLinksView> links) {}

    @POST
    @RolesAllowed(Roles.READER)
    @Operation(
            summary = "Finds the entities that texts name",
            description = "The longest names are taken, from left to right. Of several meanings the one is taken that "
                    + "the name most often has and whose description is nearest to the text. Positions are those in "
                    + "the text as it was sent, in UTF-16 code units.")
    @RequestBody(
            content =
                    @Content(
                            schema = @Schema(implementation = LinkBody.class),
                            examples =
                                    @ExampleObject(
                                            name = "a text",
                                            value = "{\"texts\": [\"Which city is the capital of Bhutan?\"]}")))
    @APIResponseSchema(LinksView.class)
    @Parameter(name = ClientWatch.TIMEOUT, in = ParameterIn.HEADER, description = ClientWatch.TIMEOUT_MEANS)
    public Response link(@PathParam("graph") String graph, @Context HttpHeaders headers, InputStream body) {
        Serving serving = gate.serving();
        GraphId id = GraphIds.inPath(graph);
        LiveGraph live = serving.live(id);
        List<Asked> texts = texts(asking.read(headers, body, LinkBody.class).texts());
        return asking.admit(() -> new LinksView(
                id.value(),
                IntStream.range(0, texts.size())
                        .mapToObj(i -> new TextLinksView(i, links(live, texts.get(i))))
                        .toList()));
    }

    /** A text as it was sent, and in its normal form. */
    private record Asked(String sent, String normal) {}

    private static List<LinkView> links(LiveGraph live, Asked text) {
        SentPositions positions = SentPositions.of(text.sent());
        return live.links(Passage.of(text.normal())).stream()
                .map(link -> LinkView.of(link, text.sent(), positions))
                .toList();
    }

    private List<Asked> texts(@Nullable List<@Nullable String> sent) {
        if (sent == null || sent.isEmpty()) {
            throw new Refusal.Invalid("/texts", "must be an array of at least one text");
        }
        new TextNodes(limits).requireCount(sent.size());
        TextChecks checks = new TextChecks(limits.textChars());
        List<Asked> texts = new ArrayList<>();
        for (int i = 0; i < sent.size(); i++) {
            String normal = checks.text("/texts/" + i, sent.get(i));
            texts.add(new Asked(Objects.requireNonNullElse(sent.get(i), ""), normal));
        }
        checks.requireNone();
        return texts;
    }
}
