// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.perennial.encode.Passage;
import dev.perennial.encode.TableEncoder;
import dev.perennial.onnx.BundledModels;
import dev.perennial.onnx.OnnxRuntime;
import dev.perennial.onnx.OnnxSettings;
import dev.perennial.refresh.AdapterShelf;
import dev.perennial.refresh.KeptFiles;
import dev.perennial.task.TaskId;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A process that keeps an adapter, or a refreshed table, and prints how far it came, until a failpoint ends it. */
final class CrashingShelf {
    private CrashingShelf() {}

    /** Arguments: {@code adapter} or {@code table}, the directory, and the id of what is kept. */
    public static void main(String[] arguments) {
        Path directory = Path.of(arguments[1]);
        if (arguments[0].equals("adapter")) {
            adapters(directory).keep(kept(arguments[2]));
        } else {
            TableEncoder built = built();
            TableFiles files = tables(directory, built);
            files.keep(arguments[2], candidate(built, arguments[2]), "{}");
            files.confirm(arguments[2]);
        }
        System.out.println("kept");
    }

    static AdapterFiles adapters(Path directory) {
        AdapterFiles files = new AdapterFiles(directory, KeptFiles.NONE, adapters -> {});
        files.sweep();
        return files;
    }

    static AdapterShelf.Kept kept(String id) {
        return new AdapterShelf.Kept(
                id,
                "encoder",
                "digest",
                List.of(new TaskId("task")),
                Set.of("text"),
                "lora",
                7,
                Instant.EPOCH,
                "{}",
                id.repeat(10_000).getBytes(UTF_8),
                new byte[0],
                Optional.empty());
    }

    static TableFiles tables(Path directory, TableEncoder built) {
        return new TableFiles(directory, KeptFiles.NONE, models().staticTables(), built);
    }

    /** A table in which one row is another, as a name says. */
    static TableEncoder candidate(TableEncoder built, String name) {
        float[] row = new float[built.info().dimension()];
        row[7] = 1f / (2 + name.length());
        return built.with(Map.of(built.pieces(Passage.of("where is my card"))[3], row));
    }

    static TableEncoder built() {
        return (TableEncoder) models().open(OnnxRuntime.start(OnnxSettings.defaults()), List.of("static"))
                .get(0);
    }

    private static BundledModels models() {
        return new BundledModels(Path.of("target/models"));
    }
}
