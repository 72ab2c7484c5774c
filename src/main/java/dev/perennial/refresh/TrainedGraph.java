// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import dev.perennial.kge.GraphTraining;
import dev.perennial.math.LinearAlgebra;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * A training, what it is of, and which job it is.
 *
 * @param job its id
 * @param graph what it learns from
 * @param training how far it is
 */
record TrainedGraph(String job, NumberedGraph graph, GraphTraining training) {

    void writeTo(OutputStream stream) throws IOException {
        DataOutputStream out = new DataOutputStream(new BufferedOutputStream(stream));
        out.writeUTF(job);
        graph.writeTo(out);
        training.writeTo(out);
        out.flush();
    }

    static TrainedGraph readFrom(InputStream stream, LinearAlgebra algebra) throws IOException {
        DataInputStream in = new DataInputStream(new BufferedInputStream(stream));
        String job = in.readUTF();
        NumberedGraph graph = NumberedGraph.readFrom(in);
        return new TrainedGraph(job, graph, GraphTraining.resume(in, graph.triples(), algebra));
    }
}
