// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.ensemble.Similarity;
import dev.perennial.ensemble.VectorModel;
import dev.perennial.ensemble.VectorModels;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
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

/** How similar texts are in meaning. */
@Path("/v1/similarity")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@Tag(name = "Vectors")
public final class SimilarityResource {
    private final ServingGate gate;
    private final Limits limits;
    private final Asking asking;

    public SimilarityResource(ServingGate gate, Limits limits, Asking asking) {
        this.gate = gate;
        this.limits = limits;
        this.asking = asking;
    }

    /**
     * What is to be compared.
     *
     * @param pairs arrays of two texts
     * @param model a member's id, or {@code ensemble}, which is the default
     */
    @Schema(name = "SimilarityRequest")
    public record SimilarityBody(
            @Nullable List<@Nullable List<@Nullable String>> pairs,
            @Nullable String model) {}

    /**
     * How similar they are.
     *
     * @param scores one per pair, at most 1; unrelated texts are around 0 for {@code ensemble}, while one member's
     *     scores are its plain cosines
     * @param truncated one per pair: whether one of its texts was longer than a member can read
     */
    @SuppressWarnings("ArrayRecordComponent")
    @Schema(name = "Similarities")
    public record SimilarityView(double[] scores, List<Boolean> truncated, String model) {
        static SimilarityView of(List<Similarity> pairs, VectorModel model) {
            return new SimilarityView(
                    pairs.stream().mapToDouble(Similarity::score).toArray(),
                    pairs.stream().map(Similarity::truncated).toList(),
                    model.id());
        }
    }

    @POST
    @RolesAllowed(Roles.READER)
    @Operation(summary = "Says how similar the two texts of each pair are")
    @RequestBody(
            content =
                    @Content(
                            schema = @Schema(implementation = SimilarityBody.class),
                            examples = @ExampleObject(name = "two pairs", value = VectorExamples.SIMILARITY)))
    @APIResponseSchema(SimilarityView.class)
    @Parameter(name = ClientWatch.TIMEOUT, in = ParameterIn.HEADER, description = ClientWatch.TIMEOUT_MEANS)
    public Response compare(@Context HttpHeaders headers, InputStream body) {
        Serving serving = gate.serving();
        SimilarityBody request = asking.read(headers, body, SimilarityBody.class);
        List<String> texts = texts(request.pairs());
        String id = Objects.requireNonNullElse(request.model(), VectorModels.ENSEMBLE);
        VectorModel model = serving.vectors().model(MemberIds.inBody("/model", id));
        return asking.admit(() -> SimilarityView.of(serving.vectors().similarities(model, texts), model));
    }

    private List<String> texts(@Nullable List<@Nullable List<@Nullable String>> pairs) {
        TextChecks checks = new TextChecks(limits.textChars());
        List<String> texts = new ArrayList<>();
        if (pairs == null || pairs.isEmpty()) {
            checks.fault("/pairs", "must be an array of at least one pair of texts");
            checks.requireNone();
            return texts;
        }
        new TextNodes(limits).requireCount(pairs.size());
        for (int i = 0; i < pairs.size(); i++) {
            List<@Nullable String> pair = pairs.get(i);
            if (pair == null || pair.size() != 2) {
                checks.fault("/pairs/" + i, "must be an array of two texts");
            } else {
                texts.add(checks.text("/pairs/" + i + "/0", pair.get(0)));
                texts.add(checks.text("/pairs/" + i + "/1", pair.get(1)));
            }
        }
        checks.requireNone();
        return texts;
    }
}
