// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Has an encoder's session take corrections, and tries them before they serve. For one thread. */
final class Correcting {
    private static final System.Logger LOG = System.getLogger(Correcting.class.getName());

    private final OnnxEncoder host;
    private final ModelFolder folder;
    private final byte[] packed;

    private Correcting(OnnxEncoder host, ModelFolder folder, byte[] packed) {
        this.host = host;
        this.folder = folder;
        this.packed = packed;
    }

    /** @param kept where the packed graph of the host is kept; empty where it has none */
    static Optional<Correcting> of(OnnxEncoder host, ModelFolder folder, KeptGraphs kept) {
        boolean floats = host.isPacked() && host.info().precision().equals("fp32");
        return floats
                ? kept.find(folder).filter(graph -> graph.length > 0).map(graph -> new Correcting(host, folder, graph))
                : Optional.empty();
    }

    /** @param options of a session, closed by the caller */
    Optional<CorrectedEncoder> open(ProvenCorrections corrections, SessionOptions options) {
        if (!fits(corrections)) {
            return refused("it corrects what is no matrix of the graph that serves");
        }
        String digest = Sha256.of(String.join(
                "\n", "corrected encoder " + CorrectedGraph.VERSION, host.info().digest(), corrections.sha256()));
        Factors factors = Factors.of(corrections.ofMatrices());
        try {
            Optional<String> fault = fault(new CorrectionTrial(corrections, factors), options);
            return fault.isPresent()
                    ? refused(fault.get())
                    : Optional.of(
                            new CorrectedEncoder(host, CorrectedEncoder.info(host.info(), digest, factors), factors));
        } catch (OrtException e) {
            return refused("its graph does not run: " + e.getCode());
        }
    }

    private boolean fits(ProvenCorrections corrections) {
        Map<String, List<Long>> matrices = CorrectedGraph.matrices(packed);
        return corrections.ofMatrices().stream()
                .allMatch(each ->
                        List.of((long) each.inputs(), (long) each.outputs()).equals(matrices.get(each.matrix())));
    }

    private Optional<CorrectedEncoder> refused(String reason) {
        LOG.log(
                System.Logger.Level.WARNING,
                "An encoder that was adapted from {0} takes the memory of a whole one: {1}",
                folder.id(),
                reason);
        return Optional.empty();
    }

    /** Why the corrections cannot serve; if they can, the host's session takes them from now on. */
    private Optional<String> fault(CorrectionTrial trial, SessionOptions options) throws OrtException {
        Map<String, Integer> ranks = trial.factors().ranks();
        if (host.correctable().keySet().containsAll(ranks.keySet())) {
            Optional<String> fault =
                    host.hasTried(ranks) ? trial.difference(host::embed) : trial.fault(host::embed, host);
            if (fault.isEmpty()) {
                host.tried(ranks);
            }
            return fault;
        }
        CorrectedSession wider = wider(ranks.keySet(), options);
        boolean taken = false;
        try {
            Optional<String> fault = trial.fault(wider::run, host);
            if (fault.isEmpty()) {
                host.runBy(wider);
                host.tried(ranks);
                taken = true;
            }
            return fault;
        } finally {
            if (!taken) {
                wider.close();
            }
        }
    }

    /** A session that takes corrections of these matrices, and all that the host takes already. */
    private CorrectedSession wider(Set<String> matrices, SessionOptions options) throws OrtException {
        Map<String, List<Long>> all = new HashMap<>(CorrectedGraph.matrices(packed));
        all.keySet()
                .removeIf(
                        each -> !matrices.contains(each) && !host.correctable().containsKey(each));
        OnnxRuntime.verify(folder.model(), folder.modelSha256(), "/model");
        Path weights = folder.model().toAbsolutePath().resolveSibling("");
        PackedSession session = Packing.open(folder, CorrectedGraph.of(packed, all), weights, options);
        return new CorrectedSession(OrtEnvironment.getEnvironment(), session, all);
    }
}
