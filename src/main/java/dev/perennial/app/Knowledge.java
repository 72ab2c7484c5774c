// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.api.Limits;
import dev.perennial.knowledge.GraphClearing;
import dev.perennial.knowledge.GraphListener;
import dev.perennial.knowledge.Graphs;
import dev.perennial.knowledge.KnowledgeStore;
import dev.perennial.refresh.GraphImportJob;
import dev.perennial.refresh.Uploads;
import dev.perennial.source.GraphFiles;
import dev.perennial.store.UploadFiles;
import java.nio.file.Path;

/**
 * How knowledge graphs come in.
 *
 * @param graphs their changes
 * @param uploads files on the way
 * @param imports reads files into graphs
 */
record Knowledge(Graphs graphs, Uploads uploads, GraphImportJob imports) {

    /**
     * @param uploads directory of files on the way
     * @param listener told of changes
     */
    static Knowledge of(KnowledgeStore store, Path uploads, GraphListener listener, Limits limits) {
        Graphs graphs = new Graphs(store, listener, new GraphClearing(store));
        Uploads files = new UploadFiles(uploads);
        return new Knowledge(
                graphs, files, new GraphImportJob(graphs, new GraphFiles(), files, limits.graphStatements()));
    }
}
