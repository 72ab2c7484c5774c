// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import io.smallrye.config.WithDefault;

/**
 * The largest requests that the service takes. Every limit is a configuration key {@code perennial.limits.*} and is
 * listed by {@code GET /v1/limits} under the same name with underscores.
 */
public interface Limits {

    /** Bytes of a body that teaches, after decompression. */
    @WithDefault("8388608")
    int teachingBodyBytes();

    /** Bytes of a body that asks for predictions, after decompression. */
    @WithDefault("2097152")
    int predictionBodyBytes();

    /** Bytes of any other body, after decompression. */
    @WithDefault("1048576")
    int bodyBytes();

    /** Nested arrays and objects in a JSON body. */
    @WithDefault("20")
    int jsonDepth();

    /** Tokens (names, values, brackets) in a JSON body. */
    @WithDefault("2500000")
    long jsonTokens();

    /** Examples in one teaching that is answered at once; a larger teaching becomes a job. */
    @WithDefault("1000")
    int syncExamples();

    /** Examples that one task holds. */
    @WithDefault("1000000")
    int examples();

    /** Inputs in one request for predictions, embeddings or similarities. */
    @WithDefault("256")
    int inputs();

    /** UTF-16 code units in one text. */
    @WithDefault("4000")
    int textChars();

    /** Tasks. */
    @WithDefault("10000")
    int tasks();

    /** Labels of one task. */
    @WithDefault("1000")
    int labels();

    /** UTF-16 code units in a label's name. */
    @WithDefault("200")
    int labelNameChars();

    /** UTF-16 code units in a label's description. */
    @WithDefault("2000")
    int labelDescriptionChars();

    /** UTF-16 code units in a task's instruction. */
    @WithDefault("2000")
    int instructionChars();

    /** UTF-16 code units in an example's external id. */
    @WithDefault("200")
    int externalIdChars();

    /** Characters in an Idempotency-Key. */
    @WithDefault("200")
    int idempotencyKeyChars();

    /** Weight of one example. */
    @WithDefault("1000")
    double weight();

    /** Items on one page of a list. */
    @WithDefault("1000")
    int pageItems();

    /** Requests for predictions or vectors that are worked on at once. */
    @WithDefault("64")
    int concurrentPredictions();

    /** Teachings that are worked on at once. */
    @WithDefault("16")
    int concurrentTeachings();
}
