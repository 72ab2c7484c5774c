// SPDX-License-Identifier: Apache-2.0
package dev.perennial.knowledge;

import java.util.regex.Pattern;

/** Name of a knowledge graph: {@code [a-z0-9][a-z0-9-]{0,55}}, so that its {@link #memberId} is one of a member. */
public record GraphId(String value) implements Comparable<GraphId> {
    private static final Pattern SHAPE = Pattern.compile("[a-z0-9][a-z0-9-]{0,55}");

    /** Members of other kinds may have any other id. */
    private static final String MEMBER = "graph.";

    public GraphId {
        if (!isValid(value)) {
            throw new IllegalArgumentException("not a graph id");
        }
    }

    public static boolean isValid(String value) {
        return SHAPE.matcher(value).matches();
    }

    /** The graph's id as a member of ensembles. */
    public String memberId() {
        return MEMBER + value;
    }

    /** Whether a member's id is that of a graph. */
    public static boolean isMember(String id) {
        return id.startsWith(MEMBER);
    }

    /**
     * The graph that is a member of ensembles under an id.
     *
     * @param id a {@link #memberId}
     */
    public static GraphId ofMember(String id) {
        return new GraphId(id.substring(MEMBER.length()));
    }

    @Override
    public int compareTo(GraphId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
