// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;

/**
 * The largest requests that the service takes. Every limit is a configuration key {@code perennial.limits.*} and is
 * listed by {@code GET /v1/limits} under the same name with underscores.
 */
public interface Limits {

    /** Bytes of a body that teaches, after decompression. */
    @WithDefault("8388608")
    @WithConverter(Amount.PositiveInteger.class)
    int teachingBodyBytes();

    /** Bytes of a body that asks for predictions, after decompression. */
    @WithDefault("2097152")
    @WithConverter(Amount.PositiveInteger.class)
    int predictionBodyBytes();

    /** Bytes of any other body, after decompression. */
    @WithDefault("1048576")
    @WithConverter(Amount.PositiveInteger.class)
    int bodyBytes();

    /** Bytes of a zip archive that registers a member. */
    @WithDefault("536870912")
    @WithConverter(Amount.PositiveLong.class)
    long memberArchiveBytes();

    /** Nested arrays and objects in a JSON body. */
    @WithDefault("20")
    @WithConverter(Amount.PositiveInteger.class)
    int jsonDepth();

    /** Tokens (names, values, brackets) in a JSON body. */
    @WithDefault("2500000")
    @WithConverter(Amount.PositiveLong.class)
    long jsonTokens();

    /** Examples in one teaching that is answered at once; a larger teaching becomes a job. */
    @WithDefault("1000")
    @WithConverter(Amount.PositiveInteger.class)
    int syncExamples();

    /** Examples that one task holds. */
    @WithDefault("1000000")
    @WithConverter(Amount.PositiveInteger.class)
    int examples();

    /** Inputs in one request for predictions, embeddings or similarities. */
    @WithDefault("256")
    @WithConverter(Amount.PositiveInteger.class)
    int inputs();

    /** Inputs times tasks in one request to several tasks. */
    @WithDefault("2560")
    @WithConverter(Amount.PositiveInteger.class)
    int answers();

    /** Examples that a request for answers brings with it to be answered by. */
    @WithDefault("2500")
    @WithConverter(Amount.PositiveInteger.class)
    int requestExamples();

    /** UTF-16 code units in one text. */
    @WithDefault("4000")
    @WithConverter(Amount.PositiveInteger.class)
    int textChars();

    /** Tenants beside the default one. */
    @WithDefault("20")
    @WithConverter(Amount.PositiveInteger.class)
    int tenants();

    /** Tasks. */
    @WithDefault("10000")
    @WithConverter(Amount.PositiveInteger.class)
    int tasks();

    /** Labels of one task. */
    @WithDefault("1000")
    @WithConverter(Amount.PositiveInteger.class)
    int labels();

    /** Names of revisions of one task. */
    @WithDefault("100")
    @WithConverter(Amount.PositiveInteger.class)
    int aliases();

    /** UTF-16 code units in a label's name. */
    @WithDefault("200")
    @WithConverter(Amount.PositiveInteger.class)
    int labelNameChars();

    /** UTF-16 code units in a label's description. */
    @WithDefault("2000")
    @WithConverter(Amount.PositiveInteger.class)
    int labelDescriptionChars();

    /** UTF-16 code units in a task's instruction. */
    @WithDefault("2000")
    @WithConverter(Amount.PositiveInteger.class)
    int instructionChars();

    /** UTF-16 code units in an example's external id. */
    @WithDefault("200")
    @WithConverter(Amount.PositiveInteger.class)
    int externalIdChars();

    /** Characters in an Idempotency-Key. */
    @WithDefault("200")
    @WithConverter(Amount.PositiveInteger.class)
    int idempotencyKeyChars();

    /** Weight of one example. */
    @WithDefault("100")
    @WithConverter(Amount.PositiveDouble.class)
    double weight();

    /** Knowledge graphs. */
    @WithDefault("100")
    @WithConverter(Amount.PositiveInteger.class)
    int graphs();

    /** UTF-16 code units in a graph's description. */
    @WithDefault("2000")
    @WithConverter(Amount.PositiveInteger.class)
    int graphDescriptionChars();

    /** Bytes of a file that is imported into a graph, after decompression. */
    @WithDefault("1073741824")
    @WithConverter(Amount.PositiveLong.class)
    long graphImportBytes();

