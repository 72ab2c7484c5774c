// SPDX-License-Identifier: Apache-2.0
package dev.perennial.knowledge;

import dev.perennial.encode.Embedding;
import dev.perennial.encode.EncoderInfo;
import dev.perennial.encode.Passage;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;

/** A knowledge graph of which only is known of which kind each entity is, told by its whole name. Thread-safe. */
public final class FakeGraph implements LinkingEncoder {
    private static final int KINDS = 8;

    private final GraphId id;
    private final Map<String, Integer> kindByName;
    private final EncoderInfo info;
    private final String space;
    private final Runnable dealt;

    /** @param kindByName from names, single words, to kinds below 8 */
    public FakeGraph(GraphId id, Map<String, Integer> kindByName) {
        this(id, kindByName, "", () -> {});
    }

    private FakeGraph(GraphId id, Map<String, Integer> kindByName, String space, Runnable dealt) {
        this.id = id;
        this.dealt = dealt;
        this.space = space;
        this.kindByName = new TreeMap<>(kindByName);
        this.info = new EncoderInfo(
                EncoderInfo.Reading.KNOWLEDGE,
                id.memberId(),
                sha256(id + " " + this.kindByName + space),
                KINDS + 1,
                EncoderInfo.Pooling.MEAN,
                "",
                Integer.MAX_VALUE,
                "cpu",
                "fp32",
                (long) KINDS * kindByName.size(),
                0);
    }

    /** The same, which says of its vectors that they are of another space. */
    public FakeGraph of(String otherSpace) {
        return new FakeGraph(id, kindByName, otherSpace, dealt);
    }

    /** The same, which tells when its entities are dealt out anew. */
    public FakeGraph dealt(Runnable told) {
        return new FakeGraph(id, kindByName, space, told);
    }

    @Override
    public String space() {
        return space;
    }

    @Override
    public EncoderInfo info() {
        return info;
    }

    @Override
    public List<Embedding> encode(List<Passage> passages) {
        return passages.stream()
                .map(passage -> new Embedding(vector(links(passage)), 1, false))
                .toList();
    }

    private float[] vector(List<LinkedEntity> links) {
        float[] vector = new float[KINDS + 1];
        if (links.isEmpty()) {
            vector[KINDS] = 1;
        } else {
            links.forEach(link -> vector[Objects.requireNonNull(kindByName.get(link.entity()))]++);
            double norm = 0;
            for (float component : vector) {
                norm += component * component;
            }
            for (int k = 0; k < KINDS; k++) {
                vector[k] /= (float) Math.sqrt(norm);
            }
        }
        return vector;
    }

    @Override
    public List<LinkedEntity> links(Passage passage) {
        List<LinkedEntity> links = new ArrayList<>();
        String text =
                passage.second().map(second -> passage.text() + " " + second).orElse(passage.text());
        for (String word : text.split(" ", -1)) {
            if (kindByName.containsKey(word)) {
                int start = text.indexOf(word);
                links.add(new LinkedEntity(id.value(), word, word, word, start, start + word.length(), 1));
            }
        }
        return links;
    }

    @Override
    public FakeGraph shuffled(long seed) {
        dealt.run();
        List<Integer> kinds = new ArrayList<>(kindByName.values());
        Collections.shuffle(kinds, new Random(seed));
        Map<String, Integer> dealtKinds = new TreeMap<>();
        int at = 0;
        for (String name : kindByName.keySet()) {
            dealtKinds.put(name, kinds.get(at++));
        }
        return new FakeGraph(id, dealtKinds);
    }

    @Override
    public void close() {}

    private static String sha256(String content) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(content.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }
}
