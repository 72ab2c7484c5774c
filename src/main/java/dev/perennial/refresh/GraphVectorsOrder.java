// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import dev.perennial.kge.GraphModel;
import dev.perennial.kge.TrainingSettings;
import dev.perennial.knowledge.WordVectorsFile.Format;
import java.nio.charset.StandardCharsets;

/** Which vectors the entities of a graph are to have. */
public sealed interface GraphVectorsOrder {

    /** Vectors that are learnt from how entities stand to one another. */
    record Trained(TrainingSettings settings) implements GraphVectorsOrder {}

    /**
     * An encoder's embeddings of what is said about each entity in words.
     *
     * @param member id of the encoder
     */
    record Textual(String member) implements GraphVectorsOrder {}

    /**
     * Those of a file.
     *
     * @param upload name of the file
     * @param format how it is written
     */
    record Imported(String upload, Format format) implements GraphVectorsOrder {}

    /** Its parts, a line each. */
    default byte[] toBytes() {
        return String.join("\n", lines(this)).getBytes(StandardCharsets.UTF_8);
    }

    private static String[] lines(GraphVectorsOrder order) {
        if (order instanceof Trained trained) {
            TrainingSettings settings = trained.settings();
            return new String[] {
                "trained",
                settings.model().name(),
                Integer.toString(settings.rank()),
                Integer.toString(settings.epochs()),
                Integer.toString(settings.batch()),
                Integer.toString(settings.negatives()),
                Float.toString(settings.learningRate()),
                Float.toString(settings.initialScale()),
                Float.toString(settings.regularization()),
                Float.toString(settings.relationWeight()),
                Float.toString(settings.margin()),
                Float.toString(settings.temperature()),
                Long.toString(settings.seed())
            };
        }
        if (order instanceof Textual textual) {
            return new String[] {"textual", textual.member()};
        }
        Imported imported = (Imported) order;
        return new String[] {"imported", imported.upload(), imported.format().name()};
    }

    /** Reads what {@link #toBytes} wrote. */
    static GraphVectorsOrder of(byte[] bytes) {
        String[] lines = new String(bytes, StandardCharsets.UTF_8).split("\n", -1);
        return switch (lines[0]) {
            case "trained" ->
                new Trained(new TrainingSettings(
                        GraphModel.valueOf(lines[1]),
                        Integer.parseInt(lines[2]),
                        Integer.parseInt(lines[3]),
                        Integer.parseInt(lines[4]),
                        Integer.parseInt(lines[5]),
                        Float.parseFloat(lines[6]),
                        Float.parseFloat(lines[7]),
                        Float.parseFloat(lines[8]),
                        Float.parseFloat(lines[9]),
                        Float.parseFloat(lines[10]),
                        Float.parseFloat(lines[11]),
                        Long.parseLong(lines[12])));
            case "textual" -> new Textual(lines[1]);
            default -> new Imported(lines[1], Format.valueOf(lines[2]));
        };
    }
}