    /** Bytes of a JSON-LD file, which is read as a whole. */
    @WithDefault("16777216")
    @WithConverter(Amount.PositiveInteger.class)
    int jsonLdBytes();

    /** Bytes of an exported file that is imported, packed or not; no larger one is written. */
    @WithDefault("134217728")
    @WithConverter(Amount.PositiveInteger.class)
    int importBytes();

    /** Statements that one graph holds. */
    @WithDefault("5000000")
    @WithConverter(Amount.PositiveLong.class)
    long graphStatements();

    /** Statements of one entity that are put or shown at once. */
    @WithDefault("1000")
    @WithConverter(Amount.PositiveInteger.class)
    int entityStatements();

    /** UTF-16 code units in the id of an entity or a relation. */
    @WithDefault("2048")
    @WithConverter(Amount.PositiveInteger.class)
    int entityIdChars();

    /** Bytes of the words of one statement, as UTF-8. */
    @WithDefault("65536")
    @WithConverter(Amount.PositiveInteger.class)
    int literalBytes();

    /** Items on one page of a list. */
    @WithDefault("1000")
    @WithConverter(Amount.PositiveInteger.class)
    int pageItems();

    /** Requests for predictions or vectors that are worked on at once. */
    @WithDefault("64")
    @WithConverter(Amount.PositiveInteger.class)
    int concurrentPredictions();

    /** Seconds that a request for predictions or vectors may take, or a part of a stream of them. */
    @WithDefault("60")
    @WithConverter(Amount.PositiveInteger.class)
    int predictionSeconds();

    /** Streams of inputs that are answered at once. */
    @WithDefault("8")
    @WithConverter(Amount.PositiveInteger.class)
    int concurrentPredictionStreams();

    /** Teachings that are worked on at once; as many corrections beside them. */
    @WithDefault("16")
    @WithConverter(Amount.PositiveInteger.class)
    int concurrentTeachings();

    /** Sources of documents. */
    @WithDefault("1000")
    @WithConverter(Amount.PositiveInteger.class)
    int sources();

    /** Documents of all sources. */
    @WithDefault("1000000")
    @WithConverter(Amount.PositiveInteger.class)
    int documents();

    /** Documents in one request. */
    @WithDefault("1000")
    @WithConverter(Amount.PositiveInteger.class)
    int requestDocuments();

    /** UTF-16 code units in a document. */
    @WithDefault("20000")
    @WithConverter(Amount.PositiveInteger.class)
    int documentChars();

    /** UTF-16 code units in what describes a source or a document: its title, origin, licence or description. */
    @WithDefault("2000")
    @WithConverter(Amount.PositiveInteger.class)
    int originChars();

    /** Rows of a suite, and of one evaluation. */
    @WithDefault("10000")
    @WithConverter(Amount.PositiveInteger.class)
    int evaluationRows();

    /**
     * Rows of one evaluation times labels of the task: the probabilities that it has in memory, some 200 bytes each.
     */
    @WithDefault("2000000")
    @WithConverter(Amount.PositiveInteger.class)
    int evaluationAnswers();

    /** Rows that are evaluated at once, counting each that is written worse; more are evaluated by a job. */
    @WithDefault("1000")
    @WithConverter(Amount.PositiveInteger.class)
    int syncEvaluationRows();

    /** Reports of evaluations that are kept of a task. */
    @WithDefault("100")
    @WithConverter(Amount.PositiveInteger.class)
    int evaluationReports();

    /** Reports of gates that are kept of a task. */
    @WithDefault("100")
    @WithConverter(Amount.PositiveInteger.class)
    int gateReports();

    /** Candidates that answer beside what serves, of all tasks; each is in memory as long as it does. */
    @WithDefault("16")
    @WithConverter(Amount.PositiveInteger.class)
    int shadows();

    /** Keys that clients are let in by. */
    @WithDefault("1000")
    @WithConverter(Amount.PositiveInteger.class)
    int apiKeys();

    /** Connections that clients may have open at once; more are closed. */
    @WithDefault("4096")
    @WithConverter(Amount.PositiveInteger.class)
    int connections();

    /** Windows of words of all evaluation sets, of which a hash is kept in memory. */
    @WithDefault("10000000")
    @WithConverter(Amount.PositiveInteger.class)
    int evaluationWindows();
}
