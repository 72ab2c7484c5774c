// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.TensorInfo;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Opens an encoder's {@link PackedGraph}. A graph that was never tried is compared with the original first, and used
 * only when it gives the same vectors; what came out is kept for the next start. Thread-safe.
 */
final class Packing {
    private static final System.Logger LOG = System.getLogger(Packing.class.getName());
    private static final String WEIGHTS_DIRECTORY = "session.model_external_initializers_file_folder_path";

    /** A graph does not say how many heads its attention has; BERT's heads are this wide. */
    private static final List<Integer> HEAD_WIDTHS = List.of(32, 64);

    private static final double LEAST_COSINE = 0.99999;

    private final KeptGraphs kept;

    Packing(Path directory) {
        this.kept = new KeptGraphs(directory);
    }

    /** The session of a graph that was found to give the same vectors; its options are closed by the caller. */
    Optional<EncoderSession> known(ModelFolder folder, SessionOptions options) {
        return kept.find(folder).filter(graph -> graph.length > 0).flatMap(graph -> {
            try {
                return Optional.of(open(folder, graph, options));
            } catch (OrtException e) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "The packed graph of {0} cannot be opened: {1}",
                        folder.id(),
                        e.getCode());
                return Optional.empty();
            }
        });
    }

    /**
     * Compares a packed graph with the original, if that was never done.
     *
     * @param original takes part in the comparison, and stays open
     * @return a session that gives the same vectors
     */
    Optional<EncoderSession> tryOut(
            ModelFolder folder, SessionOptions options, PassageTokenizer tokenizer, PaddedSession original)
            throws OrtException {
        if (original.pooled() || kept.find(folder).isPresent()) {
            return Optional.empty();
        }
        Comparison comparison = Comparison.with(original, tokenizer);
        for (byte[] graph : candidates(folder)) {
            Optional<EncoderSession> session = agreeing(folder, graph, options, comparison);
            if (session.isPresent()) {
                kept.keep(folder, graph);
                return session;
            }
        }
        kept.keep(folder, new byte[0]);
        return Optional.empty();
    }

    private static Optional<EncoderSession> agreeing(
            ModelFolder folder, byte[] graph, SessionOptions options, Comparison comparison) {
        try {
            EncoderSession session = open(folder, graph, options);
            if (agrees(session, comparison)) {
                return Optional.of(session);
            }
        } catch (OrtException | IllegalStateException e) {
            LOG.log(System.Logger.Level.INFO, "A packed graph of {0} does not run.", folder.id());
        }
        return Optional.empty();
    }

    /** Closes what does not agree. */
    private static boolean agrees(EncoderSession session, Comparison comparison) throws OrtException {
        boolean agrees = false;
        try {
            agrees = Arrays.stream(comparison.cosines(session)).allMatch(cosine -> cosine >= LEAST_COSINE)
                    && comparison.standsAlone(session);
        } finally {
            if (!agrees) {
                session.close();
            }
        }
        return agrees;
    }

    private static List<byte[]> candidates(ModelFolder folder) {
        List<byte[]> graphs = new ArrayList<>();
        try {
            StoredWeights stored = StoredWeights.read(folder.model());
            Optional<BertGraph.Weights> found =
                    BertGraph.weights(OnnxScan.parse(folder.model()).getGraph(), stored);
            found.ifPresent(weights -> HEAD_WIDTHS.stream()
                    .filter(width -> weights.hidden() % width == 0)
                    .map(width -> (int) (weights.hidden() / width))
                    .map(heads -> write(folder, weights, stored, heads))
                    .forEach(graphs::add));
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "The weights of {0} cannot be located.", folder.id());
        }
        return graphs;
    }

    private static byte[] write(ModelFolder folder, BertGraph.Weights weights, StoredWeights stored, int heads) {
        GraphNodes nodes = new GraphNodes(stored, folder.model().getFileName().toString());
        return PackedGraph.write(weights, nodes, new FloatProducts(nodes), heads);
    }

    /** How many heads the attention of a model has whose packed graph gave the same vectors. */
    OptionalInt heads(ModelFolder folder) {
        return kept.find(folder).filter(graph -> graph.length > 0).stream()
                .mapToInt(PackedGraph::heads)
                .findFirst();
    }

    private static EncoderSession open(ModelFolder folder, byte[] graph, SessionOptions options) throws OrtException {
        return open(folder, graph, folder.model().toAbsolutePath().resolveSibling(""), options);
    }

    /** Opens a graph whose weights lie in a directory. */
    static PackedSession open(ModelFolder folder, byte[] graph, Path weights, SessionOptions options)
            throws OrtException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        options.addConfigEntry(WEIGHTS_DIRECTORY, weights.toAbsolutePath().toString());
        OrtSession session = environment.createSession(graph, options);
        TensorInfo output =
                (TensorInfo) session.getOutputInfo().values().iterator().next().getInfo();
        return new PackedSession(environment, session, new UnitVectors(folder.pooling(), (int) output.getShape()[1]));
    }
}
