// SPDX-License-Identifier: Apache-2.0
package dev.perennial.knowledge;

/**
 * An entity that a text names.
 *
 * @param graph id of its graph
 * @param entity its id
 * @param label its first name
 * @param mention the words of the text that name it
 * @param start position of the mention in the text, in UTF-16 code units
 * @param end position after the mention
 * @param weight its share in the knowledge vector of the text, 1 at most; 0 where nobody listens
 */
public record LinkedEntity(
        String graph, String entity, String label, String mention, int start, int end, double weight) {

    /** The same where nobody listens. */
    public LinkedEntity unheard() {
        return new LinkedEntity(graph, entity, label, mention, start, end, 0);
    }
}
