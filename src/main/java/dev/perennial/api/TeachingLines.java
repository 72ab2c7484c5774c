// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** The reply to a teaching as NDJSON, for who asks for it: one line per row, in order, each with its own status. */
final class TeachingLines {
    private static final int TAUGHT = 200;
    private static final int REJECTED = 422;

    private TeachingLines() {}

    /**
     * What became of one row.
     *
     * @param index position of the row in the request, from 0; in NDJSON its line, where blank ones count
     * @param status 200: taught, or there already; 422: not acceptable
     * @param exampleId the example that now holds it
     * @param revision the revision of the teaching
     * @param detail why it is not acceptable
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(name = "TaughtLine")
    record Line(
            long index,
            int status,
            @Nullable String exampleId,
            @Nullable String revision,
            @Nullable String detail) {}

    static boolean wanted(HttpHeaders headers) {
        MediaType first = headers.getAcceptableMediaTypes().get(0);
        return (first.getType() + "/" + first.getSubtype()).equals(TeachingRequests.NDJSON);
    }

    /**
     * The same reply line by line; one that is no teaching (a job) as it is.
     *
     * @param rows indices of the request that are rows; all up to their number when empty
     */
    static Response of(Response whole, Optional<BitSet> rows, Json json) {
        if (whole.getStatus() != TAUGHT) {
            return whole;
        }
        TaughtView view =
                json.read(String.valueOf(whole.getEntity()).getBytes(StandardCharsets.UTF_8), TaughtView.class);
        Map<Long, String> details = view.rejected().stream()
                .collect(Collectors.toMap(ExampleUpload.Rejected::index, ExampleUpload.Rejected::detail));
        Iterator<String> exampleIds = view.exampleIds().iterator();
        StringBuilder lines = new StringBuilder();
        int last = -1;
        for (int row = view.rejected().size() + view.exampleIds().size(); row > 0; row--) {
            int before = last;
            int index = rows.map(known -> known.nextSetBit(before + 1)).orElse(before + 1);
            last = index;
            String detail = details.get((long) index);
            Line line = detail == null && exampleIds.hasNext()
                    ? new Line(index, TAUGHT, exampleIds.next(), view.revision(), null)
                    : new Line(index, REJECTED, null, null, detail);
            lines.append(json.write(line)).append('\n');
        }
        return Response.fromResponse(whole)
                .entity(lines.toString())
                .type(TeachingRequests.NDJSON)
                .build();
    }
}
