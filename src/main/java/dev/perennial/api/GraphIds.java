// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.knowledge.GraphId;
import dev.perennial.refusal.Refusal;
import jakarta.ws.rs.NotFoundException;
import java.util.regex.Pattern;

/** Ids of graphs and their sources in requests. What cannot be one is refused before it can reach a message. */
final class GraphIds {
    static final String SHAPE = "[a-z0-9][a-z0-9-]{0,55}";
    static final String SOURCE_SHAPE = "[a-z0-9][a-z0-9._-]{0,62}";

    private static final Pattern SOURCE = Pattern.compile(SOURCE_SHAPE);

    private GraphIds() {}

    /** A graph in a path: what cannot be one names nothing, so it is not found. */
    static GraphId inPath(String value) {
        if (!GraphId.isValid(value)) {
            throw new NotFoundException();
        }
        return new GraphId(value);
    }

    /** A graph in the path of a request that may create it. */
    static GraphId fresh(String value) {
        if (!GraphId.isValid(value)) {
            throw new Refusal.Invalid("", "the graph's id in the path must match " + SHAPE);
        }
        return new GraphId(value);
    }

    /** A source in a path. */
    static String sourceInPath(String value) {
        if (!isSource(value)) {
            throw new NotFoundException();
        }
        return value;
    }

    static boolean isSource(String value) {
        return SOURCE.matcher(value).matches();
    }
}
