// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import dev.perennial.encode.TokenSequence;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Writes objectives for another process of the same release, with tokens in the place of texts. */
final class ObjectiveFormat {
    private static final byte CONTRAST = 1;
    private static final byte CLASSIFICATION = 2;
    private static final byte SIMILARITY = 3;
    private static final byte SELF_CONTRAST = 4;

    private ObjectiveFormat() {}

    static void write(Objective objective, DataOutputStream out) throws IOException {
        if (objective instanceof Objective.Contrast contrast) {
            out.writeByte(CONTRAST);
            out.writeDouble(contrast.temperature());
            out.writeInt(contrast.batch());
            writeTexts(contrast.texts(), out);
        } else if (objective instanceof Objective.Classification classification) {
            out.writeByte(CLASSIFICATION);
            out.writeInt(classification.batch());
            writeTexts(classification.texts(), out);
        } else if (objective instanceof Objective.SelfContrast views) {
            out.writeByte(SELF_CONTRAST);
            out.writeDouble(views.temperature());
            out.writeInt(views.batch());
            out.writeDouble(views.leftOut());
            out.writeInt(views.texts().size());
            for (TokenSequence text : views.texts()) {
                write(text, out);
            }
        } else {
            Objective.Similarity similarity = (Objective.Similarity) objective;
            out.writeByte(SIMILARITY);
            out.writeInt(similarity.batch());
            out.writeInt(similarity.pairs().size());
            for (Objective.Pair pair : similarity.pairs()) {
                write(pair.first(), out);
                write(pair.second(), out);
                out.writeFloat(pair.cosine());
            }
        }
    }

    static Objective read(DataInputStream in) throws IOException {
        byte kind = in.readByte();
        if (kind == CONTRAST) {
            double temperature = in.readDouble();
            int batch = in.readInt();
            return new Objective.Contrast(texts(in), temperature, batch);
        }
        if (kind == SELF_CONTRAST) {
            return views(in);
        }
        int batch = in.readInt();
        return kind == CLASSIFICATION
                ? new Objective.Classification(texts(in), batch)
                : new Objective.Similarity(pairs(in), batch);
    }

    private static Objective views(DataInputStream in) throws IOException {
        double temperature = in.readDouble();
        int batch = in.readInt();
        double leftOut = in.readDouble();
        List<TokenSequence> texts = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            texts.add(tokens(in));
        }
        return new Objective.SelfContrast(texts, temperature, batch, leftOut);
    }

    private static void writeTexts(List<Objective.LabelledText> texts, DataOutputStream out) throws IOException {
        out.writeInt(texts.size());
        for (Objective.LabelledText each : texts) {
            out.writeInt(each.label());
            out.writeByte(each.readings().size());
            for (TokenSequence reading : each.readings()) {
                write(reading, out);
            }
        }
    }

    private static List<Objective.LabelledText> texts(DataInputStream in) throws IOException {
        List<Objective.LabelledText> texts = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            int label = in.readInt();
            List<TokenSequence> readings = new ArrayList<>();
            for (int more = in.readByte(); more > 0; more--) {
                readings.add(tokens(in));
            }
            texts.add(new Objective.LabelledText(readings, label));
        }
        return texts;
    }

    private static List<Objective.Pair> pairs(DataInputStream in) throws IOException {
        List<Objective.Pair> pairs = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            pairs.add(new Objective.Pair(tokens(in), tokens(in), in.readFloat()));
        }
        return pairs;
    }

    private static void write(TokenSequence text, DataOutputStream out) throws IOException {
        out.writeInt(text.length());
        for (int i = 0; i < text.length(); i++) {
            out.writeLong(text.ids()[i]);
            out.writeLong(text.types()[i]);
        }
    }

    private static TokenSequence tokens(DataInputStream in) throws IOException {
        long[] ids = new long[in.readInt()];
        long[] types = new long[ids.length];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = in.readLong();
            types[i] = in.readLong();
        }
        return new TokenSequence(ids, types);
    }
}
