// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import dev.perennial.math.FloatMatrix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;

/**
 * The step of the build that makes the static table which ships: distils the cheapest encoder on WordNet's texts.
 * Arguments: the folder of the class path to write into, and a folder for unpacked models. Does nothing when the table
 * is there already.
 */
public final class StaticTableBuild {
    private StaticTableBuild() {}

    public static void main(String[] arguments) throws IOException {
        Path classes = Path.of(arguments[0]);
        Path models = Path.of(arguments[1]);
        ModelFolder teacher = new BundledModels(models).folders().get(0);
        String basis = Sha256.of(String.join(
                "\n",
                teacher.modelSha256(),
                teacher.tokenizerSha256(),
                Integer.toString(StaticDistillation.RECIPE),
                Integer.toString(StaticDistillation.TEXTS),
                Long.toString(StaticDistillation.SEED)));
        if (isMade(classes, basis)) {
            return;
        }
        OnnxRuntime runtime = OnnxRuntime.start(
                OnnxSettings.defaults().on(ExecutionProvider.CPU, true).packing(models));
        new BundledModels(models).open(runtime, List.of(teacher.id())).forEach(encoder -> encoder.close());
        FloatMatrix table;
        try (OnnxEncoder encoder = runtime.load(teacher)) {
            List<String> texts = GlossCorpus.read().sample(StaticDistillation.TEXTS, StaticDistillation.SEED);
            table = StaticDistillation.distil(encoder, teacher.tokenizer(), texts, StaticDistillation.Progress.NONE)
                    .orElseThrow();
        }
        write(classes, table, new BundledTable(teacher.id(), "", table.columns(), basis));
        // The engine's threads would keep the process alive.
        System.exit(0);
    }

    private static boolean isMade(Path classes, String basis) throws IOException {
        Path description = classes.resolve(BundledTable.DESCRIPTION);
        if (!Files.exists(description) || !Files.exists(classes.resolve(BundledTable.TABLE))) {
            return false;
        }
        Properties properties = new Properties();
        try (var in = Files.newInputStream(description)) {
            properties.load(in);
        }
        return basis.equals(properties.getProperty("basis"))
                && Sha256.of(classes.resolve(BundledTable.TABLE)).equals(properties.getProperty("sha256"));
    }

    private static void write(Path classes, FloatMatrix table, BundledTable of) throws IOException {
        String sha256 = StaticTable.of(table).write(classes.resolve(BundledTable.TABLE));
        BundledTable written = new BundledTable(of.teacher(), sha256, of.dimension(), of.basis());
        // Last, so that a table which is half written is made anew.
        Files.writeString(classes.resolve(BundledTable.DESCRIPTION), written.description());
    }
}
