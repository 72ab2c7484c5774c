// SPDX-License-Identifier: Apache-2.0
package dev.perennial.knowledge;

/** The forms in which a graph can be imported. */
public enum GraphForm {
    TURTLE,
    N_TRIPLES,
    N_QUADS,
    TRIG,
    RDF_XML,
    JSON_LD,
    /** Lines of head, relation and tail, separated by tabs. */
    TSV,
    /** A table with a header row. */
    CSV,
    /** WordNet 3.1, which is inside the service. */
    WORDNET
}
