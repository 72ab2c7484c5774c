// SPDX-License-Identifier: Apache-2.0
package dev.perennial.facade.inference;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Requests and replies of the Open Inference Protocol. */
public final class InferenceBodies {
    private InferenceBodies() {}

    /** The server. */
    @Schema(name = "InferenceServer")
    public record Server(String name, String version, List<String> extensions) {}

    /** Whether the server is alive. */
    @Schema(name = "InferenceLive")
    public record Live(boolean live) {}

    /** Whether the server is ready. */
    @Schema(name = "InferenceReady")
    public record Ready(boolean ready) {}

    /** Whether a model is ready. */
    @Schema(name = "InferenceModelReady")
    public record ModelReady(String name, boolean ready) {}

    /** A tensor as a model takes or gives it; -1 stands for the number of inputs. */
    @Schema(name = "InferenceTensorMetadata")
    public record TensorMetadata(String name, String datatype, List<Long> shape) {}

    /** A model. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(name = "InferenceModel")
    public record Model(
            String name,
            @Nullable List<String> versions,
            String platform,
            List<TensorMetadata> inputs,
            List<TensorMetadata> outputs) {}

    /**
     * What a model is asked.
     *
     * @param id comes back with the reply
     * @param parameters without effect
     * @param inputs tensors of texts
     * @param outputs which tensors are wanted; all without it
     */
    @Schema(name = "InferenceRequest")
    public record Request(
            @Nullable String id,

            @Schema(type = SchemaType.OBJECT, implementation = Object.class) @Nullable
            JsonNode parameters,

            @Schema(required = true) @Nullable List<@Nullable InputTensor> inputs,
            @Nullable List<@Nullable WantedTensor> outputs) {}

    /**
     * Texts.
     *
     * @param shape [n] or [n, 1]
     * @param datatype BYTES
     * @param parameters without effect
     * @param data strings
     */
    @Schema(name = "InferenceInput")
    public record InputTensor(
            @Schema(required = true) @Nullable String name,
            @Schema(required = true) @Nullable List<@Nullable Long> shape,

            @Schema(required = true, enumeration = "BYTES") @Nullable
            String datatype,

            @Schema(type = SchemaType.OBJECT, implementation = Object.class) @Nullable
            JsonNode parameters,

            @Schema(required = true, implementation = String[].class) @Nullable
            JsonNode data) {}

    /** A tensor that is wanted. */
    @Schema(name = "InferenceWantedOutput")
    public record WantedTensor(
            @Schema(required = true) @Nullable String name,

            @Schema(type = SchemaType.OBJECT, implementation = Object.class) @Nullable
            JsonNode parameters) {}

    /**
     * What a model says.
     *
     * @param modelVersion the revision of a task that answered
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(name = "InferenceResponse")
    public record Reply(
            String modelName,
            @Nullable String modelVersion,
            @Nullable String id,
            List<OutputTensor> outputs) {}

    /** A tensor, row after row. */
    @Schema(name = "InferenceOutput")
    public record OutputTensor(String name, String datatype, List<Long> shape, List<Object> data) {}
}
