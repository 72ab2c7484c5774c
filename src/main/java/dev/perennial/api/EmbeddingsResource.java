// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.ensemble.TextVectors;
import dev.perennial.ensemble.VectorModel;
import dev.perennial.refusal.Refusal;
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
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
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

/** Vectors of texts, in the shape that OpenAI's clients speak. */
@Path("/v1/embeddings")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@Tag(name = "Vectors")
public final class EmbeddingsResource {
    private final ServingGate gate;
    private final Limits limits;
    private final Asking asking;

    public EmbeddingsResource(ServingGate gate, Limits limits, Asking asking) {
        this.gate = gate;
        this.limits = limits;
        this.asking = asking;
    }

    @POST
    @RolesAllowed(Roles.READER)
    @Operation(
            summary = "Embeds texts (OpenAI's shape)",
            description = "model is a member's id, or ensemble: all members' unit vectors one after the other, divided "
                    + "by the square root of their number, so that its cosine is the mean of theirs. dimensions keeps "
                    + "the leading components and scales them to unit length again.")
    @RequestBody(
            content =
                    @Content(
                            schema = @Schema(implementation = EmbeddingBody.class),
                            examples = {
                                @ExampleObject(name = "all members", value = VectorExamples.EMBEDDINGS),
                                @ExampleObject(name = "short, as base64", value = VectorExamples.EMBEDDINGS_SHORT)
                            }))
    @APIResponseSchema(EmbeddingList.class)
    @Parameter(name = ClientWatch.TIMEOUT, in = ParameterIn.HEADER, description = ClientWatch.TIMEOUT_MEANS)
    public Response embed(@Context HttpHeaders headers, InputStream body) {
        Serving serving = gate.serving();
        EmbeddingBody request = asking.read(headers, body, EmbeddingBody.class);
        List<String> texts = new TextNodes(limits).strings(request.input(), "/input");
        boolean base64 = isBase64(request.encodingFormat());
        VectorModel model = serving.vectors().model(MemberIds.inBody("/model", request.model()));
        Shortening shortening = Shortening.of(request.dimensions(), model.dimension());
        return asking.admit(() -> {
            TextVectors vectors = serving.vectors().vectors(model, texts);
            EmbeddingList.Usage usage = new EmbeddingList.Usage(vectors.tokens(), vectors.tokens());
            return new EmbeddingList("list", items(vectors, shortening, base64), model.id(), usage);
        });
    }

    private static List<EmbeddingList.Item> items(TextVectors texts, Shortening shortening, boolean base64) {
        List<float[]> vectors = texts.vectors();
        List<EmbeddingList.Item> items = new ArrayList<>(vectors.size());
        for (int i = 0; i < vectors.size(); i++) {
            float[] vector = shortening.of(vectors.get(i));
            items.add(new EmbeddingList.Item(
                    "embedding",
                    i,
                    base64 ? base64(vector) : vector,
                    texts.truncated().get(i)));
        }
        return items;
    }

    private static boolean isBase64(@Nullable String format) {
        if (format != null && !format.equals("float") && !format.equals("base64")) {
            throw new Refusal.Invalid("/encoding_format", "must be float or base64");
        }
        return "base64".equals(format);
    }

    private static String base64(float[] vector) {
        ByteBuffer bytes = ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(vector);
        return Base64.getEncoder().encodeToString(bytes.array());
    }
}
