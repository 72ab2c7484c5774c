// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.encode.EncoderInfo;
import dev.perennial.refresh.Members.Member;
import java.util.Locale;
import java.util.OptionalDouble;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A member as clients see it; what only a ready one has is null otherwise.
 *
 * @param of id of the encoder that a static member was made of
 * @param revision first twelve digits of the digest
 * @param digest SHA-256 over model file, tokenizer, pooling, prefix, window and precision
 * @param prefix what is put before every text
 * @param maxTokens tokens beyond it are not read
 * @param executionProvider what really runs it
 * @param parameters number of weights
 * @param precision {@code auto}: fp32, and each task chooses whether it uses the same in int8 instead; the digest and
 *     the latency are those of fp32
 * @param bytes size of the model file, of both where tasks choose
 * @param reason why it failed
 */
@Schema(name = "Member")
public record MemberView(
        String id,

        @Schema(enumeration = {"encoder", "static", "knowledge"})
        String kind,

        @Nullable String of,
        @Nullable Integer dimension,
        @Nullable String revision,
        @Nullable String digest,
        @Schema(enumeration = {"mean", "cls"}) @Nullable String pooling,
        @Nullable String prefix,
        @Nullable Integer maxTokens,
        @Schema(enumeration = {"cpu", "cuda"}) @Nullable String executionProvider,

        @Schema(enumeration = {"fp32", "int8", "auto"}) @Nullable
        String precision,

        @Nullable Long parameters,
        @Nullable Long bytes,

        @Schema(enumeration = {"ready", "loading", "failed"})
        String state,

        @Nullable String reason,
        @Nullable LatencyView latency) {
    private static final int REVISION_DIGITS = 12;

    /** Median time of a text of some twelve tokens, alone on one core. */
    @Schema(name = "MemberLatency")
    public record LatencyView(double p50Seconds) {}

    static MemberView of(Member member) {
        @Nullable EncoderInfo info = member.info().orElse(null);
        String state = member.state().name().toLowerCase(Locale.ROOT);
        @Nullable String reason = member.reason().orElse(null);
        if (info == null) {
            return new MemberView(
                    member.id(),
                    member.teacher().isPresent() ? "static" : "encoder",
                    member.teacher().orElse(null),
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    state,
                    reason,
                    null);
        }
        return new MemberView(
                member.id(),
                kind(info.reading()),
                member.teacher().orElse(null),
                info.dimension(),
                info.digest()
                        .substring(0, Math.min(REVISION_DIGITS, info.digest().length())),
                info.digest(),
                info.pooling().name().toLowerCase(Locale.ROOT),
                info.prefix(),
                info.maxTokens(),
                info.executionProvider(),
                member.rounded().isPresent() ? "auto" : info.precision(),
                info.parameters(),
                info.bytes() + member.rounded().map(EncoderInfo::bytes).orElse(0L),
                state,
                reason,
                latency(member.latencySeconds()));
    }

    private static String kind(EncoderInfo.Reading reading) {
        return switch (reading) {
            case STATIC -> "static";
            case CONTEXTUAL -> "encoder";
            case KNOWLEDGE -> "knowledge";
        };
    }

    private static @Nullable LatencyView latency(OptionalDouble seconds) {
        return seconds.isPresent() ? new LatencyView(seconds.getAsDouble()) : null;
    }
}
